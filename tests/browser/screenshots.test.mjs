// Every page in both languages, light and dark, on a desk and in a hand: pictures to look at in target/screenshots, and the
// rule that nothing is wider than the screen.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import {
  appears, ask, choose, click, disappears, openSample, press, waitFor,
} from "./hands.mjs";
import { answered } from "./tour.mjs";
import { launchChromium, openTab, serveDist } from "./lib.mjs";

const rows = Array.from({ length: 40 }, (_, row) =>
  `0${100 + (row % 11)},2025-0${1 + (row % 6)}-1${row % 10} 1${row % 10}:30:00,${row * 7 + 9.9},NO-${row},${["web", "app", "小红书"][row % 3]}`);
const orders = {
  name: "orders-2025.csv",
  text: `${["user_id,order_time,amount,order_no,channel", ...rows, "0999,someday,1,X,web", ",2025-01-01,1,X,web", "0998,2025-01-01"].join("\n")}\n`,
};

/** CDNOW's purchase log, a data set that much has been published about; where it is not there, nothing is lost. */
const cdnow = process.env.STRATA_CDNOW ?? fileURLToPath(new URL("../../../shared/data/cdnow_master.csv", import.meta.url));

const looks = ["en-US", "zh-CN"].flatMap((language) => ["light", "dark"].flatMap((colorScheme) =>
  [1440, 390].map((width) => ({ language, colorScheme, width, height: width === 390 ? 844 : 900 }))));

describe("pictures", () => {
  let browser, server;
  before(async () => {
    server = await serveDist();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const look of looks) {
    const name = `${look.language.slice(0, 2)}-${look.colorScheme}-${look.width}`;
    test(name, async () => {
      const tab = await openTab(browser, { server, ...look });
      const wide = [];
      const picture = async (page, options) => {
        // What lies beside the screen can only be reached by scrolling sideways, which nobody expects.
        const { inner, whole } = await ask(tab, () =>
          ({ inner: document.documentElement.clientWidth, whole: document.documentElement.scrollWidth }));
        if (whole > inner) wide.push(`${page}: ${whole} pixels on a screen of ${inner}`);
        await tab.screenshot(`${page}-${name}`, options);
      };
      await appears(tab, "#try-sample");
      await picture("start");
      await click(tab, "#proof-open");
      await appears(tab, "#proof-close");
      await picture("proof", { fullPage: false });
      await press(tab, "Escape");
      await disappears(tab, "#proof");
      await tab.upload(orders);
      await appears(tab, "#preview");
      for (const [column, role] of [["order_time", "time"]]) await choose(tab, `select[data-column="${column}"]`, role);
      await picture("mapping");
      await click(tab, "#analyze");
      await appears(tab, "#set-aside-note", 60);
      await appears(tab, "#active-users canvas");
      await picture("overview-own");
      await click(tab, "#set-aside-open");
      await appears(tab, "[data-testid=ledger-reason]");
      await picture("report", { fullPage: false });
      await press(tab, "Escape");
      await disappears(tab, "#ledger");
      await click(tab, "#request-open");
      await appears(tab, "#request-text");
      await picture("request", { fullPage: false });
      await press(tab, "Escape");
      await disappears(tab, "#request");
      await click(tab, "#close-data");
      await openSample(tab);
      for (const page of ["overview", "segments", "life-cycle", "value", "tiers", "clusters", "builder", "portrait", "retention", "growth", "repurchase"]) {
        await click(tab, `#nav-${page}`);
        if (page === "builder") await click(tab, "#rule-start-0");
        await answered(tab);
        await picture(page);
      }
      await click(tab, "#nav-segments");
      await answered(tab);
      await click(tab, "#rfm-groups tbody tr:first-child button");
      await waitFor(tab, () => document.querySelectorAll("#users-table tbody tr").length > 0, undefined, "no users");
      await picture("users", { fullPage: false });
      await tab.close();
      assert.deepEqual(wide, []);
    });
  }

  test("a data set of others", { skip: existsSync(cdnow) ? false : "cdnow_master.csv is not there" }, async () => {
    const tab = await openTab(browser, { server });
    await tab.upload(cdnow);
    await appears(tab, "#preview");
    await tab.screenshot("mapping-cdnow");
    await click(tab, "#analyze");
    await appears(tab, "#answer", 60);
    for (const page of ["overview", "segments", "life-cycle", "value", "tiers", "clusters", "builder", "portrait", "retention", "growth", "repurchase"]) {
      await click(tab, `#nav-${page}`);
      if (page === "builder") await click(tab, "#rule-start-0");
      await answered(tab);
      await tab.screenshot(`${page}-cdnow`);
    }
    await tab.close();
  });
});
