// Growth and repurchase: the reference's figures, users behind every mark, parts that keep what was chosen.
import assert from "node:assert/strict";

import { date, dayAfter, fill, integer, reference, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, choose, click, disappears, focus, openSample, press, says, tableRows, textOf, usersAre, usersBehind, waitFor, walk, write } from "./hands.mjs";

const { en } = words;
const { growth, overview } = reference;

crosswise([
  ["growth by month is the reference's, and each figure opens so many users", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-growth");
    await says(tab, "main h1", en.page_growth.title);
    await waitFor(tab, () => document.querySelector("#growth-periods tbody td") !== null, undefined, "no table");
    const states = ["active", "new", "retained", "resurrected", "churned"];
    const rows = await tableRows(tab, "growth-periods");
    const expected = growth.month.toReversed();
    assert.deepEqual(rows.map((row) => row.slice(2, 7)), expected.map((month) => states.map((state) => integer(month[state]))));
    for (const [column, state] of states.entries()) {
      await usersBehind(tab, `#growth-periods tbody tr:first-child td:nth-child(${column + 3}) button`, expected[0][state]);
    }
    // The last column of the chart opens as many as it says.
    await focus(tab, "#growth-users canvas");
    await press(tab, "ArrowRight");
    const column = await walk(tab, "growth-users", "End");
    assert(column.endsWith(` ${integer(expected[0].retained)}`), column);
    await press(tab, "Enter");
    await usersAre(tab, expected[0].retained);
    await click(tab, "#period-week");
    await waitFor(tab, (weeks) => document.querySelector("#growth-periods table")?.getAttribute("aria-rowcount") === String(weeks + 1),
      growth.week.length, "there are no weeks");
    assert.match(await ask(tab, () => location.hash), /period=week/);
  }],
  ["revenue adds up to the cent, and keeps the period", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-growth");
    await click(tab, "#period-quarter");
    await click(tab, "#growth-part-revenue");
    await says(tab, "main h1", en.page_growth.revenue_title);
    await waitFor(tab, () => document.querySelector("#growth-revenue-periods tbody td") !== null, undefined, "no table");
    assert.match(await ask(tab, () => location.hash), /period=quarter/);
    const cents = (text) => Math.round(Number(text.replaceAll(",", "")) * 100);
    const rows = (await tableRows(tab, "growth-revenue-periods")).map((row) => row.slice(2, 9).map(cents)).reverse();
    assert.equal(rows.length, 6);
    rows.reduce((before, [revenue, first, more, back, less, gone, net]) => {
      assert.equal(revenue, before + first + more + back - less - gone);
      assert.equal(net, revenue - before);
      return revenue;
    }, 0);
    assert.equal(rows.reduce((sum, [revenue]) => sum + revenue, 0), overview.net_revenue);
    await submit(tab, JSON.stringify({ analysis: "revenueGrowth", params: { period: "month" } }));
    await waitFor(tab, () => document.querySelector("#growth-revenue-periods table")?.getAttribute("aria-rowcount") === "19", undefined, "no months");
  }],
  ["another event makes active, in two parts of the page", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-growth");
    await waitFor(tab, () => document.querySelector("#growth-periods tbody td") !== null, undefined, "no table");
    await click(tab, "#definition-open");
    await choose(tab, "#active-event", JSON.stringify({ events: ["purchase"] }));
    const everybody = growth.month.at(-1).active;
    await waitFor(tab, (all) => {
      const figure = document.querySelector("#growth-periods tbody tr td:nth-child(3)")?.textContent.trim();
      return figure !== undefined && figure !== all;
    }, integer(everybody), "every event still counts");
    await press(tab, "Escape");
    await click(tab, "#growth-part-stickiness");
    await appears(tab, "#growth-power canvas");
    assert.match(decodeURIComponent(await ask(tab, () => location.hash)), /active=\{"events":\["purchase"\]\}/);
    await waitFor(tab, () => document.querySelector("#growth-days tbody td") !== null, undefined, "no table");
    // Everybody with a purchase came on 0 days or more.
    await usersBehind(tab, "#growth-days tbody tr:first-child td:nth-child(4) button", overview.buyers);
  }],
  ["repurchase begins with every buyer, and its calendar with the first order", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-repurchase");
    await says(tab, "main h1", en.page_repurchase.title);
    await usersBehind(tab, "#repurchase-step-table tbody tr:first-child td:nth-child(2) button", overview.buyers);
    await usersBehind(tab, "#repurchase-step-table tbody tr:nth-child(2) td:nth-child(2) button", overview.repeat_buyers);
    const [users, converted, open, lapsed] = (await tableRows(tab, "repurchase-step-table"))[0].slice(1, 5)
      .map((text) => Number(text.replaceAll(",", "")));
    assert.equal(users, converted + open + lapsed);
    // One column on is the next week, one row down the next day.
    await focus(tab, "#repurchase-calendar canvas");
    const first = await walk(tab, "repurchase-calendar", "ArrowRight");
    const days = Array.from({ length: 60 }, (_, day) => date("en", dayAfter(reference.active_users.first_day, day)));
    const at = days.findIndex((day) => first.startsWith(day));
    assert(at >= 0 && /: \d+$/.test(first), first);
    const second = await walk(tab, "repurchase-calendar", "ArrowRight");
    assert(second.startsWith(days[at + 7]), `${first}; ${second}`);
    const third = await walk(tab, "repurchase-calendar", "ArrowDown");
    assert(third.startsWith(days[at + 8]), `${second}; ${third}`);
    await press(tab, "Enter");
    await appears(tab, "#users-panel");
    assert.equal(await textOf(tab, "#users-panel h2"), fill(en.page_repurchase.calendar_users, { day: days[at + 8] }));
    await press(tab, "Escape");
    await disappears(tab, "#users-panel");
    await choose(tab, "#window", "30");
    await waitFor(tab, () => /window=30/.test(location.hash), undefined, "the window is not in the address");
    await waitFor(tab, (before) => document.querySelector("#repurchase-step-table tbody tr td:nth-child(3)")?.textContent.trim() !== before,
      integer(converted), "another window changes nothing");
    assert.match(await textOf(tab, "#answer"), /within 30 days/);
  }],
]);

/** Pastes a request and asks for its answer. */
async function submit(tab, text) {
  await click(tab, "#request-open");
  await write(tab, "#request-text", text);
  await click(tab, "#request-run");
}
