// The table: a million rows from end to end, by wheel and by keyboard; order, filters, columns, what is taken away; the list of
// users, which is as long as its number.
import assert from "node:assert/strict";

import { crosswise } from "./environments.mjs";
import { fill, integer, words } from "./expected.mjs";
import {
  appears, ask, attribute, click, csvRows, disappears, download, focus, isVisible, openSample, placeOf, press, saveList, says, tableRows,
  textOf, waitFor, write,
} from "./hands.mjs";

const { en } = words;
const million = 1_000_000;

crosswise([
  ["a million rows are reached by scrolling, and only those in sight are in the page", async (tab) => {
    await openGallery(tab);
    assert.equal(await textOf(tab, "#table-million-count"), fill(en.table.rows, { count: integer(million) }));
    assert.equal(await attribute(tab, "#table-million table", "aria-rowcount"), String(million + 1));
    await placeOf(tab, "#table-million .table-scroll");
    const first = await scrollTo(tab, 0);
    assert.equal(first.top, 1);
    const end = await scrollTo(tab, 1);
    assert.equal(end.bottom, million, "the last row is not in sight at the end");
    let before = 1;
    for (const part of [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95]) {
      const { top, bottom } = await scrollTo(tab, part);
      assert(top > before && bottom < million, `${part} of the way shows ${top} to ${bottom} after ${before}`);
      before = top;
      // In the middle, too, a small movement moves the rows by as much, and passes over none.
      await nudge(tab, 120);
      await nudge(tab, -120);
      await nudge(tab, 240);
    }
    assert.equal((await scrollTo(tab, 1)).bottom, million);
    assert.equal((await scrollTo(tab, 0)).top, 1, "the first row is not in sight at the beginning");
  }],
  ["the keyboard alone walks through a million rows", async (tab) => {
    await openGallery(tab);
    await focus(tab, "#table-million-columns");
    await press(tab, "Tab");
    assert.deepEqual(await at(tab), { table: "table-million", row: 2, column: 0, text: "1" });
    const steps = [
      ["ArrowDown", 3, 0, "2"], ["ArrowRight", 3, 1], ["End", 3, 5], ["Home", 3, 0, "2"], ["Control+End", million + 1, 5],
      ["Home", million + 1, 0, integer(million)], ["ArrowUp", million, 0, integer(million - 1)],
      ["ArrowDown", million + 1, 0, integer(million)], ["ArrowDown", million + 1, 0, integer(million)],
      ["Control+Home", 2, 0, "1"], ["ArrowUp", 1, 0],
    ];
    for (const [keys, row, column, text] of steps) {
      await chord(tab, keys);
      await arrives(tab, { row, column, text }, keys);
    }
    await press(tab, "ArrowDown");
    await press(tab, "PageDown");
    const page = (await at(tab)).row - 2;
    assert(page > 5 && page < 60, `a page has ${page} rows`);
    for (let turn = 2; turn <= 40; turn += 1) {
      await press(tab, "PageDown");
      await arrives(tab, { row: 2 + turn * page, column: 0, text: integer(1 + turn * page) }, `PageDown ${turn}`);
    }
    await press(tab, "PageUp");
    await arrives(tab, { row: 2 + 39 * page, column: 0 }, "PageUp");
    // What the focus is on may be scrolled away; the keys go on from there.
    await ask(tab, () => { document.querySelector("#table-million .table-scroll").scrollTop = 3e6; });
    await waitFor(tab, () => document.activeElement?.matches("#table-million table"), undefined, "the table loses the focus");
    await press(tab, "ArrowDown");
    await arrives(tab, { row: 3 + 39 * page, column: 0, text: integer(2 + 39 * page) }, "ArrowDown from afar");
    // One stop for Tab: the next lies behind the table, the one before in front of it.
    await press(tab, "Tab");
    assert.notEqual((await at(tab))?.table, "table-million");
    await chord(tab, "Shift+Tab");
    await arrives(tab, { row: 3 + 39 * page, column: 0 }, "Shift+Tab");
    await chord(tab, "Shift+Tab");
    assert.equal(await ask(tab, () => document.activeElement.id), "table-million-columns");
  }],
  ["Enter opens the users of a figure, and a heading sorts", async (tab) => {
    await openGallery(tab);
    await focus(tab, "#table-few-csv");
    await press(tab, "Tab");
    for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "Enter"]) await press(tab, key);
    await says(tab, "#table-opened", fill(en.table.states_opened, { row: "2", column: "3" }));
    // The summary is the last row and opens nothing.
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"]) await press(tab, key);
    await arrives(tab, { row: 7, column: 2 }, "the summary");
    await focus(tab, "#table-few-csv");
    await press(tab, "Tab");
    await arrives(tab, { row: 7, column: 2 }, "the cell that was left");
    for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp"]) await press(tab, key);
    const unsorted = await column(tab, "table-few", 2);
    await press(tab, "Enter");
    await sorted(tab, "table-few", 2, "descending");
    assert.deepEqual(await column(tab, "table-few", 2), unsorted.toSorted((a, b) => number(b) - number(a)));
    await press(tab, "Enter");
    await sorted(tab, "table-few", 2, "ascending");
    assert.deepEqual(await column(tab, "table-few", 2), unsorted.toSorted((a, b) => number(a) - number(b)));
    await press(tab, "Enter");
    await sorted(tab, "table-few", 2, "none");
    assert.deepEqual(await column(tab, "table-few", 2), unsorted);
    await press(tab, "ArrowLeft");
    await press(tab, "Enter");
    await sorted(tab, "table-few", 1, "ascending");
    // A figure opens its own row, wherever it stands.
    const names = await column(tab, "table-few", 1);
    assert.deepEqual(names, names.toSorted());
    await click(tab, "#table-few tbody tr:first-child button.opens");
    const row = (await column(tab, "table-few", 0))[0];
    await says(tab, "#table-opened", fill(en.table.states_opened, { row, column: "3" }));
  }],
  ["rows are searched and filtered, and the CSV has those that pass", async (tab) => {
    await openGallery(tab);
    const all = await tableRows(tab, "table-many");
    assert.equal(all.length, 600);
    await write(tab, "#table-many-search", "user-1");
    const found = all.filter(([, name]) => name.includes("user-1"));
    await counts(tab, "table-many", found.length, 600);
    // Two limits more, from the heading's menu by keyboard.
    await focus(tab, "#table-many th:nth-child(3) .sort");
    await chord(tab, "Alt+ArrowDown");
    await appears(tab, "#table-many-column");
    await write(tab, "#table-many-least", "500");
    await write(tab, "#table-many-most", "3000");
    const passing = found.filter((row) => number(row[2]) >= 500 && number(row[2]) <= 3000);
    assert(passing.length > 5 && passing.length < found.length);
    await counts(tab, "table-many", passing.length, 600);
    await press(tab, "Escape");
    await disappears(tab, "#table-many-column");
    await arrives(tab, { row: 1, column: 2 }, "Escape");
    await press(tab, "Enter");
    await sorted(tab, "table-many", 2, "descending");
    const expected = passing.toSorted((a, b) => number(b[2]) - number(a[2]));
    assert.deepEqual(await tableRows(tab, "table-many"), expected);
    const { name, bytes } = await download(tab, "#table-many-csv");
    assert.equal(name, "strata-table-many.csv");
    const plain = (row) => [row[0].replaceAll(",", ""), row[1], row[2].replaceAll(",", "")];
    assert.deepEqual(csvRows(bytes).slice(1).map((row) => row.slice(0, 3)), expected.map(plain));
    // The same through the clipboard.
    await ask(tab, () => {
      navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };
    });
    await click(tab, "#table-many-copy");
    await waitFor(tab, () => globalThis.copied !== undefined, undefined, "nothing is copied");
    const copied = (await ask(tab, () => globalThis.copied)).split("\n").map((line) => line.split("\t"));
    assert.deepEqual(copied.slice(1).map((row) => row.slice(0, 3)), expected.map(plain));
    assert.equal(copied[0].length, 7);
    await write(tab, "#table-many-search", "nobody");
    await counts(tab, "table-many", 0, 600);
    await says(tab, "#table-many .empty", en.table.none_match);
    await click(tab, "#table-many-clear");
    await says(tab, "#table-many-count", fill(en.table.rows, { count: "600" }));
    assert.equal(await ask(tab, () => document.querySelector("#table-many-search").value), "");
  }],
  ["columns are shown and hidden, and the choice stays", async (tab) => {
    await openGallery(tab);
    const headings = () => ask(tab, () => [...document.querySelectorAll("#table-sixty th .sort")].map((heading) => heading.firstChild.textContent));
    const all = await headings();
    assert.equal(all.length, 7);
    await click(tab, "#table-sixty-columns");
    await appears(tab, "#table-sixty-columns-menu");
    await click(tab, "#table-sixty-columns-menu label:nth-child(4) input");
    await waitFor(tab, () => document.querySelectorAll("#table-sixty th").length === 6, undefined, "the column stays");
    const rest = all.filter((name, place) => place !== 3);
    assert.deepEqual(await headings(), rest);
    await press(tab, "Escape");
    await disappears(tab, "#table-sixty-columns-menu");
    assert.equal(await ask(tab, () => document.activeElement.id), "table-sixty-columns");
    assert.equal(await attribute(tab, "#table-sixty table", "aria-colcount"), "6");
    const { bytes } = await download(tab, "#table-sixty-csv");
    assert.deepEqual(csvRows(bytes)[0], all, "the CSV has all columns");
    await click(tab, "#nav-segments");
    await appears(tab, "#rfm-groups");
    await openGallery(tab);
    assert.deepEqual(await headings(), rest, "the choice is forgotten");
    await click(tab, "#table-sixty-columns");
    await click(tab, "#table-sixty-columns-menu > button");
    await waitFor(tab, () => document.querySelectorAll("#table-sixty th").length === 7, undefined, "it does not come back");
  }],
  ["what is empty, loading or failed says so; paper has a thousand rows and says so", async (tab) => {
    await openGallery(tab);
    assert.equal(await textOf(tab, "#table-empty .empty"), en.table.none);
    assert.equal(await textOf(tab, "#table-no-match .empty"), en.table.none_match);
    assert.equal(await attribute(tab, "#table-loading table", "aria-busy"), "true");
    assert(await isVisible(tab, "#table-error [role=alert] button"));
    await ask(tab, () => dispatchEvent(new Event("beforeprint")));
    await waitFor(tab, () => document.querySelectorAll("#table-million tbody tr").length === 1000, undefined, "not a thousand rows");
    const note = fill(en.table.printed, { shown: integer(1000), total: integer(million) });
    assert((await textOf(tab, "#table-million")).includes(note));
    await ask(tab, () => dispatchEvent(new Event("afterprint")));
    await waitFor(tab, () => document.querySelectorAll("#table-million tbody tr").length < 200, undefined, "the rows stay");
  }],
  ["the list of users is as long as its number, sorted and searched", async (tab) => {
    await openSample(tab);
    await appears(tab, "#kpi-users");
    const users = number(await textOf(tab, "#kpi-users"));
    assert(users > 2000, "too few users to tell");
    await click(tab, "#kpi-users");
    await says(tab, "#users-total", fill(en.widget.users_count, { count: integer(users) }));
    await waitFor(tab, () => document.querySelector("#users-table tbody td") !== null && document.querySelector("#users-table .cell-waiting") === null,
      undefined, "no users");
    assert.equal(await attribute(tab, "#users-table table", "aria-rowcount"), String(users + 1));
    assert(await ask(tab, () => document.querySelectorAll("#users-table tbody tr").length) < 200, "too many rows in the page");
    const byDefault = await tableRows(tab, "users-table");
    assert.equal(byDefault.length, users);
    assert.equal(new Set(byDefault.map(([id]) => id)).size, users, "a user twice");
    const sorts = await ask(tab, () => document.querySelectorAll("#users-table th .sort").length);
    const figures = await ask(tab, () => [...document.querySelectorAll("#users-table th")].findIndex((heading) => heading.classList.contains("num")));
    assert(sorts > 1 && figures > 0, "no column with figures");
    await click(tab, `#users-table th:nth-child(${figures + 1}) .sort`);
    await sorted(tab, "users-table", figures, "descending");
    await settled(tab);
    const byFigure = await tableRows(tab, "users-table");
    assert.equal(byFigure.length, users);
    const values = byFigure.map((row) => number(row[figures]));
    assert.deepEqual(values, values.toSorted((a, b) => b - a));
    assert.deepEqual(byFigure.map(([id]) => id).sort(), byDefault.map(([id]) => id).sort());
    const part = byDefault[7][0].slice(-3);
    await write(tab, "#users-table-search", part);
    const found = byFigure.filter(([id]) => id.toLowerCase().includes(part.toLowerCase()));
    await counts(tab, "users-table", found.length, users);
    await settled(tab);
    assert.deepEqual((await tableRows(tab, "users-table")).map(([id]) => id), found.map(([id]) => id));
    assert.equal(await textOf(tab, "#users-total"), fill(en.widget.users_count, { count: integer(users) }), "the number itself stays");
    const { bytes } = await saveList(tab);
    assert.deepEqual(csvRows(bytes).slice(1).map(([id]) => id), found.map(([id]) => id), "the CSV is what is shown");
    await press(tab, "Escape");
    await disappears(tab, "#users-panel");
  }],
]);

