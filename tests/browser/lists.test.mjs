// Lists of users on their way out and back: what is shown is what is written; what left is noted; a list becomes a segment again, as
// CSV, as a workbook, and under pseudonyms with their passphrase.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fill, integer, words } from "./expected.mjs";
import { everywhere } from "./environments.mjs";
import { appears, ask, choose, click, csvRows, disappears, isAnswered, openSample, press, saveList, says, textOf, textsOf, waitFor, write } from "./hands.mjs";

const { en } = words;
const passphrase = "correct horse battery staple";

everywhere([
  ["a list is written as it is shown, and comes back as the same users", async (tab) => {
    const folder = await mkdtemp(join(tmpdir(), "strata-lists-"));
    const users = await openUsers(tab);
    const plain = await saveList(tab, () => previewIs(tab, users, 5));
    assert.equal(plain.name, "strata-users.csv");
    const rows = csvRows(plain.bytes);
    assert.equal(rows.length, users + 1);
    const pseudonyms = await saveList(tab, async () => {
      await click(tab, "#list-ids-pseudonyms");
      await waitFor(tab, () => document.querySelector("#list-save").disabled, undefined, "saved without a passphrase");
      await write(tab, "#list-passphrase", "short");
      await says(tab, "#list-passphrase-short", fill(en.list.passphrase_short, { least: "8", count: "5" }));
      await write(tab, "#list-passphrase", passphrase);
      await previewIs(tab, users, 5);
    });
    const hidden = csvRows(pseudonyms.bytes);
    const mac = (id) => createHmac("sha256", passphrase).update(id).digest("hex");
    assert.deepEqual(hidden.slice(1).map(([id]) => id), rows.slice(1).map(([id]) => mac(id)), "anybody can compute them");
    const book = await saveList(tab, () => click(tab, "#list-format-xlsx"));
    assert.equal(book.name, "strata-users.xlsx");
    assert.equal(book.bytes.subarray(0, 2).toString(), "PK");
    await press(tab, "Escape");
    await disappears(tab, "#users-panel");
    await noted(tab, users);
    await openList(tab);
    for (const { name, bytes } of [plain, book]) {
      await comesBack(tab, join(folder, name), bytes, users);
    }
    await chooseFile(tab, join(folder, "pseudonyms.csv"), pseudonyms.bytes);
    await appears(tab, "#rule-ids-passphrase");
    await waitFor(tab, () => document.querySelector("#rule-ids-apply").disabled, undefined, "nobody was found, and yet it can be used");
    await write(tab, "#rule-ids-passphrase", passphrase);
    await applied(tab, users);
  }],
  ["columns are ticked", async (tab) => {
    await openUsers(tab);
    const { bytes } = await saveList(tab, async () => {
      const names = await textsOf(tab, "#list-columns .check span");
      await click(tab, `#list-column-${names.indexOf(en.list.last_seen)}`);
      await waitFor(tab, (name) => [...document.querySelectorAll("#list-preview th")].some((head) => head.textContent === name),
        en.list.last_seen, "no such column");
    });
    const [header, ...rows] = csvRows(bytes);
    const place = header.indexOf(en.list.last_seen);
    assert(place > 0 && rows.every((row) => /^\d{4}-\d\d-\d\d$/.test(row[place])), rows[0]);
  }],
]);

/** The users of the largest group. */
async function openUsers(tab) {
  await openSample(tab);
  await click(tab, "#nav-segments");
  await isAnswered(tab);
  await click(tab, "#rfm-groups tbody tr:first-child button");
  await appears(tab, "#users-table tbody tr td");
  return Number((await textOf(tab, "#users-total")).replaceAll(/\D/g, ""));
}

async function previewIs(tab, users, rows) {
  await waitFor(tab, (rows) => document.querySelectorAll("#list-preview tbody tr").length === rows, rows, "another preview");
  assert.match(await textOf(tab, "#list-size"), new RegExp(`^Rows: ${integer(users)}\\. Columns: \\d+\\.$`));
}

/** Three lists have been noted, without anybody in them. */
async function noted(tab, users) {
  await click(tab, "#proof-open");
  await appears(tab, "#left tbody tr:nth-child(3)");
  const kept = await ask(tab, () => localStorage.getItem("strata.lists"));
  const entries = JSON.parse(kept);
  assert.deepEqual(entries.map(({ rows }) => rows), [users, users, users]);
  assert.deepEqual(entries.map(({ format, ids }) => [format, ids]), [["xlsx", "plain"], ["csv", "pseudonyms"], ["csv", "plain"]]);
  assert(!kept.includes(passphrase), "the passphrase is kept");
  await click(tab, "#left-clear");
  await disappears(tab, "#left");
  assert.equal(await ask(tab, () => localStorage.getItem("strata.lists")), "[]");
  await click(tab, "#proof-close");
  await disappears(tab, "#proof");
}

/** A rule of nothing but a list. */
async function openList(tab) {
  await click(tab, "#nav-builder");
  await says(tab, "main h1", en.page_builder.title);
  await isAnswered(tab);
  await click(tab, "#rule--add");
  await appears(tab, "#rule-0-kind");
  await choose(tab, "#rule-0-kind", "list");
  await isAnswered(tab);
}

async function chooseFile(tab, path, bytes) {
  await writeFile(path, bytes);
  await click(tab, "#rule-0-ids");
  await appears(tab, "#rule-ids-file");
  await write(tab, "#rule-ids-text", "");
  await tab.upload([path], "#rule-ids-file");
}

async function comesBack(tab, path, bytes, users) {
  await chooseFile(tab, path, bytes);
  await applied(tab, users);
}

async function applied(tab, users) {
  await says(tab, "#rule-ids-found", fill(en.page_builder.ids_found, { found: integer(users), missing: "0" }));
  await click(tab, "#rule-ids-apply");
  await disappears(tab, "#rule-ids-apply");
  await says(tab, "#rule-users", integer(users));
}
