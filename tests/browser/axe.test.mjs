// axe-core finds nothing: on every page and in everything that opens on it, in both languages, light and dark, on a desk and in
// a hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { ask } from "./hands.mjs";
import { launchChromium, openTab, serveDist } from "./lib.mjs";
import { freeze, tourBefore, tourGallery, tourPages } from "./tour.mjs";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const standard = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const colours = ["color-contrast", "link-in-text-block"];

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
      const [found, judged] = [new Set(), new Set()];
      const judge = async (scene, within, run) => {
        for (const violation of await violations(tab, scene, within, run)) found.add(violation);
      };
      // Halfway through a transition colours are neither the old nor the new.
      await freeze(tab);
      // The page's policy allows no script element; what the debugger evaluates is not bound by it.
      await ask(tab, source);
      const visit = async (scene, layer) => {
        judged.add(scene);
        await judge(scene, layer, { type: "tag", values: standard });
        // Dark differs from light in colours only.
        await tab.page.emulateMedia({ colorScheme: "dark" });
        await judge(`${scene}, dark`, layer, { type: "rule", values: colours });
        await tab.page.emulateMedia({ colorScheme: "light" });
      };
      await tourBefore(tab, visit);
      await tourPages(tab, visit);
      await tourGallery(tab, visit);
      await tab.close();
      assert(judged.size > 28, `only ${judged.size} scenes were judged`);
      assert.deepEqual([...found], []);
    });
  }
});

/** What axe-core objects to on the page, or only in a layer above it: one text for each element. */
async function violations(tab, scene, within, runOnly) {
  const options = { runOnly, resultTypes: ["violations"], preload: false };
  const result = await ask(tab, ([within, options]) => globalThis.axe.run(within ?? document, options), [within, options]);
  assert(result.passes.length + result.incomplete.length > 0, `axe-core judged nothing on ${scene}`);
  return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => {
    const reason = [...node.any, ...node.all, ...node.none][0]?.message ?? "";
    return `${scene}: ${id} at ${node.target.join(" ")} (${reason})`;
  }));
}
