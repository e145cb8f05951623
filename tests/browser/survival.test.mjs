// Lifetime: the curve, its figures and its users; an event as the end; groups with their test; what is compared.
import assert from "node:assert/strict";

import { fill, integer, reference, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, choose, click, disappears, markAt, openSample, press, says, tableRows, textOf, usersBehind, waitFor } from "./hands.mjs";

const { en, zh } = words;
const { overview } = reference;
const said = en.page_lifetime;

crosswise([
  ["everybody is counted once, and every figure opens its users", async (tab) => {
    await toLifetime(tab);
    const states = await tableRows(tab, "lifetime-states");
    assert.deepEqual(states.map((row) => row[0]), [said.state_ended, said.state_left, said.state_recent]);
    const users = states.map((row) => number(row[1]));
    assert.equal(sum(users), overview.users);
    for (const [place, count] of users.entries()) {
      await usersBehind(tab, `#lifetime-states tbody tr:nth-child(${place + 1}) td:nth-child(2) button`, count);
    }
    // At risk on the first day told are all but those whose first day was their last.
    const days = await tableRows(tab, "lifetime-days");
    assert.deepEqual(days.map((row) => row[0]).slice(0, 3), ["1", "7", "30"]);
    for (const [place, row] of days.slice(0, 3).entries()) {
      await usersBehind(tab, `#lifetime-days tbody tr:nth-child(${place + 1}) td:nth-child(4) button`, number(row[3]));
      await usersBehind(tab, `#lifetime-days tbody tr:nth-child(${place + 1}) td:nth-child(5) button`, number(row[4]));
    }
    // The first day of the curve is everybody's.
    await markAt(tab, "lifetime-curve", 0);
    await press(tab, "Enter");
    await says(tab, "#users-total", fill(en.widget.users_count, { count: integer(users[0] + users[1]) }));
    assert.equal(await textOf(tab, "#users-panel h2"), fill(said.users_at_risk, { day: 0 }));
    await click(tab, "#users-panel-close");
    await disappears(tab, "#users-panel");
  }],
  ["settings are in the address, and Back takes them back", async (tab) => {
    await toLifetime(tab);
    const gone = "#lifetime-states tbody tr:first-child td:nth-child(2)";
    const before = await textOf(tab, gone);
    await choose(tab, "#inactive", "90");
    await waitFor(tab, ([gone, before]) => document.querySelector(gone)?.textContent.trim() !== before, [gone, before], "nothing changed");
    assert.match(await hash(tab), /^#\/retention\?.*inactive=90/);
    assert(number(await textOf(tab, gone)) < number(before), "after a longer silence fewer are gone");
    await ask(tab, () => history.back());
    await says(tab, gone, before);
    await choose(tab, "#horizon", "30");
    await says(tab, "#lifetime-days tbody tr:last-child td:first-child", "30");
    await click(tab, "#retention-part-cohorts");
    await says(tab, "main h1", en.page.retention.title);
  }],
  ["an event ends a life in place of silence", async (tab) => {
    await toLifetime(tab);
    await click(tab, "#ends-event");
    await says(tab, "#lifetime-states tbody tr:first-child td:first-child", said.state_ended_until);
    await ask(tab, () => {
      location.hash = `#/retention?part=lifetime&until=${encodeURIComponent(JSON.stringify({ events: ["purchase"] }))}`;
    });
    // With the first purchase as the end, those who bought are those who have it, later or from the beginning.
    await waitFor(tab, (buyers) => {
      const cells = [...document.querySelectorAll("#lifetime-states tbody td:nth-child(2)")].map((cell) => Number(cell.textContent.replaceAll(",", "")));
      return cells.length === 3 && cells[0] + cells[2] === buyers;
    }, overview.buyers, "those with a purchase are not the buyers");
    const users = (await tableRows(tab, "lifetime-states")).map((row) => number(row[1]));
    assert.equal(sum(users), overview.users);
    await usersBehind(tab, "#lifetime-states tbody tr:first-child td:nth-child(2) button", users[0]);
  }],
  ["groups add up to all and are tested", async (tab) => {
    await toLifetime(tab);
    const [ended, left] = (await tableRows(tab, "lifetime-states")).map((row) => number(row[1]));
    await choose(tab, "#breakdown", "channel");
    await appears(tab, "#lifetime-groups tbody td");
    const groups = await tableRows(tab, "lifetime-groups");
    assert(groups.length > 2);
    for (const [column, total] of [[1, ended + left], [2, ended], [3, left]]) {
      assert.equal(sum(groups.map((row) => number(row[column]))), total);
    }
    await usersBehind(tab, "#lifetime-groups tbody tr:first-child td:nth-child(3) button", number(groups[0][2]));
    assert.match(await textOf(tab, "#lifetime-test"), new RegExp(`^Log-rank test: .* degrees of freedom: ${groups.length - 1}\\)\\.$`));
  }],
  ["in Chinese", async (tab) => {
    await toLifetime(tab);
    await click(tab, "#language-zh");
    await says(tab, "main h1", zh.page_lifetime.title);
    await waitFor(tab, () => /位用户/.test(document.querySelector("#answer")?.textContent ?? ""), undefined, "the answer is not in Chinese");
  }],
]);

const number = (text) => Number(text.replaceAll(",", ""));
const sum = (numbers) => numbers.reduce((sum, own) => sum + own, 0);
const hash = (tab) => ask(tab, () => location.hash);

async function toLifetime(tab) {
  await openSample(tab);
  await click(tab, "#nav-retention");
  await click(tab, "#retention-part-lifetime");
  await appears(tab, "#lifetime-states tbody td");
  await appears(tab, "#lifetime-curve canvas");
}
