// The funnel: steps added, moved, changed and undone; every part of a bar, every group and every driver opens as many users as it
// says; those who were lost open into the paths they took instead.
import assert from "node:assert/strict";

import { fill, integer, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import {
  appears, ask, attribute, choose, click, disappears, enter, isAnswered, markAt, openSample, pointAt, press, says, tableRows, textOf,
  usersAre, usersBehind, waitFor, write,
} from "./hands.mjs";

const { en } = words;

/** The steps that the page chooses for the sample. */
const first = ["visit", "view_item", "add_to_cart", "purchase"];

crosswise([
  ["every part of every bar opens as many users as it says", async (tab) => {
    await openFunnel(tab);
    const steps = await stepCounts(tab);
    assert.deepEqual(steps.map(({ event }) => event), first);
    const parts = steps.flatMap(({ event, reached, open, lost }) => [
      [phrase("funnel_reached", { label: event, count: integer(reached), rate: "" }).replace(/ \(.*/, ""), reached],
      [phrase("funnel_open", { label: event, count: integer(open) }), open],
      [phrase("funnel_lost", { label: event, count: integer(lost) }), lost],
    ].filter(([, count], part) => part === 0 || count > 0));
    assert(parts.length > 8, `${parts.length} parts`);
    for (const [place, [said, count]] of parts.entries()) {
      const mark = await markAt(tab, "funnel-steps", place);
      assert(mark?.startsWith(said), `${mark} instead of ${said}`);
      await press(tab, "Enter");
      await usersAre(tab, count);
    }
    assert.equal(await markAt(tab, "funnel-steps", parts.length), undefined, "there are no more parts");
    // By pointer too, from the table too.
    const { lost } = steps[2];
    const at = await pointAt(tab, "funnel-steps", new RegExp(`^${phrase("funnel_lost", { label: first[2], count: integer(lost) })}$`));
    await tab.page.mouse.click(at.x, at.y);
    await usersAre(tab, lost, () => says(tab, "#users-panel h2", fill(en.page.funnel.users_lost, { before: first[1], step: first[2] })));
    await usersBehind(tab, "#funnel-table tbody tr:nth-child(4) td:nth-child(7) button", steps[3].lost);
    // Converted, open and lost are all that entered.
    const sum = (part) => steps.reduce((all, step) => all + step[part], 0);
    assert.equal(steps[0].reached, steps[3].reached + sum("open") + sum("lost"));
  }],
  ["a step is changed, and its list shows the old event again after Undo", async (tab) => {
    await openFunnel(tab);
    const before = await stepCounts(tab);
    await choose(tab, "#step-2-event", "search");
    await chosen(tab, ["visit", "search", "add_to_cart", "purchase"]);
    await click(tab, "#undo");
    await chosen(tab, first);
    assert.deepEqual(await stepCounts(tab), before);
    await click(tab, "#redo");
    await chosen(tab, ["visit", "search", "add_to_cart", "purchase"]);
    await click(tab, "#undo");
    await chosen(tab, first);
    // Other lists go back too.
    await choose(tab, "#window-unit", "hour");
    await waitFor(tab, () => /window=/.test(location.hash), undefined, "the window is not in the address");
    await click(tab, "#undo");
    await waitFor(tab, () => document.querySelector("#window-unit").value === "day", undefined, "the list keeps what was undone");
  }],
  ["steps are added, moved and removed, and what names them follows", async (tab) => {
    await openFunnel(tab);
    await click(tab, "#step-add");
    await chosen(tab, [...first, "search"]);
    await click(tab, "#step-5-up");
    await chosen(tab, ["visit", "view_item", "add_to_cart", "search", "purchase"]);
    await click(tab, "#step-4-optional");
    await waitFor(tab, () => document.querySelector("#step-4-optional").checked, undefined, "it is not optional");
    await click(tab, "#step-4-down");
    await chosen(tab, [...first, "search"]);
    assert((await setting(tab, "steps")).every((step) => !step.optional), "the last step is not optional");
    await click(tab, "#step-5-remove");
    await chosen(tab, first);
    // An exclusion between two steps stays when another step is removed.
    await visitFunnel(tab, { exclusions: [{ events: ["share"], after: 1, before: 2 }], between: [1, 3] });
    await click(tab, "#step-1-remove");
    await chosen(tab, first.slice(1));
    assert.deepEqual(await setting(tab, "exclusions"), [{ events: ["share"], after: 0, before: 1 }]);
    assert.deepEqual(await setting(tab, "between"), [0, 2]);
    await click(tab, "#step-2-remove");
    await chosen(tab, ["view_item", "purchase"]);
    assert.deepEqual(await setting(tab, "exclusions"), [{ events: ["share"], after: 0, before: 1 }], "to the step after");
    assert.equal(await attribute(tab, "#step-1-remove", "disabled"), "", "a funnel has two steps");
    await answered(tab);
    assert.equal((await stepCounts(tab)).length, 2);
  }],
  ["window, order and exclusion change the figures; what is no number is told", async (tab) => {
    await openFunnel(tab);
    const week = await stepCounts(tab);
    await enter(tab, "#window", "1.5");
    await says(tab, "#window-error", en.page.funnel.window_wrong);
    assert.equal(await attribute(tab, "#window", "aria-invalid"), "true");
    assert.equal(await setting(tab, "window"), undefined);
    await enter(tab, "#window", "1");
    await disappears(tab, "#window-error");
    await says(tab, "#answer", new RegExp(`within ${fill(en.page.funnel.one_day, { number: 1 })}`));
    await choose(tab, "#window-unit", "minute");
    await says(tab, "#answer", new RegExp(`within ${fill(en.page.funnel.one_minute, { number: 1 })}`));
    const minute = await stepCounts(tab);
    assert.equal(minute[0].reached, week[0].reached);
    assert(minute[3].reached < week[3].reached, "less time, fewer conversions");
    await click(tab, "#undo");
    await click(tab, "#undo");
    await waitFor(tab, () => document.querySelector("#window").value === "7", undefined, "the field keeps what was undone");
    await click(tab, "#definition-open");
    await click(tab, "#order-any");
    await waitFor(tab, () => /order=any/.test(location.hash), undefined, "the order is not in the address");
    await answered(tab);
    const any = await stepCounts(tab);
    for (const [place, step] of any.entries()) assert(step.reached >= week[place].reached, `step ${place + 1} in any order`);
    await click(tab, "#order-ordered");
    await choose(tab, "#exclusion", "search");
    await waitFor(tab, () => /exclusions=/.test(decodeURIComponent(location.hash)), undefined, "there is no exclusion");
    await answered(tab);
    const excluded = await stepCounts(tab);
    assert.equal(excluded[0].reached, week[0].reached);
    assert(excluded[3].reached < week[3].reached, "who searched in between has not converted");
    await choose(tab, "#exclusion", "");
    await click(tab, "#definition-panel-close");
    await click(tab, "#count-sessions");
    await click(tab, "#definition-open");
    await enter(tab, "#session-gap", "-3");
    await says(tab, "#session-gap-error", en.page.funnel.window_wrong);
    await enter(tab, "#session-gap", "10");
    await disappears(tab, "#session-gap-error");
    assert.deepEqual(await setting(tab, "sessionGap"), { amount: 10, unit: "minute" });
  }],
  ["groups add up, and all others open their users too", async (tab) => {
    await openFunnel(tab);
    const steps = await stepCounts(tab);
    await choose(tab, "#breakdown", "city");
    await waitFor(tab, () => document.querySelector("#funnel-groups tbody td") !== null, undefined, "no groups");
    const rows = await tableRows(tab, "funnel-groups");
    assert.equal(rows.length, 11, "ten groups and the others");
    assert.equal(rows[10][0], en.page.funnel.others);
    for (const [place, step] of steps.entries()) {
      assert.equal(rows.reduce((sum, row) => sum + number(row[place + 1]), 0), step.reached, step.event);
    }
    for (const [row, column] of [[1, 2], [11, 2], [11, 5]]) {
      const selector = `#funnel-groups tbody tr:nth-child(${row}) td:nth-child(${column}) button`;
      await usersBehind(tab, selector, number(rows[row - 1][column - 1]));
    }
  }],
  ["a comparison is told, and is the answer for those dates", async (tab) => {
    await openFunnel(tab);
    await click(tab, "#dates");
    await click(tab, "#date-range-month-0");
    await press(tab, "Escape");
    await click(tab, "#compare");
    await click(tab, "#compare-previous");
    const pattern = new RegExp(fill(en.page.funnel.answer_compared.replace(/[.]$/, ""), { rate: "([\\d.]+%)" }));
    const said = await says(tab, "#answer", pattern);
    const [, rate] = pattern.exec(said);
    await visit(tab, "#/funnel?dates=2025-11-01..2025-11-30");
    await says(tab, "#answer", new RegExp(`\\(${rate.replace(".", "\\.")}\\)`));
  }],
  ["those who were lost become a segment, and everybody in it has begun", async (tab) => {
    await openFunnel(tab);
    const [, { lost }] = await stepCounts(tab);
    await says(tab, "#funnel-table tbody tr:nth-child(2) td:nth-child(7) button", integer(lost));
    await click(tab, "#funnel-table tbody tr:nth-child(2) td:nth-child(7) button");
    await usersAre(tab, lost, async () => {
      await click(tab, "#users-save");
      await appears(tab, "#segment-name");
      await write(tab, "#segment-name", "Only looked in");
      await click(tab, "#segment-save");
      await disappears(tab, "#save-segment");
    });
    await click(tab, "#segment");
    await click(tab, "#segment-list li:nth-child(2) button");
    await says(tab, "#bar-segment", "Only looked in");
    await says(tab, "#funnel-table tbody tr:nth-child(1) td:nth-child(2)", integer(lost));
    await says(tab, "#funnel-table tbody tr:nth-child(2) td:nth-child(2)", "0");
  }],
  ["what the lost did instead: their paths from the step that they reached, and back with Undo", async (tab) => {
    await openFunnel(tab);
    const steps = await stepCounts(tab);
    const { lost } = steps[3];
    await click(tab, "#funnel-table tbody tr:nth-child(4) td:nth-child(7) button");
    await says(tab, "#users-onward", en.page.funnel.instead);
    await click(tab, "#users-onward");
    await says(tab, "main h1", en.page.paths.title);
    await says(tab, "#bar-segment", fill(en.page.funnel.users_lost, { before: first[2], step: first[3] }));
    // All of them have done the step, and what each has done since is one path.
    await says(tab, "#answer", new RegExp(`${integer(lost)} paths of ${integer(lost)} users`));
    assert.equal(await ask(tab, () => scrollY), 0, "the other page begins at its top");
    assert.deepEqual(await setting(tab, "anchor"), { event: { event: { events: [first[2]] }, which: "first" } });
    const mark = await markAt(tab, "paths-flows", 0);
    assert(mark.startsWith(`${en.page.paths.step_anchor}, add_to_cart:`), mark);
    assert(mark.endsWith(`users ${integer(lost)}`), mark);
    await press(tab, "Enter");
    await usersAre(tab, lost);
    await click(tab, "#undo");
    await says(tab, "main h1", en.page.funnel.title);
    await chosen(tab, first);
    assert.deepEqual(await stepCounts(tab), steps);
    await disappears(tab, "#users-panel");
    await click(tab, "#redo");
    await says(tab, "main h1", en.page.paths.title);
    await click(tab, "#undo");
    // Who still has time has done nothing instead.
    await click(tab, "#funnel-table tbody tr:nth-child(4) td:nth-child(6) button");
    await usersAre(tab, steps[3].open, async () => assert.equal(await ask(tab, () => document.querySelector("#users-onward")), null));
  }],
  ["what sets converters apart: figures open their users, and what was not tried is named", async (tab) => {
    await openFunnel(tab);
    const [{ reached }, , , { reached: converted }] = await stepCounts(tab);
    await click(tab, "#drivers-show");
    await waitFor(tab, () => document.querySelector("#funnel-drivers tbody td") !== null, undefined, "no drivers");
    const note = await textOf(tab, "#funnel-drivers-note");
    assert(note.startsWith(`${integer(converted)} users that converted`), note);
    assert.match(note, /at least 20 users on each side/);
    const skipped = await textOf(tab, "#funnel-drivers-skipped");
    assert(skipped.includes("order_id") && skipped.includes("amount"), skipped);
    const [driver] = await tableRows(tab, "funnel-drivers");
    for (const column of [2, 3]) {
      const figure = number(driver[column - 1]);
      assert(figure > 0 && figure < reached);
      await usersBehind(tab, `#funnel-drivers tbody tr:first-child td:nth-child(${column}) button`, figure);
    }
  }],
]);

const number = (text) => Number(text.replaceAll(",", ""));

const phrase = (name, values) => fill(en.chart[name], values);

/** What the address says of a parameter. */
async function setting(tab, name) {
  const text = await ask(tab, (name) => new URLSearchParams(location.hash.split("?")[1]).get(name), name);
  return text === null ? undefined : JSON.parse(text);
}

async function openFunnel(tab) {
  await openSample(tab);
  await click(tab, "#nav-funnel");
  await says(tab, "main h1", en.page.funnel.title);
  await waitFor(tab, () => document.querySelector("#funnel-table tbody td") !== null, undefined, "no table");
  await answered(tab);
}

/** Goes to an address of the page. */
async function visit(tab, hash) {
  await ask(tab, (hash) => { location.hash = hash; }, hash);
  await answered(tab);
}

/** Goes to the funnel with these parameters. */
async function visitFunnel(tab, params) {
  const settings = Object.entries(params).map(([name, value]) => `${name}=${encodeURIComponent(JSON.stringify(value))}`);
  await visit(tab, `#/funnel?${settings.join("&")}`);
}

/** Waits until the page shows the answer to what its address asks. */
async function answered(tab) {
  await isAnswered(tab);
}

/** Waits until the lists of the steps show these events, and the answer is about them. */
async function chosen(tab, events) {
  await waitFor(tab, (events) => {
    const lists = events.map((event, place) => document.querySelector(`#step-${place + 1}-event`)?.value);
    return lists.join() === events.join() && document.querySelector(`#step-${events.length + 1}-event`) === null;
  }, events, `the steps are not ${events}`);
  const rows = events.map((event, place) => `${place + 1}  ${event}`);
  await waitFor(tab, (rows) => {
    const shown = [...document.querySelectorAll("#funnel-table tbody tr > :first-child")].map((cell) => cell.textContent);
    return shown.join() === rows.join();
  }, rows, `the answer is not about ${events}`);
}

/** What the table says of each step. */
async function stepCounts(tab) {
  await answered(tab);
  const rows = await tableRows(tab, "funnel-table");
  return rows.map(([name, reached, , , , open, lost]) => {
    const count = (text) => (/\d/.test(text) ? number(text) : 0);
    return { event: name.replace(/^\d+\s+/, ""), reached: count(reached), open: count(open), lost: count(lost) };
  });
}
