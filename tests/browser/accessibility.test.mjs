// Without a mouse and without eyes: every control has a name, every chart speaks, the keyboard reaches all.
import assert from "node:assert/strict";

import { phrases, words } from "./expected.mjs";
import { everywhere } from "./environments.mjs";
import { appears, ask, attribute, click, disappears, focus, isVisible, openSample, press, says, spoken, waitFor, walk } from "./hands.mjs";

const orders = { name: "orders.csv", text: "user_id,order_time,amount\n01,2025-03-01,5\n02,bad,7\n03,2025-04-01,9\n" };
const charts = ["active-users", "stickiness", "rfm-grid", "rfm-tiles", "retention-heat", "retention-curves", "retention-trend",
  "growth-users", "growth-quick", "growth-rates",
  "repurchase-intervals", "repurchase-steps", "repurchase-cohorts", "repurchase-hours", "repurchase-calendar",
  "funnel-steps", "funnel-trend", "funnel-times", "paths-flows", "life-cycle-time", "life-cycle-flows", "life-cycle-moves", "life-cycle-stays", "life-cycle-back", "value-curve",
  "clusters-profile", "clusters-dots", "clusters-curve", "tiers-distribution", "tiers-time", "tiers-changes", "tiers-moves"];

everywhere([
  ["every control has a name, on every page and in every dialog, in both languages", async (tab) => {
    for (const language of ["language-en", "language-zh"]) {
      await click(tab, `#${language}`);
      await everythingIsNamed(tab, "the start page");
      await click(tab, "#proof-open");
      await appears(tab, "#proof-close");
      await everythingIsNamed(tab, "the proof");
      await press(tab, "Escape");
      await disappears(tab, "#proof");
    }
    await tab.upload(orders);
    await appears(tab, "#preview");
    await everythingIsNamed(tab, "the columns");
    await click(tab, "#mapping-back");
    await openSample(tab);
    for (const page of ["overview", "growth", "segments", "life-cycle", "value", "tiers", "clusters", "builder", "portrait", "retention", "repurchase", "funnel", "paths"]) {
      await click(tab, `#nav-${page}`);
      if (page === "builder") await click(tab, "#rule-start-0");
      await waitFor(tab, () => document.querySelector("main table tbody tr") !== null, undefined, "no table");
      await ask(tab, () => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
      await click(tab, "#definition-open");
      await appears(tab, "#definition");
      await everythingIsNamed(tab, page);
      await press(tab, "Escape");
      await disappears(tab, "#definition-panel");
    }
    for (const dialog of ["report", "request"]) {
      await click(tab, `#${dialog}-open`);
      await everythingIsNamed(tab, dialog);
      await press(tab, "Escape");
      await waitFor(tab, () => document.querySelector("dialog[open]") === null, undefined, `${dialog} stays open`);
    }
  }],
  ["charts say what they are, and the arrow keys read them", async (tab) => {
    await openSample(tab);
    const seen = [];
    for (const page of ["overview", "growth", "segments", "life-cycle", "value", "tiers", "clusters", "retention", "repurchase", "funnel", "paths"]) {
      await click(tab, `#nav-${page}`);
      await waitFor(tab, () => document.querySelectorAll("main canvas").length > 0, undefined, "no charts");
      await waitFor(tab, () => [...document.querySelectorAll("main canvas")].every((canvas) => canvas.getAttribute("aria-label")?.length > 40),
        undefined, "a chart has no summary");
      for (const chart of await ask(tab, () => [...document.querySelectorAll("figure:has(canvas)")].map((figure) => figure.id))) {
        seen.push(chart);
        assert.equal(await attribute(tab, `#${chart} canvas`, "role"), "img");
        assert.equal(await attribute(tab, `#${chart} canvas`, "tabindex"), "0");
        await focus(tab, `#${chart} canvas`);
        const first = await walk(tab, chart, "ArrowRight");
        const second = await walk(tab, chart, "ArrowRight");
        assert(first !== "" && second !== "" && first !== second, `${chart}: ${first}, ${second}`);
        assert.equal(await walk(tab, chart, "ArrowLeft"), first);
        await press(tab, "Escape");
        await waitFor(tab, (chart) => document.querySelector(`#${chart} [aria-live]`).textContent === "", chart, "it still speaks");
        assert.equal(await spoken(tab, chart), "");
      }
    }
    assert.deepEqual(seen.sort(), charts.toSorted());
  }],
  ["a chart can be read as a table instead", async (tab) => {
    await openSample(tab);
    await click(tab, "#active-users-table");
    await waitFor(tab, () => document.querySelectorAll("#active-users table tbody tr").length > 500, undefined, "no table");
    assert.equal(await isVisible(tab, "#active-users canvas"), false);
    await click(tab, "#active-users-table");
    await appears(tab, "#active-users canvas");
  }],
  ["the keyboard alone leads from the start page to the users behind a cell, and back", async (tab) => {
    await tabTo(tab, (element) => element.id === "try-sample", "the sample");
    await press(tab, "Enter");
    await appears(tab, "#answer", 60);
    // The focus is now at the beginning of the page's content; the navigation lies before it.
    await tabTo(tab, (element) => element.id === "nav-segments", "the segments", { back: true });
    await press(tab, "Enter");
    await says(tab, "main h1", words.en.page.segments.title);
    await waitFor(tab, () => document.querySelectorAll("#rfm-groups tbody tr").length > 0, undefined, "no table");
    await tabTo(tab, (element) => element.matches("#rfm-grid canvas"), "the grid");
    const outline = await ask(tab, () => getComputedStyle(document.activeElement).outlineStyle);
    assert.notEqual(outline, "none", "the focus on a chart cannot be seen");
    await walk(tab, "rfm-grid", "ArrowRight");
    await press(tab, "Enter");
    await appears(tab, "#users-panel");
    await waitFor(tab, () => document.activeElement?.closest("#users-panel") !== null, undefined, "the panel does not take the focus");
    await tabTo(tab, (element) => element.id === "users-list", "what saves the list");
    await press(tab, "Escape");
    await disappears(tab, "#users-panel");
    await waitFor(tab, () => document.activeElement?.matches("#rfm-grid canvas"), undefined, "the focus does not come back");
  }],
  ["a dialog keeps the focus and gives it back", async (tab) => {
    await openSample(tab);
    await focus(tab, "#data-menu");
    await press(tab, "Enter");
    await appears(tab, "#report-open");
    await focus(tab, "#report-open");
    await press(tab, "Enter");
    await appears(tab, "#ledger");
    for (let step = 0; step < 6; step += 1) {
      await press(tab, "Tab");
      const inside = await ask(tab, () => document.activeElement === document.body || document.activeElement.closest("#ledger") !== null);
      assert(inside, "the focus leaves the dialog");
    }
    await press(tab, "Escape");
    await disappears(tab, "#ledger");
    await waitFor(tab, () => document.activeElement.id === "data-menu", undefined, "the focus does not come back");
  }],
]);

/** Presses Tab, or with Shift to go back, until the focus is on the wanted element. */
async function tabTo(tab, wanted, name, { back = false } = {}) {
  const { keyboard } = tab.page;
  for (let step = 0; step < 80; step += 1) {
    if (back) await keyboard.down("Shift");
    await keyboard.press("Tab");
    if (back) await keyboard.up("Shift");
    if (await ask(tab, `(${wanted})(document.activeElement)`)) return;
  }
  assert.fail(`80 times Tab do not lead to ${name}`);
}

/** Fails on a visible control without a name, on one that is named by a key instead of a phrase, and on an id used twice. */
async function everythingIsNamed(tab, where) {
  const { nameless, names, twice } = await ask(tab, () => {
    const textsOf = (ids) => (ids ?? "").split(/\s+/).filter(Boolean).map((id) => document.getElementById(id)?.textContent ?? "");
    const nameOf = (element) => [
      element.getAttribute("aria-label"), ...textsOf(element.getAttribute("aria-labelledby")),
      ...[...(element.labels ?? [])].map((label) => label.textContent),
      ["INPUT", "SELECT", "TEXTAREA"].includes(element.tagName) ? "" : element.textContent, element.getAttribute("title"),
    ].map((text) => text?.trim()).find((text) => text) ?? "";
    const controls = "a[href], button, input, select, textarea, summary, canvas, dialog, [tabindex='0'], [role=img], [role=dialog], [role=group], [role=region], nav";
    const shown = [...document.querySelectorAll(controls)]
      .filter((element) => element.getClientRects().length > 0 && !element.closest("[aria-hidden=true]"));
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    return {
      nameless: shown.filter((element) => nameOf(element) === "").map((element) => element.outerHTML.slice(0, 160)),
      names: shown.map(nameOf), twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    };
  });
  assert(names.length > 5, `only ${names.length} controls on ${where}`);
  assert.deepEqual(nameless, [], `controls without a name on ${where}`);
  const keys = new Set(phrases(words.en).map(([path]) => path.replaceAll(".", "_")).filter((key) => key.includes("_")));
  assert.deepEqual(names.filter((name) => keys.has(name) || /\{\w+\}/.test(name)), [], `keys instead of words on ${where}`);
  assert.deepEqual(twice, [], `ids used twice on ${where}`);
}
