// Both builds start in both browsers, load nothing but their own files, and bring up a worker.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import {
  builds, distFile, firefoxMissing, launchChromium, launchFirefox, openTab, ownFiles, serveDist, strangeRequests,
} from "./lib.mjs";

/** A page of somebody else. */
const host = "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,>";

const engines = {
  chromium: { launch: launchChromium, skip: false },
  firefox: { launch: launchFirefox, skip: firefoxMissing },
};

for (const [name, { launch, skip }] of Object.entries(engines)) {
  describe(name, { skip }, () => {
    let browser, server;
    before(async () => {
      server = await serveDist({ extra: { "/host.html": host } });
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    for (const build of builds) {
      test(`the ${build} build starts, with a worker, from its own files alone`, async () => {
        const tab = await openTab(browser, { build, server });
        await tab.startWorker();
        await tab.until(() => document.querySelector("#strata > *") !== null, "nothing was mounted");
        assert.equal(await tab.page.evaluate(() => document.querySelector("#strata-failure").hidden), true);
        const loaded = tab.requests.filter((url) => !/^(blob|data):/.test(url));
        // Firefox does not report the loading of a file.
        if (build === "single") assert.deepEqual(loaded, name === "firefox" ? [] : [tab.address]);
        else assert(loaded.some((url) => url.includes("strata_app_bg.wasm")), `only recorded ${loaded}`);
        await tab.close();
      });

      test(`the ${build} build says in both languages what an old browser lacks`, async () => {
        const tab = await openTab(browser, {
          build, server, expectedComplaints: [/no such instruction/, /preload/],
          prepare: () => {
            const refuse = () => Promise.reject(new Error("no such instruction"));
            Object.assign(WebAssembly, { compile: refuse, compileStreaming: refuse });
          },
        });
        await tab.until(() => !document.querySelector("#strata-failure").hidden, "nothing was said");
        const told = await tab.page.evaluate(() => document.querySelector("#strata-failure").innerText);
        assert.equal(told.split("no such instruction").length, 3, told);
        await tab.close();
      });
    }

    test("the module starts on a page of somebody else and mounts nothing there", async () => {
      const tab = await openTab(browser, { server, address: `${server.origin}/host.html` });
      const found = await tab.page.evaluate(async (address) => {
        const strata = await import(`${address}strata.js`);
        const refused = await strata.open([], { signal: AbortSignal.abort() }).catch((error) => error.name);
        const { start } = await import(`${address}start.js`);
        await start();
        return { names: Object.keys(strata), refused, elements: document.body.childElementCount };
      }, server.address);
      assert.deepEqual(found, { names: ["open", "prepare"], refused: "AbortError", elements: 0 });
      await tab.startWorker();
      assert.deepEqual(strangeRequests(tab.requests.slice(1), "served", server.address), []);
      assert.deepEqual(tab.strangeComplaints(), []);
      await tab.discard();
    });
  });
}

test("the list of own files names what there is, and the harness refuses the rest", () => {
  for (const name of ownFiles) assert(readFileSync(distFile(name)).length > 0, name);
  assert(!ownFiles.has("strata.html") && !ownFiles.has("files.json"));
  const address = "http://127.0.0.1:1/a/";
  const strange = [`${address}other.js`, "http://127.0.0.1:1/boot.js", "https://example.com/"];
  assert.deepEqual(strangeRequests([address, `${address}boot.js?v=1`, ...strange, "data:,"], "served", address), strange);
  assert.deepEqual(strangeRequests(["file:///x.html", "file:///y.html"], "single", "file:///x.html"), ["file:///y.html"]);
});
