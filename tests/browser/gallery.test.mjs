// Each control of the gallery, by keyboard only, as the first lines of its source file promise.
import assert from "node:assert/strict";

import { words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, attribute, click, disappears, focus, isVisible, press, says, textsOf, waitFor } from "./hands.mjs";

const { control, gallery } = words.en;

crosswise([
  ["the gallery needs no data, and leads from one section to the next", {}, async (tab) => {
    const titles = await textsOf(tab, ".gallery-section > h2");
    assert.deepEqual(titles.slice(0, 3), [gallery.tokens, gallery.buttons, gallery.fields]);
    assert.equal(new Set(titles).size, titles.length);
    assert.equal(await ask(tab, () => document.title.startsWith("Gallery")), true);
  }],
  ["nothing that can be hit is smaller than 24 px, no text smaller than 12 px", {}, async (tab) => {
    const small = await ask(tab, () => {
      const shown = (element) => element.getClientRects().length > 0 && !element.closest(".visually-hidden");
      const hit = [...document.querySelectorAll("#gallery :is(button, select, input, a, [role=gridcell][data-day])")].filter(shown)
        .map((element) => element.closest(".switch") ?? element)
        .filter((element) => Math.min(element.getBoundingClientRect().width, element.getBoundingClientRect().height) < 24);
      const texts = [...document.querySelectorAll("#gallery *")].filter((element) =>
        shown(element) && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "")
        && Number.parseFloat(getComputedStyle(element).fontSize) < 12);
      return [...hit, ...texts].map((element) => element.outerHTML.slice(0, 120));
    });
    assert.deepEqual(small, []);
  }],
  ["button: Enter and Space press it, a busy one keeps the focus and does nothing", {}, async (tab) => {
    await focus(tab, "#gallery-press");
    await press(tab, "Enter");
    await says(tab, "#gallery-presses", "1");
    await press(tab, " ");
    await says(tab, "#gallery-presses", "2");
    assert.equal(await attribute(tab, "#gallery .button.busy", "aria-disabled"), "true");
  }],
  ["field: what is wrong is tied to it, and goes when it is mended", {}, async (tab) => {
    assert.equal(await attribute(tab, "#gallery-field", "aria-describedby"), "gallery-field-hint");
    await retype(tab, "#gallery-field", "12oo");
    await press(tab, "Tab");
    await says(tab, "#gallery-field-error", gallery.field_error);
    assert.equal(await attribute(tab, "#gallery-field", "aria-invalid"), "true");
    assert.equal(await attribute(tab, "#gallery-field", "aria-describedby"), "gallery-field-error gallery-field-hint");
    await retype(tab, "#gallery-field", "900");
    await press(tab, "Tab");
    await disappears(tab, "#gallery-field-error");
    assert.equal(await attribute(tab, "#gallery-field", "aria-invalid"), null);
  }],
  ["segmented: one stop of Tab, the arrows choose", {}, async (tab) => {
    await focus(tab, "#gallery-segmented-week");
    await press(tab, "ArrowRight");
    await hasFocus(tab, "#gallery-segmented-month");
    await is(tab, "#gallery-segmented-month", "aria-pressed", "true");
    assert.equal(await attribute(tab, "#gallery-segmented-week", "aria-pressed"), "false");
    await press(tab, "End");
    await is(tab, "#gallery-segmented-quarter", "aria-pressed", "true");
    await press(tab, "ArrowRight");
    await is(tab, "#gallery-segmented-day", "aria-pressed", "true");
    const stops = await ask(tab, () => document.querySelectorAll("#gallery-segmented [tabindex='0']").length);
    assert.equal(stops, 1);
  }],
  ["tabs: the arrows show a part, Tab leads into it", {}, async (tab) => {
    await focus(tab, "#gallery-tabs-week");
    await press(tab, "ArrowLeft");
    await hasFocus(tab, "#gallery-tabs-day");
    await is(tab, "#gallery-tabs-day", "aria-selected", "true");
    await says(tab, "#gallery-tabs-panel", /Day$/);
    assert.equal(await attribute(tab, "#gallery-tabs-panel", "aria-labelledby"), "gallery-tabs-day");
    await press(tab, "Tab");
    await hasFocus(tab, "#gallery-tabs-panel");
  }],
  ["combobox: finds one of six hundred by any part of its name", {}, async (tab) => {
    await focus(tab, "#gallery-combobox");
    await press(tab, "ArrowDown");
    await appears(tab, "#gallery-combobox-list");
    await says(tab, "#gallery-combobox-list [aria-selected=true]", "Asia/Shanghai");
    assert((await textsOf(tab, "#gallery-combobox-list [role=option]")).length > 500);
    await press(tab, "Escape");
    await disappears(tab, "#gallery-combobox-list");
    await tab.page.keyboard.type("new yo");
    await says(tab, "#gallery-combobox-list [aria-selected=true]", "America/New York");
    const option = await ask(tab, () => document.querySelector("#gallery-combobox-list [aria-selected=true]").id);
    assert.equal(await attribute(tab, "#gallery-combobox", "aria-activedescendant"), option);
    await press(tab, "Enter");
    await disappears(tab, "#gallery-combobox-list");
    await holds(tab, "#gallery-combobox", "America/New York");
  }],
  ["combobox: Home, End, Escape; what fits nothing is said; leaving changes nothing", {}, async (tab) => {
    await focus(tab, "#gallery-combobox-groups");
    await tab.page.keyboard.type("par");
    await waitFor(tab, () => document.querySelectorAll("#gallery-combobox-groups-list [role=group]").length > 1, undefined, "no groups");
    const names = await textsOf(tab, "#gallery-combobox-groups-list [role=option]");
    assert(names.includes("Europe/Paris"), names.join());
    await press(tab, "End");
    await says(tab, "#gallery-combobox-groups-list [aria-selected=true]", names.at(-1));
    await press(tab, "Home");
    await says(tab, "#gallery-combobox-groups-list [aria-selected=true]", names[0]);
    await press(tab, "ArrowUp");
    await says(tab, "#gallery-combobox-groups-list [aria-selected=true]", names.at(-1));
    await tab.page.keyboard.type("zzz");
    await says(tab, "#gallery-combobox-groups-panel .listbox-none", control.none);
    await press(tab, "Escape");
    await holds(tab, "#gallery-combobox-groups", "Europe/Berlin");
    await tab.page.keyboard.type("rome");
    await press(tab, "Tab");
    await disappears(tab, "#gallery-combobox-groups-list");
    await holds(tab, "#gallery-combobox-groups", "Europe/Berlin");
  }],
  ["date range: presets count back from the last day of the data", {}, async (tab) => {
    const range = (from, to) => says(tab, "#gallery-range-value", `${from} ${to}`);
    for (const [preset, from, to] of [
      ["days-30", "2024-04-16", "2024-05-15"], ["week-1", "2024-05-06", "2024-05-12"], ["month-1", "2024-04-01", "2024-04-30"],
      ["quarter-0", "2024-04-01", "2024-05-15"], ["year-1", "2023-01-01", "2023-12-31"],
    ]) {
      await focus(tab, `#gallery-range-${preset}`);
      await press(tab, "Enter");
      await range(from, to);
      await is(tab, `#gallery-range-${preset}`, "aria-pressed", "true");
      await holds(tab, "#gallery-range-from", from);
      await holds(tab, "#gallery-range-to", to);
    }
    await focus(tab, "#gallery-range-all");
    await press(tab, "Enter");
    await says(tab, "#gallery-range-value", "–");
  }],
  ["date range: refuses what cannot be and says why", {}, async (tab) => {
    const enter = async (field, day) => {
      await ask(tab, ([field, day]) => {
        const input = document.querySelector(field);
        input.value = day;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }, [field, day]);
    };
    await enter("#gallery-range-from", "2024-05-10");
    await says(tab, "#gallery-range-error", control.range_backwards);
    assert.equal(await attribute(tab, "#gallery-range-from", "aria-describedby"), "gallery-range-error");
    await says(tab, "#gallery-range-value", "2024-04-10 2024-05-07");
    await enter("#gallery-range-to", "2024-06-01");
    await says(tab, "#gallery-range-error", /Jan 1, 2023 .* May 15, 2024/);
    await enter("#gallery-range-to", "2024-05-12");
    await says(tab, "#gallery-range-value", "2024-05-10 2024-05-12");
    assert.equal(await ask(tab, () => document.querySelector("#gallery-range-error").textContent), "");
  }],
  ["date range: the calendar by its keys", {}, async (tab) => {
    const at = (day) => waitFor(tab, (day) => document.activeElement?.getAttribute("aria-label") === day, day, `the focus is not on ${day}`);
    await focus(tab, "#gallery-range-calendar td[tabindex='0']");
    await at("May 7, 2024");
    for (const [key, day] of [
      ["ArrowLeft", "May 6, 2024"], ["ArrowUp", "Apr 29, 2024"], ["End", "May 5, 2024"], ["Home", "Apr 29, 2024"],
      ["PageUp", "Mar 29, 2024"], ["PageUp", "Feb 29, 2024"], ["Shift+PageUp", "Feb 28, 2023"], ["PageDown", "Mar 28, 2023"],
      ["ArrowDown", "Apr 4, 2023"], ["ArrowRight", "Apr 5, 2023"],
    ]) {
      await shifted(tab, key);
      await at(day);
    }
    await press(tab, "Enter");
    await says(tab, "#gallery-range-calendar .hint", control.range_pick_last);
    await press(tab, "Escape");
    await says(tab, "#gallery-range-calendar .hint", control.range_pick_first);
    await press(tab, "Enter");
    await press(tab, "ArrowLeft");
    await press(tab, "ArrowLeft");
    await press(tab, " ");
    await says(tab, "#gallery-range-value", "2023-04-03 2023-04-05");
    assert.equal(await ask(tab, () => document.querySelectorAll("#gallery-range-calendar td[tabindex='0']").length), 1);
    // Not a day further than the data goes.
    for (let step = 0; step < 5; step += 1) await press(tab, "PageUp");
    await at("Jan 1, 2023");
  }],
  ["chips: Delete removes one and the focus stays among them", {}, async (tab) => {
    await focus(tab, "#gallery-chips-edit-0");
    await press(tab, "Enter");
    await says(tab, "#gallery-chip-edited", gallery.chip_short);
    await press(tab, "Delete");
    await waitFor(tab, () => document.querySelectorAll("#gallery-chips .chip").length === 2, undefined, "no chip is gone");
    await hasFocus(tab, "#gallery-chips-remove-0");
    await press(tab, "Enter");
    await waitFor(tab, () => document.querySelectorAll("#gallery-chips .chip").length === 1, undefined, "no chip is gone");
    await hasFocus(tab, "#gallery-chips-remove-0");
  }],
  ["popover: the focus goes in and comes back; leaving it or a click elsewhere closes it", {}, async (tab) => {
    await focus(tab, "#gallery-popover");
    await press(tab, "Enter");
    await appears(tab, "#gallery-popover-panel");
    await waitFor(tab, () => document.activeElement.closest("#gallery-popover-panel") !== null, undefined, "the focus is not in it");
    assert.equal(await attribute(tab, "#gallery-popover", "aria-expanded"), "true");
    assert(await isInWindow(tab, "#gallery-popover-panel"), "the panel leaves the window");
    await press(tab, "Escape");
    await disappears(tab, "#gallery-popover-panel");
    await hasFocus(tab, "#gallery-popover");
    assert.equal(await attribute(tab, "#gallery-popover", "aria-expanded"), "false");
    await press(tab, "Enter");
    await waitFor(tab, () => document.activeElement.closest("#gallery-popover-panel") !== null, undefined, "the focus is not in it");
    await press(tab, "Tab");
    await disappears(tab, "#gallery-popover-panel");
    await hasFocus(tab, "#gallery-popover-icon");
    await press(tab, " ");
    await appears(tab, "#gallery-popover-icon-panel");
    await click(tab, "#gallery-layers-title");
    await disappears(tab, "#gallery-popover-icon-panel");
  }],
  ["popover: a sheet on phones", { width: 390, height: 844 }, async (tab) => {
    await focus(tab, "#gallery-popover");
    await press(tab, "Enter");
    await appears(tab, "#gallery-popover-panel");
    await waitFor(tab, () => {
      const { left, right, bottom } = document.querySelector("#gallery-popover-panel").getBoundingClientRect();
      return left === 0 && Math.abs(right - document.documentElement.clientWidth) < 20 && Math.abs(bottom - innerHeight) < 1;
    }, undefined, "it is no sheet");
    const wide = await ask(tab, () => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.equal(wide, false, "the page is wider than the window");
  }],
  ["help: shows and hides its text", {}, async (tab) => {
    await focus(tab, "#gallery-help");
    await press(tab, "Enter");
    await says(tab, "#gallery-help-text", gallery.help_text);
    await press(tab, "Escape");
    await disappears(tab, "#gallery-help-text");
    await hasFocus(tab, "#gallery-help");
  }],
  ["side panel: takes the focus and gives it back, makes room for itself, is resized by keys", {}, async (tab) => {
    const width = (selector) => ask(tab, (selector) => document.querySelector(selector).getBoundingClientRect().width, selector);
    const before = await width("#gallery");
    await focus(tab, "#gallery-panel-open");
    await press(tab, "Enter");
    await appears(tab, "#gallery-panel");
    await hasFocus(tab, "#gallery-panel");
    assert(await width("#gallery") < before - 100, "the page does not make room");
    await press(tab, "Tab");
    assert.equal(await ask(tab, () => document.activeElement.getAttribute("role")), "separator");
    const panel = await width("#gallery-panel");
    await press(tab, "ArrowLeft");
    await waitFor(tab, (panel) => document.querySelector("#gallery-panel").getBoundingClientRect().width === panel + 32, panel, "it is no wider");
    await is(tab, "#gallery-panel [role=separator]", "aria-valuenow", String(panel + 32));
    await press(tab, "Home");
    await waitFor(tab, () => document.querySelector("#gallery-panel").getBoundingClientRect().width === 320, undefined, "it is not narrow");
    await press(tab, "Escape");
    await disappears(tab, "#gallery-panel");
    await hasFocus(tab, "#gallery-panel-open");
    assert.equal(await width("#gallery"), before);
  }],
  ["palette: finds, walks, runs and closes", {}, async (tab) => {
    await focus(tab, "#gallery-palette-open");
    await press(tab, "Enter");
    await hasFocus(tab, "#gallery-palette-query");
    const at = "#gallery-palette-list [aria-selected=true] .option-name";
    await says(tab, at, words.en.nav.overview);
    await press(tab, "ArrowDown");
    await says(tab, at, words.en.nav.segments);
    await press(tab, "End");
    await says(tab, at, words.en.app.theme_system);
    await tab.page.keyboard.type("da");
    await says(tab, at, words.en.app.theme_dark);
    await press(tab, "Enter");
    await disappears(tab, "#gallery-palette");
    await says(tab, "#gallery-palette-done", words.en.app.theme_dark);
    await hasFocus(tab, "#gallery-palette-open");
    await press(tab, "Enter");
    await tab.page.keyboard.type("qqq");
    await says(tab, "#gallery-palette .listbox-none", control.none);
    await press(tab, "Escape");
    await disappears(tab, "#gallery-palette");
    await hasFocus(tab, "#gallery-palette-open");
  }],
  ["dialog: keeps the focus and gives it back", {}, async (tab) => {
    await focus(tab, "#gallery-dialog-open");
    await press(tab, "Enter");
    await appears(tab, "#gallery-dialog");
    await press(tab, "Escape");
    await disappears(tab, "#gallery-dialog");
    await hasFocus(tab, "#gallery-dialog-open");
  }],
  ["toast: offers, is dismissed by Escape, and never more than three", {}, async (tab) => {
    await focus(tab, "#gallery-toast-undo");
    await press(tab, "Enter");
    await says(tab, "#toasts .toast p", gallery.toast_text);
    await focus(tab, "#toasts [data-testid=toast-action]");
    await press(tab, "Enter");
    await says(tab, "#gallery-toast-undone", gallery.toast_undone);
    await waitFor(tab, () => document.querySelectorAll("#toasts .toast").length === 0, undefined, "it stays");
    await hasFocus(tab, "#gallery-toast-undo");
    for (let count = 0; count < 5; count += 1) await press(tab, "Enter");
    await waitFor(tab, () => document.querySelectorAll("#toasts .toast").length === 3, undefined, "not three");
    await focus(tab, "#toasts .toast:last-child .icon-button");
    await press(tab, "Escape");
    await waitFor(tab, () => document.querySelectorAll("#toasts .toast").length === 2, undefined, "it stays");
    await hasFocus(tab, "#gallery-toast-undo");
    assert.equal(await attribute(tab, "#toasts", "role"), "status");
  }],
  ["progress: says how far it is, and can be cancelled", {}, async (tab) => {
    const bar = ".progress-line:has(button) [role=progressbar]";
    assert.equal(await attribute(tab, bar, "aria-valuenow"), "42");
    await focus(tab, ".progress-line button");
    await press(tab, "Enter");
    await is(tab, bar, "aria-valuenow", "0");
    assert(await isVisible(tab, "#gallery-empty"));
  }],
  ["nothing is wider than a narrow window, in either language", { width: 360, height: 740 }, async (tab) => {
    for (const language of ["language-en", "language-zh"]) {
      await click(tab, `#${language}`);
      const wide = await ask(tab, () => {
        const width = document.documentElement.clientWidth;
        return document.documentElement.scrollWidth > width
          ? [...document.querySelectorAll("#gallery *")].filter((element) => element.getBoundingClientRect().right > width + 1)
            .map((element) => element.outerHTML.slice(0, 100)).slice(0, 5)
          : [];
      });
      assert.deepEqual(wide, [], language);
    }
  }],
].map(([title, options, journey]) => [title, { ...options, hash: "#/gallery" }, journey]), "#gallery");

