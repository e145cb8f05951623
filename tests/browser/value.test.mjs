// Value: bands and tops open as many users as they say, the curve too; the parts add up; what is switched is asked.
import assert from "node:assert/strict";

import { integer, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, attribute, choose, click, isAnswered, markAt, openSample, press, says, tableRows, usersAre, usersBehind, waitFor } from "./hands.mjs";

const { en } = words;
const number = (text) => Number(text.replaceAll(/[,%]/g, ""));

crosswise([
  ["bands and tops open their users, and add up", async (tab) => {
    await openValue(tab);
    const bands = await tableRows(tab, "value-bands");
    const tops = await tableRows(tab, "value-top");
    const buyers = bands.reduce((all, row) => all + number(row[1]), 0);
    await says(tab, "#answer", /^\d+ users, \d+\.\d% of them all, carry half of [\d,.]+ in revenue\. Gini: 0\.\d\d\.$/);
    for (const [place, row] of bands.entries()) {
      await usersBehind(tab, `#value-bands tbody tr:nth-child(${place + 1}) td:nth-child(2) button`, number(row[1]));
    }
    const [half] = tops.slice(-1);
    await usersBehind(tab, "#value-top tbody tr:last-child td:nth-child(2) button", number(half[1]));
    assert(number(half[3]) >= 50 && number(half[3]) < 52, half[3]);
    assert.equal(number(tops[3][1]), Math.ceil(buyers / 5), "the top 20 %");
    // A point of the curve: those who are worth more than four fifths of the users.
    const mark = await markAt(tab, "value-curve", 80);
    assert.match(mark, /80/);
    await press(tab, "Enter");
    await usersAre(tab, Math.ceil(buyers / 5));
  }],
  ["bands and users are chosen", async (tab) => {
    await openValue(tab);
    const before = await tableRows(tab, "value-bands");
    await choose(tab, "#bands", "10-20");
    await waitFor(tab, (before) => document.querySelector("#value-bands tbody td:nth-child(2)").textContent.trim() !== before, before[0][1], "the same bands");
    const after = await tableRows(tab, "value-bands");
    const sum = (rows) => rows.reduce((all, row) => all + number(row[1]), 0);
    assert.equal(sum(after), sum(before));
    assert.equal(number(after[0][1]), Math.ceil(sum(before) / 10));
    await click(tab, "#definition-open");
    await appears(tab, "#everybody");
    await click(tab, "#everybody");
    await isAnswered(tab);
    await waitFor(tab, (all) => document.querySelector("#value-bands tbody td:nth-child(2)").textContent.trim() === all, integer(500), "not a tenth of all users");
    assert.match(await ask(tab, () => location.hash), /everybody=true/);
    assert.equal(await attribute(tab, "#bands", "disabled"), null);
  }],
]);

async function openValue(tab) {
  await openSample(tab);
  await click(tab, "#nav-value");
  await says(tab, "main h1", en.page_value.title);
  await isAnswered(tab);
  await appears(tab, "#value-bands tbody tr:nth-child(3)");
}
