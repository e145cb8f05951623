// The gallery and every page as they were accepted, in both languages, light and dark, at three widths. Each picture in
// tests/snapshots is a sheet: English light and dark, Chinese light and dark.
//
// STRATA_SNAPSHOTS=renew node --test tests/browser/snapshots.test.mjs makes them anew; look at every one before it is kept.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

import { appears, ask, choose, click, openSample, waitFor } from "./hands.mjs";
import { launchChromium, openTab, screenshots, serveDist } from "./lib.mjs";
import { decoded, encoded, madeWith, sheet, simplified } from "./pictures.mjs";
import { answered, freeze, goTo, goToGallery, orders, pages, painted } from "./tour.mjs";

const kept = fileURLToPath(new URL("../snapshots/", import.meta.url));
const stamp = join(kept, "made-with.json");
const renew = process.env.STRATA_SNAPSHOTS === "renew";
const advice = "if this is meant: STRATA_SNAPSHOTS=renew node --test tests/browser/snapshots.test.mjs, and look at what has changed";

/** The same page drawn twice differs in ten pixels of a million, if in any; a few words in every look are hundreds. */
const mayDiffer = 0.0001;

const widths = [
  { width: 390, height: 1200, scale: 0.5, columns: 4 },
  { width: 1440, height: 1000, scale: 0.4, columns: 2 },
  { width: 2560, height: 1300, scale: 0.34, columns: 2 },
];
const languages = ["en-US", "zh-CN"];

describe("pictures", () => {
  let browser, server, comparable;
  before(async () => {
    server = await serveDist();
    browser = await launchChromium();
    const tab = await openTab(browser, { server });
    const now = await madeWith(browser, tab);
    await tab.close();
    mkdirSync(kept, { recursive: true });
    if (renew || !existsSync(stamp)) writeFileSync(stamp, `${JSON.stringify(now)}\n`);
    comparable = JSON.stringify(now) === JSON.stringify(JSON.parse(readFileSync(stamp, "utf8")));
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const size of widths) {
    test(`${size.width} px wide`, async (context) => {
      const parts = new Map();
      for (const language of languages) {
        const tab = await openTab(browser, { server, language, ...size, zone: "Asia/Shanghai" });
        await freeze(tab);
        await takeAll(tab, size, (name, pictures) => parts.set(name, [...(parts.get(name) ?? []), ...pictures]));
        await tab.close();
      }
      if (!comparable) context.diagnostic("made with another browser or other fonts: only sizes are compared");
      for (const [name, pictures] of parts) {
        await context.test(name, () => compare(`${name}-${size.width}`, sheet(pictures, size.columns), comparable));
      }
    });
  }
});

/** Takes every page; of the gallery its beginning, at a desk's width its sections, and at a phone's all of its charts. */
async function takeAll(tab, { width }, keep) {
  const take = async (name, element) => keep(name, await lightAndDark(tab, element));
  await appears(tab, "#try-sample");
  await take("start");
  await tab.upload(orders);
  await appears(tab, "#preview");
  await choose(tab, 'select[data-column="order_time"]', "time");
  await take("mapping");
  await click(tab, "#mapping-back");
  await openSample(tab);
  for (const page of pages) {
    await goTo(tab, page);
    await take(page);
  }
  await click(tab, "#close-data");
  await appears(tab, "#try-sample");
  await goToGallery(tab);
  if (width !== 1440) await take("gallery");
  if (width === 390) await take("gallery-charts", "#gallery-charts");
  if (width !== 1440) return;
  for (const id of await ask(tab, () => [...document.querySelectorAll(".gallery-section")].map((section) => section.id))) {
    await take(id, `#${id}`);
  }
}

/** The window, or an element as far as it fits on a sheet, in both themes. */
async function lightAndDark(tab, element) {
  await tab.page.mouse.move(0, 0);
  const taken = [];
  for (const colorScheme of ["light", "dark"]) {
    await tab.page.emulateMedia({ colorScheme });
    await waitFor(tab, (theme) => document.documentElement.dataset.theme === theme, colorScheme, "the theme does not change");
    await ask(tab, () => document.fonts.ready.then(() => undefined));
    await painted(tab);
    const clip = element && await ask(tab, (element) => {
      const { left, top, width, height } = document.querySelector(element).getBoundingClientRect();
      return { x: left + scrollX, y: top + scrollY, width, height: Math.min(height, width < 400 ? 6400 : 1200) };
    }, element);
    taken.push(simplified(await tab.page.screenshot(element ? { clip, fullPage: true } : {})));
  }
  await tab.page.emulateMedia({ colorScheme: "light" });
  return taken;
}

/** Compares a sheet with the kept one; writes it where there is none, or when all are renewed. */
function compare(name, actual, comparable) {
  const path = join(kept, `${name}.png`);
  const write = (suffix, picture) => {
    mkdirSync(screenshots, { recursive: true });
    writeFileSync(join(screenshots, `snapshot-${name}-${suffix}.png`), encoded(picture));
  };
  if (renew || !existsSync(path)) {
    assert(renew || !process.env.CI, `tests/snapshots/${name}.png is not there; ${advice}`);
    writeFileSync(path, encoded(actual));
    return;
  }
  const expected = decoded(readFileSync(path));
  const { width, height } = expected;
  if (actual.width !== width || actual.height !== height) {
    write("actual", actual);
    assert.fail(`${name} is ${actual.width} x ${actual.height} instead of ${width} x ${height}; ${advice}`);
  }
  if (!comparable) return;
  const difference = new PNG({ width, height });
  const share = pixelmatch(expected.data, actual.data, difference.data, width, height, { threshold: 0.1 }) / (width * height);
  if (share <= mayDiffer) return;
  write("actual", actual);
  write("difference", difference);
  assert.fail(`${(share * 100).toFixed(3)}% of ${name} differ: see snapshot-${name}-*.png in ${screenshots}; ${advice}`);
}
