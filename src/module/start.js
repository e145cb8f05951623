// Compiles the wasm once, tells it how to start workers, and initialises it. Shared by the page (boot.js) and the
// JavaScript module (strata.js), so that a page that uses both loads it once.
import * as app from "./strata_app.js?v={{version}}";

const glueUrl = new URL("strata_app.js?v={{version}}", import.meta.url).href;
const wasmUrl = new URL("strata_app_bg.wasm?v={{version}}", import.meta.url).href;
const readersUrl = new URL("strata_readers_bg.wasm?v={{version}}", import.meta.url).href;

// The worker's first message is the compiled module. `reportError` makes a failure reach the page's `error` listener.
const workerSource = `
addEventListener("message", async ({ data }) => {
  try {
    const { initSync } = await import(${JSON.stringify(glueUrl)});
    initSync({ module: data.module });
  } catch (error) {
    reportError(error);
  }
}, { once: true });
`;

// A reader is asked as soon as it is there, before its program is: what comes early waits for it.
const readerSource = `
const early = [];
addEventListener("message", async function take(event) {
  const { module } = event.data;
  if (!module) return void early.push(event.data);
  try {
    const { initSync } = await import(${JSON.stringify(new URL("strata_readers.js?v={{version}}", import.meta.url).href)});
    initSync({ module });
    removeEventListener("message", take);
    for (const data of early) dispatchEvent(new MessageEvent("message", { data }));
  } catch (error) {
    reportError(error);
  }
});
`;

let started;

/** Starts the application once; every call gives the same promise of its exports. */
export function start() {
  started ??= load();
  return started;
}

async function load() {
  const module = await compile(wasmUrl);
  let workerUrl;
  // A worker from a Blob inherits the page's policy (no connections); a worker loaded from an address does not.
  globalThis.strataSpawnWorker = () => {
    workerUrl ??= URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    const worker = new Worker(workerUrl, { type: "module", name: "strata" });
    worker.postMessage({ module });
    return worker;
  };
  let readers;
  let readerUrl;
  // The readers for files that are no plain text are loaded when the first such file comes. When they cannot be had, it
  // looks as if the worker had failed.
  globalThis.strataSpawnReader = () => {
    readers ??= compile(readersUrl);
    readerUrl ??= URL.createObjectURL(new Blob([readerSource], { type: "text/javascript" }));
    const worker = new Worker(readerUrl, { type: "module", name: "strata-reader" });
    readers.then(
      (module) => worker.postMessage({ module }),
      (error) => {
        readers = undefined;
        worker.dispatchEvent(new ErrorEvent("error", { message: error.message, error, cancelable: true }));
      },
    );
    return worker;
  };
  await app.default({ module_or_path: module });
  return app;
}

async function compile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  // A static host that does not know the type costs us streaming, nothing more.
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
