// Starts the single-file page: the glue is in the script `strata-glue`, the gzipped wasm in `strata-wasm`. Nothing is
// fetched: the page's policy forbids every connection, and a double-clicked file has nowhere to fetch from.
(async () => {
  const text = (id) => document.getElementById(id).textContent;

  const bytesFromBase64 = (base64) => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const binary = atob(base64);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
    return bytes;
  };

  const compile = async (id) => {
    const holder = document.getElementById(id);
    const packed = new Blob([bytesFromBase64(holder.textContent.trim())]);
    holder.remove();
    const unpacked = packed.stream().pipeThrough(new DecompressionStream("gzip"));
    return WebAssembly.compile(await new Response(unpacked).arrayBuffer());
  };

  // The worker's first message is the compiled module; a failure there reaches the page's `error` listener.
  const workerStart = `
addEventListener("message", ({ data }) => wasm_bindgen.initSync({ module: data.module }), { once: true });
`;

  // A reader is asked as soon as it is there, before its program is: what comes early waits for it.
  const readerStart = `
const early = [];
addEventListener("message", function take(event) {
  const { module } = event.data;
  if (!module) return void early.push(event.data);
  wasm_bindgen.initSync({ module });
  removeEventListener("message", take);
  for (const data of early) dispatchEvent(new MessageEvent("message", { data }));
});
`;

  try {
    const module = await compile("strata-wasm");
    let workerUrl;
    globalThis.strataSpawnWorker = () => {
      workerUrl ??= URL.createObjectURL(new Blob([text("strata-glue"), workerStart], { type: "text/javascript" }));
      const worker = new Worker(workerUrl, { name: "strata" });
      worker.postMessage({ module });
      return worker;
    };
    let readers;
    let readerUrl;
    globalThis.strataSpawnReader = () => {
      readers ??= compile("strata-readers-wasm");
      readerUrl ??= URL.createObjectURL(
        new Blob([text("strata-readers-glue"), readerStart], { type: "text/javascript" }),
      );
      const worker = new Worker(readerUrl, { name: "strata-reader" });
      readers.then(
        (module) => worker.postMessage({ module }),
        (error) => worker.dispatchEvent(new ErrorEvent("error", { message: error.message, error, cancelable: true })),
      );
      return worker;
    };
    await wasm_bindgen({ module_or_path: module });
  } catch (error) {
    const failure = document.getElementById("strata-failure");
    for (const place of failure.querySelectorAll("[data-found]")) place.textContent = error.message;
    failure.hidden = false;
    throw error;
  }
})();
