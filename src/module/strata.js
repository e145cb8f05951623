// Strata as an ES module: `const data = await open([file], options)`; see strata.d.ts.
import { start } from "./start.js?v={{version}}";

/** Loads the program and starts a worker ahead of the first `open`. */
export async function prepare() {
  const app = await start();
  await app.prepare();
}

/** Reads files in a worker and gives the open data; everything stays in this browser. */
export async function open(files, options = {}) {
  options.signal?.throwIfAborted();
  const app = await start();
  return app.openData(files, options);
}
