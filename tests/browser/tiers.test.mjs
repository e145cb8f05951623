// Tiers: they add up and open as many users as they say; thresholds are edited, refused in words, and tried as a what-if.
import assert from "node:assert/strict";

import { integer, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, click, disappears, enter, focus, isAnswered, openSample, press, says, tableRows, usersBehind, waitFor } from "./hands.mjs";

const { en } = words;
const number = (text) => Number(text.replaceAll(/[,%]/g, ""));

crosswise([
  ["tiers open their users, and add up", async (tab) => {
    await openTiers(tab);
    const rows = await tableRows(tab, "tiers-now");
    const users = rows.map((row) => number(row[2]));
    const all = users.reduce((sum, own) => sum + own, 0);
    await says(tab, "#answer", new RegExp(`^${integer(all)} users; [\\d.]+% have the highest tier and bring [\\d.]+% of revenue;`));
    await says(tab, "#tiers-evidence", /^Thresholds learned from [\d,]+ users/);
    for (const [place, own] of users.entries()) {
      if (own > 0) await usersBehind(tab, `#tiers-now tbody tr:nth-child(${place + 1}) td:nth-child(3) button`, own);
    }
    const close = await tableRows(tab, "tiers-close");
    const near = close.map((row) => number(row[1]));
    const most = near.indexOf(Math.max(...near));
    assert(near[most] > 0, "nobody is near");
    await usersBehind(tab, `#tiers-close tbody tr:nth-child(${most + 1}) td:nth-child(2) button`, near[most]);
  }],
  ["thresholds are edited, refused in words, and tried", async (tab) => {
    await openTiers(tab);
    await enter(tab, "#tiers-from-2", "500");
    await enter(tab, "#tiers-from-3", "100");
    await click(tab, "#tiers-apply");
    await says(tab, "#tiers-wrong", /^Tier 3, From: give a number above 500\.$/);
    await enter(tab, "#tiers-from-3", "2000");
    await focus(tab, "#tiers-from-4");
    await press(tab, "Control+a");
    await press(tab, "Backspace");
    await enter(tab, "#tiers-what-if-2", "250");
    await enter(tab, "#tiers-what-if-3", "2000");
    await enter(tab, "#tiers-benefit-3", "10");
    await click(tab, "#tiers-apply");
    await appears(tab, "#tiers-what-if-moves");
    await isAnswered(tab);
    await disappears(tab, "#tiers-wrong");
    assert.match(await ask(tab, () => decodeURIComponent(location.hash)), /thresholds=\[500,2000\].*|whatIf=\[250,2000\]/);
    await says(tab, "#tiers-what-if-answer", /^Users who would be higher: [\d,]+; lower: [\d,]+\. Benefits would cost [\d,.]+ instead of [\d,.]+\.$/);
    const [move] = await tableRows(tab, "tiers-what-if-moves");
    assert.deepEqual(move.slice(0, 2), ["Tier 1", "Tier 2"]);
    await usersBehind(tab, "#tiers-what-if-moves tbody tr:nth-child(1) td:nth-child(3) button", number(move[2]));
    await click(tab, "#tiers-end-what-if");
    await disappears(tab, "#tiers-what-if");
    await click(tab, "#measure-orders");
    await isAnswered(tab);
    await waitFor(tab, () => /measure=orders/.test(location.hash) && !/thresholds/.test(location.hash), undefined, "thresholds of money stay");
  }],
]);

async function openTiers(tab) {
  await openSample(tab);
  await click(tab, "#nav-tiers");
  await says(tab, "main h1", en.page_tiers.title);
  await isAnswered(tab);
  await appears(tab, "#tiers-now tbody tr:nth-child(2)");
}
