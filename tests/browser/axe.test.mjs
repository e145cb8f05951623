// axe-core finds nothing: on every page and in everything that opens on it, in both languages, light and dark, on a desk and in
// a hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { ask } from "./hands.mjs";
import { launchChromium, openTab, serveDist } from "./lib.mjs";
import { painted, tourBefore, tourGallery, tourPages } from "./tour.mjs";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const standard = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const looks = [
  { name: "English, on a desk", language: "en-US", width: 1440, height: 900 },
  { name: "Chinese, on a desk", language: "zh-CN", width: 1440, height: 900 },
  { name: "Chinese, in a hand", language: "zh-CN", width: 390, height: 844 },
];

describe("axe-core finds nothing", () => {
  let browser, server;
  before(async () => {
    server = await serveDist();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const { name, ...look } of looks) {
    test(name, async () => {
      const tab = await openTab(browser, { server, ...look });
      const found = [];
      const judged = [];
      // Halfway through a transition colours are neither the old nor the new.
      await tab.page.emulateMedia({ reducedMotion: "reduce" });
      // The page's policy allows no script element; what the debugger evaluates is not bound by it.
      await ask(tab, source);
      const visit = async (scene) => {
        judged.push(scene);
        found.push(...await violations(tab, scene, { runOnly: { type: "tag", values: standard } }));
        // Dark differs from light in colours only.
        await tab.page.emulateMedia({ colorScheme: "dark" });
        await painted(tab);
        const colours = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } };
        found.push(...await violations(tab, `${scene}, dark`, colours));
        await tab.page.emulateMedia({ colorScheme: "light" });
      };
      await tourBefore(tab, visit);
      await tourPages(tab, visit);
      await tourGallery(tab, visit);
      await tab.close();
      assert(judged.length > 25, `only ${judged.length} scenes were judged`);
      assert.deepEqual([...new Set(found)], []);
    });
  }
});

/** What axe-core objects to, one text for each element. */
async function violations(tab, scene, options) {
  const result = await ask(tab, (options) => globalThis.axe.run(document, options), { ...options, resultTypes: ["violations"], preload: false });
  assert(result.passes.length > 0, `axe-core judged nothing on ${scene}`);
  return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => {
    const reason = [...node.any, ...node.all, ...node.none][0]?.message ?? "";
    return `${scene}: ${id} at ${node.target.join(" ")} (${reason})`;
  }));
}
