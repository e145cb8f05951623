// The binaries that are shipped cannot name a way to a network.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { networkCapabilities } from "./capabilities.mjs";
import { distFile } from "./lib.mjs";

function parts(build) {
  if (build === "served") {
    return { wasm: readFileSync(distFile("strata_app_bg.wasm")), glue: readFileSync(distFile("strata_app.js"), "utf8") };
  }
  const html = readFileSync(distFile("strata.html"), "utf8");
  const [, base64] = /id="strata-wasm">([^<]*)</.exec(html);
  const [, glue] = /id="strata-glue">([\s\S]*?)<\/script>/.exec(html);
  return { wasm: gunzipSync(Buffer.from(base64, "base64")), glue };
}

for (const build of ["served", "single"]) {
  test(`the ${build} build imports no network capability`, () => {
    const { wasm, glue } = parts(build);
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(wasm));
    assert(imports.some(({ name }) => name.includes("DedicatedWorkerGlobalScope")), "this is not the application's wasm");
    assert(glue.includes("__wbg_get_imports"), "this is not the application's glue");
    assert.deepEqual(networkCapabilities(imports, glue), []);
  });
}

test("a network capability would be found", () => {
  const imports = (name) => [{ module: "wbg", name, kind: "function" }];
  assert.deepEqual(networkCapabilities(imports("__wbg_fetch_0123456789abcdef"), ""), ["wasm: __wbg_fetch_0123456789abcdef"]);
  assert.deepEqual(networkCapabilities(imports("__wbg_open_0123456789abcdef"), ""), ["wasm: __wbg_open_0123456789abcdef"]);
  const opens = (body) => networkCapabilities(imports("__wbg_open_0123456789abcdef"), `__wbg_open_0123456789abcdef: function(arg0) {${body}},`);
  assert.deepEqual(opens("const ret = arg0.open; return ret;"), []);
  assert.deepEqual(opens("const ret = self.open(arg0); return ret;"), ["wasm: __wbg_open_0123456789abcdef"]);
  for (const [code, expected] of [
    ["const ret = arg0.fetch(arg1);", "fetch"], ["new WebSocket(url)", "WebSocket"], ["new XMLHttpRequest()", "XMLHttpRequest"],
    ["navigator.sendBeacon(a)", "sendBeacon"], ["new EventSource(a)", "EventSource"], ["new WebTransport(a)", "WebTransport"],
    ["new RTCPeerConnection()", "RTCPeerConnection"], ["arg0.open(url)", "arg0.open("], ["arg0.location = url", ".location ="],
  ]) {
    assert.deepEqual(networkCapabilities([], code), [`glue: ${expected}`]);
  }
});
