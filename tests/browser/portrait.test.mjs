// Portrait: what sets a segment apart opens as many users as it says; sizes end where the segment stands; each user is in one
// combination of saved segments; one user is told whole.
import assert from "node:assert/strict";

import { fill, integer, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, click, disappears, enter, isAnswered, openSample, says, tableRows, textOf, usersBehind, waitFor, write } from "./hands.mjs";

const { en } = words;
const portrait = en.page_portrait;
const number = (text) => Number(text.replaceAll(/[,%]/g, ""));

crosswise([
  ["a segment is compared with everybody else, and everybody is described without one", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-portrait");
    await says(tab, "main h1", portrait.title);
    await says(tab, "#answer", /^All [\d,]+ users up to .* Choose a segment/);
    await isAnswered(tab);
    const [all] = (await tableRows(tab, "portrait-sides"))[0].slice(1).map(number);
    await openBand(tab, 1);
    const [inside] = (await tableRows(tab, "value-bands"))[0].slice(1).map(number);
    await click(tab, "#users-portrait");
    await says(tab, "main h1", portrait.title);
    await says(tab, "#answer", new RegExp(`^“.+”: ${integer(inside)} of ${integer(all)} users .* Compared with everybody else, they .+\\.$`));
    await isAnswered(tab);
    const sides = await tableRows(tab, "portrait-sides");
    assert.deepEqual(sides.map((row) => number(row[1])), [inside, all - inside]);
    await usersBehind(tab, "#portrait-sides tbody tr:nth-child(1) td:nth-child(2) button", inside);
    await usersBehind(tab, "#portrait-sides tbody tr:nth-child(2) td:nth-child(2) button", all - inside);
    await appears(tab, "#portrait-index canvas");
    const [first] = await tableRows(tab, "portrait-apart");
    await usersBehind(tab, "#portrait-apart tbody tr:nth-child(1) td:nth-child(2) button", number(first[1]));
    // The segment's size over time ends with what it is now.
    await appears(tab, "#portrait-sizes tbody tr:nth-child(2)", 60);
    const sizes = await tableRows(tab, "portrait-sizes");
    assert.equal(number(sizes.at(-1)[1]), inside);
    await usersBehind(tab, `#portrait-sizes tbody tr:nth-child(${sizes.length}) td:nth-child(2) button`, inside);
  }],
  ["each user is in one combination of saved segments", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-portrait");
    await says(tab, "#overlap-none", portrait.overlap_none);
    for (const [place, name] of [[1, "High value"], [2, "Middle value"], [3, "Low value"]]) {
      await openBand(tab, place);
      await click(tab, "#users-save");
      await appears(tab, "#segment-name");
      await write(tab, "#segment-name", name);
      await click(tab, "#segment-save");
      await disappears(tab, "#segment-name");
      await click(tab, "#users-panel-close");
      await disappears(tab, "#users-panel");
    }
    await click(tab, "#nav-portrait");
    await appears(tab, "#overlap-matrix tbody tr:nth-child(3)");
    const [all] = (await tableRows(tab, "portrait-sides"))[0].slice(1).map(number);
    const sizes = await ask(tab, () => [...document.querySelectorAll("#overlap-matrix tbody .overlap-size")].map((cell) => cell.textContent.trim()));
    assert.equal(sizes.map(number).reduce((sum, users) => sum + users, 0), all, "everybody is in one row");
    await usersBehind(tab, "#overlap-matrix tbody tr:nth-child(1) .overlap-open", number(sizes[0]));
    // Which are looked at is chosen; two remain.
    const columns = () => ask(tab, () => document.querySelectorAll("#overlap-matrix .overlap-name").length);
    assert.equal(await columns(), 3);
    await click(tab, "#overlap-choice-0");
    await waitFor(tab, () => document.querySelectorAll("#overlap-matrix .overlap-name").length === 2, undefined, "as many are shown");
    assert(await ask(tab, () => document.querySelector("#overlap-choice-1").disabled), "one alone overlaps with nothing");
    await click(tab, "#overlap-choice-0");
    await waitFor(tab, () => document.querySelectorAll("#overlap-matrix .overlap-name").length === 3, undefined, "it does not come back");
  }],
  ["one user is told whole, from any list", async (tab) => {
    await openSample(tab);
    await openBand(tab, 1);
    await click(tab, "#users-table tbody tr:nth-child(1) td:first-child button");
    await appears(tab, "#why-portrait");
    const user = await textOf(tab, ".why-user");
    await click(tab, "#why-portrait");
    await says(tab, "main h1", fill(portrait.user_title, { user }));
    await says(tab, "#answer", /^Seen on \d+ days, from .* spent net of refunds: [\d,.]+\.$/);
    await appears(tab, "#user-rows tbody tr:nth-child(1)");
    assert.equal(await ask(tab, () => document.querySelectorAll("#user-cards .user-card").length), 4);
    await click(tab, "#user-back");
    await says(tab, "main h1", portrait.title);
    await enter(tab, "#portrait-user", "nobody at all");
    await says(tab, "#answer", portrait.user_none);
    await appears(tab, "#user-error");
  }],
]);

/** Opens the users of a band of value. */
async function openBand(tab, place) {
  await click(tab, "#nav-value");
  await appears(tab, `#value-bands tbody tr:nth-child(${place})`);
  await isAnswered(tab);
  await click(tab, `#value-bands tbody tr:nth-child(${place}) td:nth-child(2) button`);
  await appears(tab, "#users-total");
}
