// Compiles the wasm once, tells it how to start workers, and initialises it. Shared by the page (boot.js) and the
// JavaScript module (strata.js), so that a page that uses both loads it once.
import * as app from "./strata_app.js?v={{version}}";

const glueUrl = new URL("strata_app.js?v={{version}}", import.meta.url).href;
const wasmUrl = new URL("strata_app_bg.wasm?v={{version}}", import.meta.url).href;

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

let started;

/** Starts the application once; every call gives the same promise of its exports. */
export function start() {
  started ??= load();
  return started;
}

async function load() {
  const module = await compile();
  let workerUrl;
  // A worker from a Blob inherits the page's policy (no connections); a worker loaded from an address does not.
  globalThis.strataSpawnWorker = () => {
    workerUrl ??= URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    const worker = new Worker(workerUrl, { type: "module", name: "strata" });
    worker.postMessage({ module });
    return worker;
  };
  await app.default({ module_or_path: module });
  return app;
}

async function compile() {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`${wasmUrl}: HTTP ${response.status}`);
  // A static host that does not know the type costs us streaming, nothing more.
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