const number = (text) => Number(text.replaceAll(",", "").replace("%", ""));

/** The page with the table in every state. */
async function openGallery(tab) {
  if (await isVisible(tab, "#try-sample")) await openSample(tab);
  await click(tab, "#nav-segments");
  await appears(tab, "#rfm-groups");
  await ask(tab, () => { location.hash = "#/gallery"; });
  await appears(tab, "#table-million tbody td");
}

/** Presses a key with others held: `Control+End`. */
async function chord(tab, keys) {
  const held = keys.split("+");
  const key = held.pop();
  for (const name of held) await tab.page.keyboard.down(name);
  await tab.page.keyboard.press(key);
  for (const name of held) await tab.page.keyboard.up(name);
}

/** The cell that has the focus. */
const at = (tab) => ask(tab, () => {
  const cell = document.activeElement?.closest("td, th");
  if (!cell) return undefined;
  return {
    table: cell.closest("section").id, row: Number(cell.parentElement.getAttribute("aria-rowindex")), column: cell.cellIndex,
    text: cell.textContent.trim(),
  };
});

/** Waits until the focus is on a cell, which then has to be in sight, not under the header or the first column. */
async function arrives(tab, { row, column, text }, after) {
  await waitFor(tab, ([row, column]) => {
    const cell = document.activeElement?.closest("td, th");
    return cell?.parentElement.getAttribute("aria-rowindex") === String(row) && cell.cellIndex === column;
  }, [row, column], `${after} does not lead to row ${row}, column ${column}, but to ${JSON.stringify(await at(tab))}`, 5);
  const { over, says: said } = await ask(tab, () => {
    const cell = document.activeElement.closest("td, th");
    const { left, right, top, bottom } = cell.getBoundingClientRect();
    const found = document.elementFromPoint(Math.min((left + right) / 2, innerWidth - 2), (top + bottom) / 2);
    const free = top < 0 || bottom > innerHeight || cell.contains(found);
    return { over: free ? null : `${found?.outerHTML.slice(0, 80)} at ${top}`, says: cell.textContent.trim() };
  });
  assert.equal(over, null, `row ${row}, column ${column} is covered after ${after}`);
  if (text !== undefined) assert.equal(said, text, after);
}

