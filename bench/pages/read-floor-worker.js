// Reads slices of a file through a stream into one buffer, looks at one byte of each piece, and tells how many bytes came.
const PIECE = 256 << 10;
const wanted = [];
let busy = false;
let seen = 0;

function begin(blob) {
  const reader = blob.stream().getReader({ mode: 'byob' });
  return { reader, first: reader.read(new Uint8Array(PIECE)) };
}

async function work() {
  busy = true;
  while (wanted.length) {
    const { reader, first } = wanted.shift();
    let bytes = 0;
    for (let read = await first; !read.done; read = await reader.read(new Uint8Array(read.value.buffer))) {
      bytes += read.value.length;
      seen ^= read.value[0];
    }
    postMessage(bytes);
  }
  busy = false;
}

onmessage = ({ data }) => {
  wanted.push(begin(data));
  if (!busy) work();
};
postMessage(0);
