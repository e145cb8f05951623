// What the application could do to a network, read from its glue and from the import list of its wasm.

/** Ways of sending that neither the glue nor the wasm may name. */
const senders = [
  "fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "RTCPeerConnection", "webkitRTCPeerConnection", "sendBeacon",
  "EventSource", "WebTransport", "importScripts", "serviceWorker", "SharedWorker",
];

/** Ways of leaving for another address, which the page's policy does not cover. */
const navigations = [/\barg\d+\.(open|assign|replace|submit|requestSubmit)\(/, /\.location\s*=(?!=)/];
const navigationImports = ["open", "assign", "replace", "submit", "requestSubmit"];

/** Imports of those names that lead nowhere: whether a dialog is open, and copying one object's fields to another. */
const harmless = [/^\s*const ret = (?:getObject\()?arg0\)?\.open;\s*return ret;\s*$/, /^\s*const ret = Object\.assign\(\s*[^;]*\);\s*return [^;]*;\s*$/];

/** What the glue does for an import. */
function bodyOf(name, glue) {
  const [, body = ""] = new RegExp(`\\b${name}(?::| =) function\\([^)]*\\) \\{([^{}]*)\\}`).exec(glue) ?? [];
  return body;
}

/** wasm-bindgen's own loader, for callers that pass an address; ours pass the compiled module. */
const loader = ["module_or_path = fetch(module_or_path);", "failed to fetch Wasm:"];

/** Every network capability found; empty is good. `imports` is `WebAssembly.Module.imports(...)`. */
export function networkCapabilities(imports, glue) {
  const found = [];
  const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
  const code = loader.reduce((text, known) => text.replace(known, ""), glue.replace(comments, ""));
  for (const name of senders) {
    if (new RegExp(`\\b${name}\\b`).test(code)) found.push(`glue: ${name}`);
  }
  for (const pattern of navigations) {
    const hit = pattern.exec(code);
    if (hit) found.push(`glue: ${hit[0]}`);
  }
  for (const { name } of imports) {
    const plain = name.replace(/^__wbg_/, "").replace(/_[0-9a-f]{16}$/, "");
    const leaves = navigationImports.includes(plain) && !harmless.some((pattern) => pattern.test(bodyOf(name, code)));
    if (leaves || senders.some((sender) => plain.includes(sender))) found.push(`wasm: ${name}`);
  }
  return found;
}