/** The rows between header and footer of the table with a million rows; each has to say its own number. */
async function inSight(tab) {
  const { rows, wrong } = await ask(tab, () => {
    const table = document.querySelector("#table-million table");
    const [head, scroller] = [table.tHead.rows[0].cells[0].getBoundingClientRect(), table.parentElement.getBoundingClientRect()];
    const rows = [...table.tBodies[0].rows];
    const numberOf = (row) => Number(row.getAttribute("aria-rowindex")) - 1;
    const shown = rows.filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return top >= head.bottom - 1.5 && bottom <= scroller.bottom + 1.5;
    });
    const covered = shown.length === 0 ? 0 : shown.at(-1).getBoundingClientRect().bottom - shown[0].getBoundingClientRect().top;
    return {
      rows: { all: rows.length, top: numberOf(shown[0] ?? rows[0]), bottom: numberOf(shown.at(-1) ?? rows[0]), covered, view: scroller.bottom - head.bottom },
      wrong: rows.filter((row) => row.cells[0].textContent.replaceAll(",", "") !== String(numberOf(row))).map((row) => row.textContent),
    };
  });
  assert.deepEqual(wrong, [], "rows that say another number");
  assert(rows.all < 120, `${rows.all} rows are in the page`);
  assert(rows.covered > rows.view - 70, `rows cover ${rows.covered} of ${rows.view} pixels`);
  return rows;
}

