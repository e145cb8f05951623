// Lighthouse on the served page, as on a desk and as on a phone: accessibility and best practices are 100. Speed depends on the
// machine: it is measured and told, not tested.
//
// Lighthouse has packages of its own, which a build does not need: `npm run lighthouse` installs them and runs this.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { launchChromium, serveDist } from "./lib.mjs";

const installed = new URL("../lighthouse/node_modules/lighthouse/core/index.js", import.meta.url);
const skip = existsSync(installed) ? false : "Lighthouse is not installed: npm run lighthouse";
const categories = ["performance", "accessibility", "best-practices"];

describe("Lighthouse", { skip }, () => {
  let browser, server, lighthouse;
  before(async () => {
    lighthouse = await import(installed);
    server = await serveDist({ compress: true });
  });
  after(async () => {
    await server?.close();
  });

  for (const kind of ["desktop", "mobile"]) {
    test(`the start page, ${kind}`, async (context) => {
      const port = 9222 + (process.pid % 1000);
      browser = await launchChromium({ port });
      try {
        const config = kind === "desktop" ? lighthouse.desktopConfig : undefined;
        const { lhr } = await lighthouse.default(server.address, { port, onlyCategories: categories, logLevel: "error" }, config);
        report(context, lhr);
      } finally {
        await browser.close();
      }
    });
  }
});

/** Tells the scores, and fails on what does not depend on the machine. */
function report(context, { categories: judged, audits }) {
  const score = (name) => Math.round(judged[name].score * 100);
  const times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];
  context.diagnostic(categories.map((name) => `${name} ${score(name)}`).join(", "));
  context.diagnostic(times.map((name) => `${name} ${audits[name].displayValue}`).join(", "));
  const failed = (name) => judged[name].auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => audits[id])
    .filter((audit) => audit.score !== null && audit.score < 1)
    .map((audit) => `${audit.id}: ${audit.title} ${JSON.stringify(audit.details?.items ?? []).slice(0, 300)}`);
  for (const text of failed("performance")) context.diagnostic(text.slice(0, 200));
  for (const name of ["accessibility", "best-practices"]) assert.deepEqual([score(name), failed(name)], [100, []], name);
}
