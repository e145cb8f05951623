// No engine: the bytes of the File pass through the browser into workers, and that is all. What opening a file cannot be faster
// than. Slices, streams, buffers and the number of workers are those of Strata's reading.
const SLICE = 16 << 20;
/** Slices that a worker has in hand: the next one begins to be read while one is. */
const IN_HAND = 2;
const count = Math.min(Math.max(navigator.hardwareConcurrency, 1), 8);
let workers;

window.peer = {
  version: `${count} workers`,
  skip: ['T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8'],
  async init() {
    workers = Array.from({ length: count }, () => new Worker('read-floor-worker.js'));
    await Promise.all(workers.map((worker) => new Promise((resolve) => (worker.onmessage = resolve))));
  },
  /** Returns the number of bytes. */
  load(file) {
    const size = Math.min(SLICE, Math.ceil(file.size / (count * IN_HAND)));
    let [next, bytes] = [0, 0];
    return new Promise((resolve, reject) => {
      const give = (worker) => {
        if (next < file.size) worker.postMessage(file.slice(next, next + size));
        next += size;
      };
      for (const worker of workers) {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }) => {
          bytes += data;
          if (bytes === file.size) resolve(bytes);
          give(worker);
        };
      }
      for (let round = 0; round < IN_HAND; round++) workers.forEach(give);
    });
  },
};
