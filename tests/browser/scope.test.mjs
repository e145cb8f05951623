// What is looked at: dates, segments, filters and comparisons from the bar, in the address, undone and redone; commands and keys.
import assert from "node:assert/strict";

import { date, elevenSegments, fill, integer, percent, reference, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import {
  appears, ask, attribute, click, disappears, focus, isAnswered, isVisible, openSample, press, says, tableRows, textOf, waitFor, write,
} from "./hands.mjs";

const { en, zh } = words;
const { overview, growth } = reference;
const [november, december] = growth.month.slice(-2);

crosswise([
  ["dates: a preset holds everywhere, is in the address, and goes back with Undo", async (tab) => {
    await openSample(tab);
    await says(tab, "#kpi-users", integer(overview.users));
    assert.equal(await attribute(tab, "#undo", "disabled"), "");
    await click(tab, "#dates");
    await appears(tab, "#date-range-month-0");
    await click(tab, "#date-range-month-0");
    await says(tab, "#kpi-users", integer(december.active));
    assert.match(await hash(tab), /dates=2025-12-01\.\.2025-12-31/);
    assert.equal(await textOf(tab, "#dates"),
      fill(en.app.range, { from: date("en", "2025-12-01"), to: date("en", "2025-12-31") }));
    await press(tab, "Escape");
    await click(tab, "#nav-retention");
    await says(tab, "main h1", en.page.retention.title);
    assert.match(await hash(tab), /#\/retention\?dates=2025-12-01/);
    await click(tab, "#nav-overview");
    await says(tab, "#kpi-users", integer(december.active));
    for (let step = 0; step < 3; step += 1) await click(tab, "#undo");
    await says(tab, "#kpi-users", integer(overview.users));
    assert.equal(await attribute(tab, "#undo", "disabled"), "");
    await click(tab, "#redo");
    await says(tab, "#kpi-users", integer(december.active));
    // The keys do the same.
    await press(tab, "Control+z");
    await says(tab, "#kpi-users", integer(overview.users));
    await press(tab, "Control+y");
    await says(tab, "#kpi-users", integer(december.active));
  }],
  ["an address with dates is kept until the file is open", { hash: "#/overview?dates=2025-12-01..2025-12-31" }, async (tab) => {
    await openSample(tab);
    await says(tab, "#kpi-users", integer(december.active));
  }],
  ["a comparison says what it needs, and shows the change", async (tab) => {
    await openSample(tab);
    await click(tab, "#compare");
    await appears(tab, "#compare-previous");
    assert.equal(await attribute(tab, "#compare-previous", "disabled"), "");
    assert((await textOf(tab, "#compare-previous")).includes(en.scope.missing_dates));
    await press(tab, "Escape");
    await click(tab, "#dates");
    await click(tab, "#date-range-month-0");
    await press(tab, "Escape");
    await click(tab, "#compare");
    await click(tab, "#compare-previous");
    await says(tab, "#change-users", new RegExp(`${percentChange(november.active, december.active)}.*${integer(november.active)}$`));
    await says(tab, "#comparison", new RegExp(`${date("en", "2025-11-01")}.*${date("en", "2025-11-30")}`));
    // What is compared can still be walked through, saved and changed.
    await click(tab, "#language-zh");
    await says(tab, "#comparison", new RegExp(zh.scope.compare_previous));
    await click(tab, "#language-en");
    await click(tab, "#compare");
    await click(tab, "#compare-nothing");
    await disappears(tab, "#comparison");
  }],
  ["the users behind a figure become a segment, to look at and to compare with", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-segments");
    await waitFor(tab, () => document.querySelectorAll("#rfm-groups tbody tr").length > 0, undefined, "no groups");
    const champions = integer(elevenSegments().champions.users);
    await click(tab, "#rfm-groups tbody tr:first-child button");
    await says(tab, "#users-total", fill(en.widget.users_count, { count: champions }));
    await click(tab, "#users-save");
    await appears(tab, "#segment-name");
    await write(tab, "#segment-name", "Best buyers");
    await click(tab, "#segment-save");
    await disappears(tab, "#save-segment");
    await click(tab, "#users-panel-close");
    await click(tab, "#segment");
    await click(tab, "#segment-list li:nth-child(2) button");
    await says(tab, "#bar-segment", "Best buyers");
    await click(tab, "#nav-overview");
    await says(tab, "#kpi-users", champions);
    await says(tab, "#kpi-buyers", champions);
    // Everybody else is the rest.
    await click(tab, "#compare");
    await click(tab, "#compare-rest");
    await says(tab, "#change-users", new RegExp(`${integer(overview.users - elevenSegments().champions.users)}$`));
    await click(tab, "#segment");
    await click(tab, "#segment-list li:first-child button");
    await says(tab, "#kpi-users", integer(overview.users));
    // It is there again in the next visit, and can be deleted, and brought back.
    await click(tab, "#segment");
    await click(tab, "#segment-list li:nth-child(2) .icon-button:last-child");
    await waitFor(tab, () => document.querySelectorAll("#segment-list li").length === 1, undefined, "it is not deleted");
    await click(tab, "#toasts .toast:last-child [data-testid=toast-action]");
    await disappears(tab, "#segment-list");
    await click(tab, "#segment");
    await waitFor(tab, () => document.querySelectorAll("#segment-list li").length === 2, undefined, "it does not come back");
  }],
  ["a filter is made by choosing, one chip each", async (tab) => {
    await openSample(tab);
    await click(tab, "#filter-add");
    await appears(tab, "#filter-form");
    await write(tab, "#filter-column", "channel");
    await press(tab, "Enter");
    await appears(tab, "#filter-values");
    assert.equal(await attribute(tab, "#filter-apply", "disabled"), "");
    await write(tab, "#filter-search", "抖音");
    await waitFor(tab, () => document.querySelectorAll("#filter-values input").length === 1, undefined, "the search finds more");
    await click(tab, "#filter-values input");
    await click(tab, "#filter-apply");
    await says(tab, "#kpi-users", integer(overview.users_by_channel["抖音"]));
    assert((await textOf(tab, "#filter")).includes("抖音"));
    await click(tab, "#filter-clear");
    await says(tab, "#kpi-users", integer(overview.users));
  }],
  ["the palette finds commands, and keys do them", async (tab) => {
    await openSample(tab);
    await press(tab, "Control+k");
    await appears(tab, "dialog[open] [role=combobox]");
    await tab.page.keyboard.type("retention");
    await press(tab, "Enter");
    await says(tab, "main h1", en.page.retention.title);
    await press(tab, "1");
    await says(tab, "main h1", en.page.overview.title);
    await press(tab, "d");
    await appears(tab, "#definition");
    await press(tab, "Escape");
    await disappears(tab, "#definition-panel");
    await press(tab, "?");
    await appears(tab, "#shortcuts dl");
    // While a dialog is open, single keys are text.
    await press(tab, "2");
    await press(tab, "Escape");
    await disappears(tab, "#shortcuts");
    assert.equal(await textOf(tab, "main h1"), en.page.overview.title);
  }],
  ["another zone reads the file again", async (tab) => {
    await openSample(tab);
    const rows = await textOf(tab, "#bar-rows");
    await click(tab, "#zone");
    await write(tab, "#zone-name", "America/New_York");
    await press(tab, "Enter");
    await says(tab, "#bar-zone", "America/New_York", 60);
    await appears(tab, "#kpi-users");
    assert.equal(await textOf(tab, "#bar-rows"), rows);
    assert((await textOf(tab, "#active-users .chart-sub")).includes("America/New_York"));
  }],
  ["the definition opens beside the page, with the guide, and gives way to the list of users", async (tab) => {
    await openSample(tab);
    await click(tab, "#definition-open");
    await appears(tab, "#guide h3");
    const titles = await ask(tab, () => document.querySelectorAll("#guide h3").length);
    assert(titles >= 4, `${titles} headings in the guide`);
    await click(tab, "#kpi-users");
    await appears(tab, "#users-total");
    assert.equal(await isVisible(tab, "#definition"), false);
    await focus(tab, "#users-panel-close");
    await press(tab, "Enter");
    await disappears(tab, "#users-panel");
  }],
  ["segments by comparison: shares side by side add up", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-segments");
    await waitFor(tab, () => document.querySelectorAll("#rfm-groups tbody tr").length > 0, undefined, "no groups");
    const before = (await tableRows(tab, "rfm-groups"))[0].length;
    await click(tab, "#dates");
    await click(tab, "#date-range-year-0");
    await press(tab, "Escape");
    await click(tab, "#compare");
    await click(tab, "#compare-previous");
    await waitFor(tab, (before) => document.querySelectorAll("#rfm-groups tbody tr:first-child td").length === before + 2, before,
      "no shares to compare with");
    const shares = (await tableRows(tab, "rfm-groups")).map((row) => Number.parseFloat(row[3]) || 0);
    const sum = shares.reduce((all, share) => all + share, 0);
    assert(Math.abs(sum - 100) < 1, `the shares sum to ${sum}`);
    assert.equal(percent(1), "100.0%");
    // The same users at another time: shares, no test.
    await appears(tab, "#rfm-compared tbody tr");
    await says(tab, "#rfm-compared-notes", en.widget.compared_later);
    assert((await tableRows(tab, "rfm-compared")).every((row) => row[5] === "–"));
  }],
  ["a segment and the rest are compared part by part, with tests", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-value");
    await isAnswered(tab);
    await click(tab, "#value-bands tbody tr:nth-child(1) td:nth-child(2) button");
    await click(tab, "#users-save");
    await appears(tab, "#segment-name");
    await write(tab, "#segment-name", "High value");
    await click(tab, "#segment-save");
    await disappears(tab, "#save-segment");
    await click(tab, "#users-panel-close");
    await click(tab, "#segment");
    await click(tab, "#segment-list li:nth-child(2) button");
    await click(tab, "#compare");
    await click(tab, "#compare-rest");
    await click(tab, "#nav-life-cycle");
    await isAnswered(tab);
    await appears(tab, "#life-cycle-compared tbody tr:nth-child(6)");
    const rows = await tableRows(tab, "life-cycle-compared");
    const [points, [own, other]] = [(text) => Number.parseFloat(text.replace("\u2212", "-")), [1, 2].map((column) => rows.map((row) => row[column]))];
    for (const shares of [own, other]) assert(Math.abs(shares.reduce((sum, share) => sum + points(share), 0) - 100) < 0.5);
    // The lost are fewer among those of high value, beyond doubt.
    const lost = rows[5];
    assert.equal(lost[0], en.name.stage_lost);
    assert(Math.abs(points(lost[3]) - (points(lost[1]) - points(lost[2]))) < 0.2 && points(lost[3]) < 0);
    assert(lost[5].startsWith("differs"));
    await says(tab, "#life-cycle-compared-notes", /^The two sides are divided differently: chi-square test, p /);
    // Who is of high value has bought.
    await click(tab, "#nav-overview");
    await isAnswered(tab);
    await appears(tab, "#overview-compared tbody tr:nth-child(3)");
    const orders = await tableRows(tab, "overview-compared");
    assert.deepEqual(orders.map((row) => row[0]), [en.page.overview.no_order, en.page.overview.one_order, en.page.overview.more_orders]);
    assert.equal(points(orders[0][1]), 0);
    for (const column of [1, 2]) assert(Math.abs(orders.reduce((sum, row) => sum + points(row[column]), 0) - 100) < 0.3);
    assert(points(orders[2][3]) > 0 && orders[2][5].startsWith("differs"));
  }],
]);

const hash = (tab) => ask(tab, () => location.hash);

/** The change from one count to another as the figure writes it. */
function percentChange(before, now) {
  const change = (now - before) / before;
  return `[▲▼±] ${percent(Math.abs(change)).replace(".", "\\.")}`;
}
