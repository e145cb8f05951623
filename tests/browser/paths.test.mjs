// Paths: bars, flows, whole paths, cells and transitions open as many users as they say; anchor, lengths and rules are in the address
// and go back with Undo.
import assert from "node:assert/strict";

import { fill, integer, reference, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import {
  appears, ask, choose, click, disappears, enter, isAnswered, markAt, openSample, press, says, tableRows, textOf, usersAre,
  waitFor, write,
} from "./hands.mjs";

const { en } = words;
const { overview } = reference;

crosswise([
  ["bars and flows open as many users as they say", async (tab) => {
    await openPaths(tab);
    const total = /^Of ([\d,]+) paths of ([\d,]+) users/.exec(await textOf(tab, "#answer"));
    assert.equal(total[2], integer(overview.users), "every user has a path");
    const marks = [];
    for (let place = 0; ; place += 1) {
      const said = await markAt(tab, "paths-flows", place);
      if (said === undefined || !said.startsWith(fill(en.page.paths.step, { number: 1 }))) break;
      marks.push(said);
    }
    // The bars of the first step add up to all paths.
    const paths = marks.map((said) => number(/paths ([\d,]+)/.exec(said)[1]));
    assert.equal(paths.reduce((sum, count) => sum + count, 0), number(total[1]), marks.join("\n"));
    for (const place of [0, 2, marks.length, marks.length + 1]) {
      const said = await markAt(tab, "paths-flows", place);
      await press(tab, "Enter");
      await usersAre(tab, usersOf(said));
    }
  }],
  ["whole paths open their users, who become a segment", async (tab) => {
    await openPaths(tab);
    const [[paths, , users, route]] = await tableRows(tab, "paths-routes");
    assert(number(users) > 0 && number(users) <= number(paths));
    await click(tab, "#paths-routes tbody tr:first-child td:nth-child(1) button");
    await usersAre(tab, number(users), async () => {
      assert.equal(await textOf(tab, "#users-panel h2"), route);
      await click(tab, "#users-save");
      await appears(tab, "#segment-name");
      await write(tab, "#segment-name", "Common path");
      await click(tab, "#segment-save");
      await disappears(tab, "#save-segment");
    });
    await click(tab, "#segment");
    await click(tab, "#segment-list li:nth-child(2) button");
    await says(tab, "#bar-segment", "Common path");
    await says(tab, "#answer", new RegExp(`paths of ${users} users`));
    // All of them have walked this path.
    await says(tab, "#paths-routes tbody tr:first-child td:nth-child(3)", users);
  }],
  ["the matrix is of the same paths, and says what differs from what is compared", async (tab) => {
    await openPaths(tab);
    const bar = await markAt(tab, "paths-flows", 0);
    const [, step, event] = /^(.+?), (.+?):/.exec(bar);
    await click(tab, "#paths-view-matrix");
    await appears(tab, "#paths-matrix canvas");
    await find(tab, "paths-matrix", `${event}, ${step}:`);
    await press(tab, "Enter");
    await usersAre(tab, usersOf(bar));
    await click(tab, "#dates");
    await click(tab, "#date-range-month-0");
    await press(tab, "Escape");
    await click(tab, "#compare");
    await click(tab, "#compare-previous");
    await appears(tab, "#paths-difference canvas");
    const said = await find(tab, "paths-difference", `${event}, ${step}:`);
    const [, own, before, change] = /: ([\d.]+)%, compared ([\d.]+)%, ([+-]?[\d.]+) points$/.exec(said) ?? assert.fail(said);
    assert(Math.abs(Number(own) - Number(before) - Number(change)) < 0.11, said);
  }],
  ["transitions open as many users as they say", async (tab) => {
    await openPaths(tab);
    await click(tab, "#paths-view-transitions");
    await waitFor(tab, () => document.querySelector("#paths-transitions-table tbody td") !== null, undefined, "no table");
    assert.match(await address(tab), /view=transitions/);
    const rows = await tableRows(tab, "paths-transitions-table");
    for (const row of [1, 2]) {
      await click(tab, `#paths-transitions-table tbody tr:nth-child(${row}) td:nth-child(3) button`);
      await usersAre(tab, number(rows[row - 1][3]));
    }
    const said = await markAt(tab, "paths-transitions", 0);
    await press(tab, "Enter");
    await usersAre(tab, usersOf(said));
  }],
  ["lists and anchors show again what was undone", async (tab) => {
    await openPaths(tab);
    const value = (selector, wanted) =>
      waitFor(tab, ([selector, wanted]) => document.querySelector(selector)?.value === wanted, [selector, wanted], `${selector} is not ${wanted}`);
    await value("#paths-nodes", "6");
    await choose(tab, "#paths-nodes", "3");
    await waitFor(tab, () => /nodes=3/.test(location.hash), undefined, "the number is not in the address");
    await click(tab, "#undo");
    await value("#paths-nodes", "6");
    await click(tab, "#redo");
    await value("#paths-nodes", "3");
    await choose(tab, "#paths-divide", JSON.stringify({ by: "whole" }));
    await says(tab, "#answer", new RegExp(`^(Of|There are) ${integer(overview.users)} paths of ${integer(overview.users)} users`));
    await click(tab, "#paths-anchor-event");
    await appears(tab, "#paths-event");
    await value("#paths-event", "purchase");
    await says(tab, "#answer", new RegExp(`paths of ${integer(overview.buyers)} users`));
    await choose(tab, "#paths-before", "1");
    await waitFor(tab, () => /before=1/.test(location.hash), undefined, "the length is not in the address");
    await click(tab, "#paths-anchor-end");
    await disappears(tab, "#paths-event");
    await disappears(tab, "#paths-after");
    await click(tab, "#undo");
    await value("#paths-event", "purchase");
    await value("#paths-before", "1");
  }],
  ["a rule hides events until it is removed", async (tab) => {
    await openPaths(tab);
    const before = await tableRows(tab, "paths-routes");
    assert(before.some((row) => row[3].includes("view_item")));
    await click(tab, "#paths-by-pattern summary");
    await enter(tab, "#paths-rule-pattern", "view_*");
    await click(tab, "#paths-rule-add");
    await waitFor(tab, () => /rules=/.test(location.hash), undefined, "the rule is not in the address");
    await says(tab, "#paths-rules .chip-text", fill(en.page.paths.rule_hides, { pattern: "view_*" }));
    await answered(tab);
    assert((await tableRows(tab, "paths-routes")).every((row) => !row[3].includes("view_item")), "it is hidden");
    await click(tab, "#paths-rules-remove-0");
    await waitFor(tab, () => !/rules=/.test(location.hash), undefined, "the rule stays in the address");
    await answered(tab);
    assert.deepEqual(await tableRows(tab, "paths-routes"), before);
  }],
]);

const number = (text) => Number(text.replaceAll(",", ""));

/** How many users a mark says that it has. */
const usersOf = (said) => number(/users ([\d,]+)/.exec(said)?.[1] ?? assert.fail(said));

const address = async (tab) => decodeURIComponent(await ask(tab, () => location.hash));

async function openPaths(tab) {
  await openSample(tab);
  await click(tab, "#nav-paths");
  await says(tab, "main h1", en.page.paths.title);
  await waitFor(tab, () => document.querySelector("#paths-routes tbody td") !== null, undefined, "no table");
  await answered(tab);
}

/** Waits until the page shows the answer to what its address asks. */
async function answered(tab) {
  await isAnswered(tab);
}

/** Walks along the marks of a chart to the first that says something that begins like this. */
async function find(tab, chart, begin) {
  for (let place = 0; place < 100; place += 1) {
    const said = await markAt(tab, chart, place);
    if (said === undefined) break;
    if (said.startsWith(begin)) return said;
  }
  return assert.fail(`nothing on ${chart} begins with ${begin}`);
}