/** Waits until an element has the focus. */
function hasFocus(tab, selector) {
  return waitFor(tab, (selector) => document.activeElement?.matches(selector), selector, `the focus is not on ${selector}`, 5);
}

/** Waits until an attribute has a value. */
function is(tab, selector, name, value) {
  return waitFor(tab, ([selector, name, value]) => document.querySelector(selector)?.getAttribute(name) === value,
    [selector, name, value], `${name} of ${selector} is not ${value}`, 5);
}

/** Waits until a field has a value. */
function holds(tab, selector, value) {
  return waitFor(tab, ([selector, value]) => document.querySelector(selector)?.value === value, [selector, value],
    `${selector} does not hold ${value}`, 5);
}

/** Types in place of what is in a field. */
async function retype(tab, selector, text) {
  await focus(tab, selector);
  await ask(tab, (selector) => document.querySelector(selector).select(), selector);
  await tab.page.keyboard.type(text);
}

/** Presses a key, with Shift if it says so. */
async function shifted(tab, key) {
  const { keyboard } = tab.page;
  if (!key.startsWith("Shift+")) return press(tab, key);
  await keyboard.down("Shift");
  await press(tab, key.slice(6));
  return keyboard.up("Shift");
}

/** Whether an element lies wholly inside the window. */
function isInWindow(tab, selector) {
  return ask(tab, (selector) => {
    const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  }, selector);
}
