// The second program: it is loaded when it is asked for and not before, and answers like the first.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { builds, firefoxMissing, launchChromium, launchFirefox, openTab, serveDist } from "./lib.mjs";

const engines = {
  chromium: { launch: launchChromium, skip: false },
  firefox: { launch: launchFirefox, skip: firefoxMissing },
};

/** In the page: reads a packed file, once through the worker and once through a port. */
async function conversation() {
  const worker = globalThis.strataSpawnReader();
  const failed = new Promise((_, reject) => {
    worker.addEventListener("error", (event) => reject(new Error(event.message)));
  });
  const asker = (target) => {
    const waiting = new Map();
    let id = 0;
    target.onmessage = ({ data }) => waiting.get(data.id)(data);
    return (request, handle) => {
      id += 1;
      const answer = new Promise((resolve) => waiting.set(id, resolve));
      target.postMessage({ id, text: JSON.stringify(request), handle });
      return Promise.race([answer, failed]);
    };
  };
  const text = "user,when\n007,2024-03-05\n".repeat(300_000);
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const file = await new Response(packed).blob();
  const read = async (ask) => {
    const looked = JSON.parse((await ask({ look: { name: "a.csv.gz", bytes: file.size } }, file)).text);
    const opened = JSON.parse((await ask({ open: { name: "a.csv.gz", bytes: file.size } }, file)).text);
    const decoder = new TextDecoder();
    let [found, pieces] = ["", 0];
    for (;;) {
      const { handle, text: answer } = await ask({ next: { token: opened.token } });
      if (!handle) return { looked, kind: opened.kind, end: JSON.parse(answer).end, pieces, same: found === text };
      found += decoder.decode(handle, { stream: true });
      pieces += 1;
    }
  };
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port2 }, [port2]);
  const both = [await read(asker(worker)), await read(asker(port1))];
  worker.terminate();
  return both;
}

for (const [name, { launch, skip }] of Object.entries(engines)) {
  describe(name, { skip }, () => {
    let browser, server;
    before(async () => {
      server = await serveDist();
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    for (const build of builds) {
      test(`the readers of the ${build} build come when they are asked for`, async () => {
        const tab = await openTab(browser, { build, server });
        await tab.startWorker();
        await tab.until(() => typeof globalThis.strataSpawnReader === "function", "there are no readers");
        const loaded = () => tab.requests.some((url) => url.includes("strata_readers_bg.wasm"));
        assert.equal(loaded(), false, "nobody has asked for them");
        const once = {
          looked: { format: "gzip", parts: [{ name: "a.csv.gz", hidden: false }] },
          kind: "text", end: true, pieces: 2, same: true,
        };
        assert.deepEqual(await tab.page.evaluate(conversation), [once, once]);
        assert.equal(loaded(), build === "served");
        await tab.close();
      });
    }
  });
}