/** Lets two pictures pass. */
const pictures = (tab) =>
  ask(tab, () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** Scrolls to a part of the way, as with the scroll bar, and gives the rows in sight. */
async function scrollTo(tab, part) {
  await ask(tab, (part) => {
    const scroller = document.querySelector("#table-million .table-scroll");
    scroller.scrollTop = part * (scroller.scrollHeight - scroller.clientHeight);
  }, part);
  await pictures(tab);
  return inSight(tab);
}

/** Scrolls by some pixels: the row in sight moves by exactly as many; and stays when the scroll bar has come to rest. */
async function nudge(tab, pixels) {
  const moved = await ask(tab, async (pixels) => {
    const pictures = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const table = document.querySelector("#table-million table");
    const middle = [...table.tBodies[0].rows].find((row) => row.getBoundingClientRect().top > table.parentElement.getBoundingClientRect().top + 250);
    const number = middle.getAttribute("aria-rowindex");
    const top = () => table.querySelector(`tr[aria-rowindex="${number}"]`)?.getBoundingClientRect().top;
    const before = top();
    table.parentElement.scrollTop += pixels;
    await pictures();
    const after = top();
    await new Promise((resolve) => setTimeout(resolve, 250));
    return { by: before - after, rest: after - top() };
  }, pixels);
  assert(Math.abs(moved.by - pixels) <= 1.5, `${pixels} pixels move the rows by ${moved.by}`);
  assert(Math.abs(moved.rest) <= 1.5, `coming to rest moves the rows by ${moved.rest}`);
  await inSight(tab);
}

/** The texts of a column of a table that is in the page as a whole. */
const column = (tab, id, place) => ask(tab, ([id, place]) =>
  [...document.querySelectorAll(`#${id} tbody tr`)].map((row) => row.cells[place].textContent.trim()), [id, place]);

/** Waits until a heading says its column is sorted so. */
const sorted = (tab, id, place, state) => waitFor(tab, ([id, place, state]) =>
  document.querySelectorAll(`#${id} th`)[place]?.getAttribute("aria-sort") === state, [id, place, state], `${id} is not ${state}`);

/** Waits until the table says how many rows pass. */
const counts = (tab, id, matching, total) =>
  says(tab, `#${id}-count`, fill(en.table.matching, { matching: integer(matching), total: integer(total) }));

/** Waits until no row of the list of users is on its way. */
const settled = async (tab) => {
  await pictures(tab);
  await waitFor(tab, () => document.querySelector("#users-table .cell-waiting") === null, undefined, "rows do not come");
};
