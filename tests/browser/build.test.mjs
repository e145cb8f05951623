// Both builds start in a real browser, load nothing but their own files, and bring up a worker.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { builds, distFile, launchChromium, openTab, ownFiles, serveDist, strangeRequests } from "./lib.mjs";

let browser, server;
before(async () => {
  server = await serveDist({ extra: { "/host.html": "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,>" } });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.close();
});

for (const build of builds) {
  test(`the ${build} build starts, with a worker, from its own files alone`, async () => {
    const tab = await openTab(browser, { build, server });
    await tab.page.waitForSelector("#strata > *");
    await tab.spawnWorker();
    assert.equal(await tab.page.locator("#strata-failure").isVisible(), false);
    if (build === "served") assert(tab.requests.some((url) => url.includes("strata_app_bg.wasm")), "nothing was recorded");
    else assert.deepEqual(tab.requests.filter((url) => !/^(blob|data):/.test(url)), [tab.address]);
    await tab.close();
  });

  test(`the ${build} build says in both languages what an old browser lacks`, async () => {
    const tab = await openTab(browser, {
      build, server, expectedComplaints: [/compile|preload/i],
      prepare: () => {
        const refuse = () => Promise.reject(new Error("no WebAssembly SIMD"));
        Object.assign(WebAssembly, { compile: refuse, compileStreaming: refuse });
      },
    });
    const failure = tab.page.locator("#strata-failure");
    await failure.waitFor();
    assert.equal(await failure.getByText("no WebAssembly SIMD").count(), 2);
    tab.expectedComplaints.push(/no WebAssembly SIMD/);
    await tab.close();
  });
}

test("the module starts on a page of somebody else and mounts nothing there", async () => {
  const tab = await openTab(browser, { server, address: `${server.origin}/host.html` });
  const found = await tab.page.evaluate(async (address) => {
    const strata = await import(`${address}strata.js`);
    const cancelled = await strata.open([], { signal: AbortSignal.abort() }).catch((error) => error.name);
    const { start } = await import(`${address}start.js`);
    await start();
    return { names: Object.keys(strata), cancelled, body: document.body.childElementCount, canSpawn: typeof strataSpawnWorker };
  }, server.address);
  assert.deepEqual(found, { names: ["open"], cancelled: "AbortError", body: 0, canSpawn: "function" });
  await tab.spawnWorker();
  assert.deepEqual(strangeRequests(tab.requests.slice(1), "served", server.address), []);
  await tab.context.close();
});

test("the list of own files names what there is, and the harness refuses the rest", () => {
  for (const name of ownFiles) assert(readFileSync(distFile(name)).length > 0, name);
  assert(!ownFiles.has("strata.html") && !ownFiles.has("files.json"));
  const address = "http://127.0.0.1:1/a/";
  const urls = [address, `${address}boot.js?v=1`, `${address}other.js`, "http://127.0.0.1:1/boot.js", "https://example.com/", "data:,"];
  assert.deepEqual(strangeRequests(urls, "served", address), urls.slice(2, 5));
  assert.deepEqual(strangeRequests(["file:///x.html", "file:///y.html"], "single", "file:///x.html"), ["file:///y.html"]);
});
