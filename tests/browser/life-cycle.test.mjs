// The life cycle: stages add up and open as many users as they say, moves too, as cells and as flows; the rules are switched.
import assert from "node:assert/strict";

import { integer, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, click, enter, isAnswered, openSample, pointAt, says, tableRows, usersAre, usersBehind, waitFor } from "./hands.mjs";

const { en } = words;
const number = (text) => Number(text.replaceAll(/[,%]/g, ""));
const stages = ["new", "growing", "mature", "resurrected", "dormant", "lost"].map((stage) => en.name[`stage_${stage}`]);

crosswise([
  ["stages and moves open their users, and add up", async (tab) => {
    await openLifeCycle(tab);
    const rows = await tableRows(tab, "life-cycle-stages");
    assert.deepEqual(rows.map(([stage]) => stage), stages);
    const counts = rows.map((row) => number(row[1]));
    const all = counts.reduce((sum, users) => sum + users, 0);
    await says(tab, "#answer", new RegExp(`^Of ${integer(all)} users up to .* are active, .* dormant, .* lost\\. If users keep moving .* settles at [\\d.]+%\\.$`));
    for (const [place, users] of counts.entries()) {
      if (users > 0) await usersBehind(tab, `#life-cycle-stages tbody tr:nth-child(${place + 1}) td:nth-child(2) button`, users);
    }
    // The moves into a stage are its users now.
    await click(tab, "#life-cycle-flows-table");
    const cells = await ask(tab, () => [...document.querySelectorAll("#life-cycle-flows table tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
    const moved = cells.filter(([, , to]) => to !== "").map(([, from, to, users]) => ({ from, to, users: number(users) }));
    for (const [place, stage] of stages.entries()) {
      const into = moved.filter(({ to }) => to === stage).reduce((sum, { users }) => sum + users, 0);
      assert.equal(into, counts[place], stage);
    }
    await click(tab, "#life-cycle-flows-table");
    const most = Math.max(...moved.map((move) => move.users));
    const { from, to } = moved.find(({ users }) => users === most);
    for (const chart of ["life-cycle-moves", "life-cycle-flows"]) {
      const at = await pointAt(tab, chart, new RegExp(`^${from} → ${to}\\. Users: ${integer(most)}, `));
      await tab.page.mouse.click(at.x, at.y);
      await usersAre(tab, most, () => says(tab, "#users-panel h2", `${from} → ${to}`));
    }
    await says(tab, "#life-cycle-cycle", /^The data's cycle is [\d.]+ days: /);
  }],
  ["periods and rules are chosen; rules that contradict each other are refused", async (tab) => {
    await openLifeCycle(tab);
    const lost = async () => number((await tableRows(tab, "life-cycle-stages"))[5][1]);
    const before = await lost();
    await click(tab, "#definition-open");
    await appears(tab, "#lost-after");
    await enter(tab, "#lost-after", "8");
    await waitFor(tab, (before) => document.querySelector("#life-cycle-stages tbody tr:nth-child(6) td:nth-child(2)").textContent.trim() !== before, integer(before), "as many are lost");
    assert(await lost() < before);
    await enter(tab, "#lost-after", "1");
    await says(tab, "#question-error", /lostAfter/);
    await enter(tab, "#lost-after", "4");
    await waitFor(tab, () => !document.querySelector("#question-error"), undefined, "still refused");
    await click(tab, "#period-week");
    await isAnswered(tab);
    await waitFor(tab, () => /period=week/.test(location.hash), undefined, "no weeks");
    assert.equal(await lost(), before, "where users stand now does not depend on periods");
  }],
  ["business stages say what they rest on, open their users, and take other rules", async (tab) => {
    await openLifeCycle(tab);
    await click(tab, "#stages-business");
    await appears(tab, "#life-cycle-interactions");
    await isAnswered(tab);
    const rows = await tableRows(tab, "life-cycle-stages");
    const business = ["awareness", "interest", "purchase", "loyalty", "churn"];
    assert.deepEqual(rows.map(([stage]) => stage), business.map((stage) => en.name[`stage_${stage}`]));
    const counts = rows.map((row) => number(row[1]));
    const all = counts.reduce((sum, users) => sum + users, 0);
    await says(tab, "#answer", new RegExp(`^Of ${integer(all)} users up to .* are customers .* have churned\\.`));
    for (const [place, users] of counts.entries()) {
      if (users > 0) await usersBehind(tab, `#life-cycle-stages tbody tr:nth-child(${place + 1}) td:nth-child(2) button`, users);
    }
    await says(tab, "#life-cycle-back h2", en.page_life_cycle.won);
    await click(tab, "#definition-open");
    await appears(tab, "#loyal-orders");
    await enter(tab, "#loyal-orders", "5");
    await waitFor(tab, (before) => document.querySelector("#life-cycle-stages tbody tr:nth-child(4) td:nth-child(2)").textContent.trim() !== before, integer(counts[3]), "as many are loyal");
    assert(number((await tableRows(tab, "life-cycle-stages"))[3][1]) < counts[3]);
    await click(tab, "#interaction-choose");
    await says(tab, "#life-cycle-interactions", /^Interactions: /);
    assert.equal(number((await tableRows(tab, "life-cycle-stages"))[0][1]), 0, "every row is an interaction");
    await appears(tab, "#interaction");
    await isAnswered(tab);
    await click(tab, "#interaction-learn");
    await waitFor(tab, () => document.querySelector("#interaction-choose") !== null, undefined, "the names decide again");
  }],
]);

async function openLifeCycle(tab) {
  await openSample(tab);
  await click(tab, "#nav-life-cycle");
  await says(tab, "main h1", en.page_life_cycle.title);
  await isAnswered(tab);
  await appears(tab, "#life-cycle-stages tbody tr:nth-child(6)");
}
