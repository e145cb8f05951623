// Why a user is counted in a figure, why another is not, and the way back.
import assert from "node:assert/strict";

import { fill, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, click, disappears, openSample, press, says, tableRows, textOf, textsOf, waitFor, write } from "./hands.mjs";

const { why } = words.en;

crosswise([
  ["a user of a cell tells why, and one who is not there tells why not", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-retention");
    // The last cohort as a whole, and a user of the one before it.
    const other = await usersOf(tab, 2);
    await click(tab, "#users-panel-close");
    await disappears(tab, "#users-panel");
    const own = await usersOf(tab, 1);
    assert(!own.includes(other[0]));
    await click(tab, "#users-table tbody tr:first-child td:first-child button");
    await says(tab, "#why-verdict", why.counted);
    assert.equal(await textOf(tab, ".why-user"), own[0]);
    assert.equal((await textsOf(tab, "#why-facts li")).length, 2);
    const rows = await tableRows(tab, "why-table");
    const total = Number((await textOf(tab, "#why-rows")).match(/\d+/)[0]);
    assert.equal(rows.length, Math.min(total, 1000));
    assert(rows[0].at(-1).startsWith(why.role_entry), rows[0].at(-1));
    await waitFor(tab, () => document.activeElement?.id === "why-back", undefined, "the way back has not the focus");
    await press(tab, "Enter");
    await disappears(tab, "#why");
    await write(tab, "#users-table-search", other[0]);
    await says(tab, "#why-missing", fill(why.missing, { user: other[0] }));
    await click(tab, "#why-missing");
    await says(tab, "#why-verdict", why.not_counted);
    const said = (await textsOf(tab, "#why-facts li"))[0];
    assert(said.endsWith(why.retention_other.split("}").at(-1)), said);
    await click(tab, "#why-back");
    await write(tab, "#users-table-search", "nobody at all");
    await click(tab, "#why-missing");
    await says(tab, "#why-error", fill(why.unknown, { user: "nobody at all" }));
  }],
]);

/** Opens the users of a cohort, by its row in the table; the ids of the first of them. */
async function usersOf(tab, row) {
  await click(tab, `#retention-cohorts tbody tr:nth-child(${row}) td button`);
  await appears(tab, "#users-table td button");
  await waitFor(tab, () => document.querySelector("#users-table .cell-waiting") === null, undefined, "users do not come");
  return ask(tab, () => [...document.querySelectorAll("#users-table tbody td:first-child")].map((cell) => cell.textContent));
}
