// A person's own files: what is guessed, what can be changed, what is said of rows and files that cannot be read.
import assert from "node:assert/strict";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

import { fill, integer, words } from "./expected.mjs";
import { everywhere } from "./environments.mjs";
import {
  appears, ask, attribute, choose, click, csvRows, disappears, download, isVisible, says, textOf, textsOf, waitFor, write,
} from "./hands.mjs";
import { temporaryFolder } from "./lib.mjs";

const { en } = words;

const orders = { name: "orders.csv", text: [
  "user_id,order_time,amount,order_no,channel",
  "000123,2025-03-01 10:00:00,19.90,A1,web",
  "000123,2025-03-01 10:00:00,5.10,A1,web",
  "000123,2025-03-09 08:30:00,100,A2,app",
  "0456,2025-03-02 23:59:59,7.25,A3,app",
  "000789,2025-03-31 00:00:00,1200.00,A4,\"shop, main street\"",
  "",
].join("\n") };

/** As spreadsheets of Chinese shops look: a byte order mark, CRLF, ids with zeros in front, a day without a clock. */
const chinese = { name: "订单明细.csv", text: `\ufeff${[
  "用户ID,下单时间,实付金额,渠道",
  "00017,2025/1/1 9:05:00,88.00,小红书",
  "00018,2025/1/2 12:00:00,12.50,抖音",
  "00017,2025/1/15 20:10:30,99.99,抖音",
  "90001,2025/2/3 00:00:00,0.01,微信",
].join("\r\n")}\r\n` };

const brokenLines = [
  "user_id,order_time,amount",
  "u1,2025-03-01,10",
  "u2,not a day,20",
  ",2025-03-02,30",
  "u3,2025-03-03",
  "u4,2025-03-04,40,extra",
  "u5,2025-03-05,ten",
  "u6,,60",
  "u7,2025-02-30,70",
  "u8,2025-03-08,80",
];
const broken = { name: "broken.csv", text: `${brokenLines.join("\n")}\n` };

/** Events under phones, open ids and a member's id; the id map makes three users of five, and the users' file knows two of them. */
const events = { name: "events.csv", text: [
  "user_id,event_time,event_name,amount,channel",
  "p1,2025-03-01 10:00:00,visit,,search",
  "o1,2025-03-02 11:00:00,purchase,20.00,search",
  "p2,2025-03-03 12:00:00,visit,,mail",
  "m2,2025-03-04 13:00:00,purchase,30.50,mail",
  "guest,2025-03-05 14:00:00,purchase,9.50,mail",
  "",
].join("\n") };
const members = { name: "users.csv", text: "member_id,level,city\nm1,gold,Hangzhou\nm2,silver,Chengdu\nm9,gold,Wuhan\n" };
const ids = { name: "ids.csv", text: "member_id,phone,openid\nm1,p1,o1\nm2,p2,\nm3,p3,\n" };

everywhere([
  ["orders: the columns are guessed, the answers are right, the columns can be changed afterwards", async (tab) => {
    await tab.upload(orders);
    assert.deepEqual(await roles(tab), {
      user_id: "user", order_time: "time", amount: "value", order_no: "order", channel: "channel",
    });
    assert.equal(await textOf(tab, "#file-name"), "orders.csv");
    assert.equal(await textOf(tab, "#note-event"), en.mapping.no_event);
    await choose(tab, roleOf("channel"), "attribute");
    assert.match(await columnText(tab, "channel"), new RegExp(en.mapping.basis_chosen));
    await analyze(tab);
    await figuresAre(tab, { users: "3", orders: "4", buyers: "3", revenue: "1,332.25", average: "333.06" });
    assert.deepEqual(await idsBehind(tab, "#kpi-users"), ["000123", "000789", "0456"]);
    await click(tab, "#columns");
    await appears(tab, "#mapping");
    assert.equal((await roles(tab)).channel, "attribute");
    await choose(tab, roleOf("order_no"), "ignore");
    await choose(tab, roleOf("amount"), "ignore");
    assert.equal(await textOf(tab, "#note-value"), en.mapping.no_value);
    await analyze(tab);
    // Without an order column each purchase row is an order; without an amount there is no revenue.
    await figuresAre(tab, { users: "3", orders: "5" });
    assert.equal(await isVisible(tab, "#kpi-revenue"), false);
  }],
  ["a file with Chinese headings: guessed, and ids keep their zeros", async (tab) => {
    await tab.upload(chinese);
    assert.deepEqual(await roles(tab), { 用户ID: "user", 下单时间: "time", 实付金额: "value", 渠道: "channel" });
    await analyze(tab);
    assert.equal(await textOf(tab, "#data-name"), "订单明细.csv");
    assert.equal(await textOf(tab, "#bar-range"), fill(en.app.range, { from: "Jan 1, 2025", to: "Feb 3, 2025" }));
    await figuresAre(tab, { users: "3", orders: "4", revenue: "200.50", "repeat-rate": "33.3%" });
    assert.deepEqual(await idsBehind(tab, "#kpi-users"), ["00017", "00018", "90001"]);
  }],
  ["a broken file: every row that is set aside is told with its reason, and given back as it was", async (tab) => {
    await tab.upload(broken);
    await appears(tab, "#preview");
    for (const [column, role] of [["order_time", "time"], ["amount", "value"]]) await choose(tab, roleOf(column), role);
    await analyze(tab);
    await figuresAre(tab, { users: "2", revenue: "90" });
    assert.equal(await textOf(tab, "#set-aside-note p"), fill(en.bar.set_aside, { count: "7" }));
    await click(tab, "#set-aside-open");
    const equation = { read: "9", used: "2", aside: "7" };
    assert.equal(await textOf(tab, "[data-testid=ledger-equation]"), fill(en.ledger.equation, equation));
    const { none } = en.ledger;
    assert.deepEqual((await reasons(tab)).sort(), [
      [en.reason.bad_time, "2", "3", "order_time", "not a day"],
      [en.reason.no_user, "1", "4", "user_id", none],
      [en.reason.missing_fields, "1", "5", none, fill(en.ledger.found_missing, { found: "2", expected: "3" })],
      [en.reason.extra_fields, "1", "6", none, fill(en.ledger.found_extra, { found: "4", expected: "3" })],
      [en.reason.bad_number, "1", "7", "amount", "ten"],
      [en.reason.no_time, "1", "8", "order_time", none],
    ].sort());
    const { name, bytes } = await download(tab, "#set-aside-download");
    assert.equal(name, "broken-set-aside.csv");
    const saved = bytes.toString("utf8");
    assert.ok(saved.startsWith("\ufeff"), "Excel needs the mark");
    const lines = saved.slice(1).split("\n").filter((line) => line !== "");
    const used = ["u1", "u8"];
    assert.deepEqual(lines, brokenLines.filter((line) => !used.includes(line.split(",")[0])));
    await click(tab, "#ledger-close");
    await disappears(tab, "#ledger");
  }],
  ["a cell that cannot be read does not hide what its column is for", async (tab) => {
    await tab.upload(broken);
    assert.deepEqual(await roles(tab), { user_id: "user", order_time: "time", amount: "value" });
  }],
  ["files that are none: said by name, and the page goes on", async (tab) => {
    const empty = { name: "empty.csv", text: "" };
    const headed = { name: "headed.csv", text: "user_id,order_time,amount\n" };
    const book = { name: "book.csv", text: `PK\u0003\u0004\u0014\u0000\u0006\u0000${"\u0000\u0001".repeat(400)}` };
    await tab.upload(empty);
    await refused(tab, "empty_file", fill(en.error.empty_file, { file: "empty.csv" }));
    await tab.upload(headed);
    if (await whichAppears(tab, "#mapping", "#error") === "#mapping") await click(tab, "#analyze");
    await refused(tab, "no_rows", fill(en.error.no_rows, { file: "headed.csv" }));
    await tab.upload(book);
    await refused(tab, "broken_file", fill(en.error.broken_file, { file: "book.csv" }));
    await tab.upload(orders);
    await analyze(tab);
    await figuresAre(tab, { users: "3" });
    // A refused file leaves what was open as it was.
    await tab.upload(empty);
    await refused(tab, "empty_file", fill(en.error.empty_file, { file: "empty.csv" }));
    await figuresAre(tab, { users: "3" });
    await click(tab, "#error-dismiss");
    await disappears(tab, "#error");
  }],
  ["wrong columns: what is missing is said before, what does not fit after reading", async (tab) => {
    await tab.upload(orders);
    await choose(tab, "#delimiter", ";");
    await waitFor(tab, () => document.querySelectorAll("#preview thead th").length === 1, undefined, "still many columns");
    await cannotAnalyze(tab);
    await choose(tab, "#delimiter", ",");
    await waitFor(tab, () => document.querySelectorAll("#preview thead th").length === 5, undefined, "still one column");
    await choose(tab, roleOf("user_id"), "ignore");
    await says(tab, "#analyze-reason", fill(en.mapping.missing_user, { role: en.role.user }));
    await cannotAnalyze(tab);
    await choose(tab, roleOf("user_id"), "user");
    await choose(tab, roleOf("order_time"), "ignore");
    await says(tab, "#analyze-reason", fill(en.mapping.missing_time, { role: en.role.time }));
    await choose(tab, roleOf("channel"), "time");
    assert.match(await textOf(tab, "#time-format-hint"), /“channel”.*“web”/);
    await click(tab, "#analyze");
    await appears(tab, "#error");
    assert.equal(await attribute(tab, "#error", "data-kind"), "no_usable_rows");
    const said = await textOf(tab, "#error p");
    for (const part of ["orders.csv", en.reason.bad_time, "channel", "web"]) assert(said.includes(part), said);
    await choose(tab, roleOf("order_time"), "time");
    await analyze(tab);
    await figuresAre(tab, { users: "3" });
  }],
  ["dates that can be read in two ways are asked for, and so is a time zone that exists", async (tab) => {
    const lines = ["user_id,order_date,amount", "a,03/04/2025,1", "b,05/04/2025,2", "a,07/05/2025,3"];
    await tab.upload({ name: "dates.csv", text: `${lines.join("\n")}\n` });
    await says(tab, "#analyze-reason", en.mapping.missing_order);
    await says(tab, "#date-order p", fill(en.mapping.ambiguous, { cell: "03/04/2025" }));
    await click(tab, "#order-day-first");
    await write(tab, "#time-zone", "Mars/Phobos");
    await says(tab, "#analyze-reason", en.mapping.missing_zone);
    await write(tab, "#time-zone", "Asia/Shanghai");
    await analyze(tab);
    await says(tab, "#bar-range", fill(en.app.range, { from: "Apr 3, 2025", to: "May 7, 2025" }));
    assert.equal(await textOf(tab, "#bar-zone"), "Asia/Shanghai");
    await click(tab, "#columns");
    await click(tab, "#order-month-first");
    await analyze(tab);
    await says(tab, "#bar-range", fill(en.app.range, { from: "Mar 4, 2025", to: "Jul 5, 2025" }));
  }],
  ["two files with the same columns are one; of others the one that cannot be read is named", async (tab) => {
    const more = { name: "april.csv", text: "user_id,order_time,amount,order_no,channel\n0456,2025-04-01,2.75,A5,web\n" };
    const other = { name: "other.csv", text: "colour,size\nred,large\nblue,small\n" };
    await tab.upload([orders, more]);
    await analyze(tab);
    await figuresAre(tab, { users: "3", orders: "5", revenue: "1,335.00" });
    await click(tab, "#report-open");
    await waitFor(tab, () => document.querySelectorAll("[data-testid=ledger-file]").length === 2, undefined, "not two files");
    assert.deepEqual(await equation(tab, "#ledger-sum"), { read: 6, used: 6, aside: 0 });
    await click(tab, "#ledger-close");
    await tab.upload([orders, other]);
    await appears(tab, "#files");
    await waitFor(tab, () => document.querySelector("#analyze").disabled, undefined, "it can be read");
    assert((await textOf(tab, "#analyze-reason")).startsWith("other.csv"));
    await click(tab, "#remove-1");
    await disappears(tab, "#files");
    await analyze(tab);
    await figuresAre(tab, { users: "3", orders: "4" });
  }],
  ["files that are dropped are opened like chosen ones", async (tab) => {
    await appears(tab, "#drop-zone");
    await tab.drop(orders, "#drop-zone");
    await analyze(tab);
    await figuresAre(tab, { users: "3", orders: "4" });
    // Over the open page it is asked first what becomes of the open file.
    await tab.drop(chinese, "main");
    await click(tab, "#dropped-new");
    await appears(tab, "#mapping");
    assert.equal((await roles(tab)).用户ID, "user");
  }],
  ["three files joined by an id map: the figures are those by hand, and files come and go", async (tab) => {
    await tab.upload([events, members, ids]);
    await appears(tab, "#files");
    assert.deepEqual(await kinds(tab), { "events.csv": "events", "users.csv": "users", "ids.csv": "ids" });
    assert.deepEqual(await states(tab), [en.files.ready, en.files.ready, en.files.ready]);
    await click(tab, "#file-2");
    await waitFor(tab, () => document.querySelector("select[data-column=openid]") !== null, undefined, "the columns are not shown");
    assert.deepEqual(await roles(tab), { member_id: "user", phone: "sameUser", openid: "sameUser" });
    // What a row is decides what is needed; the file at fault is named.
    await choose(tab, "#kind-1", "costs");
    const missing = [en.role.time, en.role.channel, en.role.cost].join(en.app.list);
    await says(tab, "#state-1", fill(en.files.missing, { roles: missing }));
    assert((await textOf(tab, "#analyze-reason")).startsWith("users.csv"));
    await choose(tab, "#kind-1", "users");
    await says(tab, "#state-1", en.files.ready);
    assert.equal((await roles(tab)).member_id, "user");
    await analyze(tab);
    await figuresAre(tab, { users: "3", orders: "3", buyers: "3", revenue: "60.00" });
    assert.deepEqual(await idsBehind(tab, "#kpi-users"), ["guest", "m1", "m2"]);
    await click(tab, "#report-open");
    await appears(tab, "#ledger-ids");
    const summed = (phrase, numbers) => fill(en.ledger[phrase], numbers);
    assert.equal(await textOf(tab, "#ledger-ids .equation"), summed("ids_equation", { ids: "7", users: "3", merged: "4" }));
    assert.equal(await textOf(tab, "#ledger-users .equation"), summed("users_equation", { users: "3", matched: "2", without: "1" }));
    assert.equal(await textOf(tab, "[data-testid=ids-without-rows] .names"), "m3");
    assert.equal(await textOf(tab, "[data-testid=ids-unknown] .names"), "guest");
    assert.equal(await textOf(tab, "[data-testid=users-without] .names"), "m9");
    assert.deepEqual(await equation(tab, "#ledger-sum"), { read: 11, used: 11, aside: 0 });
    await click(tab, "#ledger-close");
    // Without the map each id is a user; with it again they are three.
    await click(tab, "#columns");
    await appears(tab, "#files");
    await click(tab, "#remove-2");
    await analyze(tab);
    await figuresAre(tab, { users: "5", revenue: "60.00" });
    await tab.drop(ids, "main");
    await click(tab, "#dropped-add");
    await appears(tab, "#file-2");
    await analyze(tab);
    await figuresAre(tab, { users: "3", revenue: "60.00" });
    // A newer version of one file leaves the others as they were set.
    await click(tab, "#columns");
    await click(tab, "#file-1");
    await waitFor(tab, () => document.querySelector("select[data-column=city]") !== null, undefined, "the columns are not shown");
    await choose(tab, roleOf("city"), "ignore");
    const newer = { name: "events.csv", text: `${events.text}m3,2025-03-06,purchase,40,mail\n` };
    await tab.drop(newer, "main");
    await click(tab, "#dropped-replace");
    await waitFor(tab, () => document.querySelector("#file-0")?.getAttribute("aria-pressed") === "true", undefined, "the new file is not shown");
    await click(tab, "#file-1");
    await waitFor(tab, () => document.querySelector("select[data-column=city]")?.value === "ignore", undefined, "the columns are forgotten");
    await analyze(tab);
    await figuresAre(tab, { users: "4", orders: "4", revenue: "100.00" });
  }],
  ["a file in GBK: its lines are shown as they read, and it reads right", async (tab) => {
    const text = chinese.text.slice(1);
    await tab.upload({ name: "客户订单.csv", text: gbk(text) });
    assert.deepEqual(await roles(tab), { 用户ID: "user", 下单时间: "time", 实付金额: "value", 渠道: "channel" });
    assert.equal(await ask(tab, () => document.querySelector("#encoding").value), "gb18030");
    const heading = text.split("\r\n")[0];
    assert((await textOf(tab, ".sample[data-encoding=gb18030]")).includes(heading));
    assert.equal(await attribute(tab, ".sample[data-encoding=gb18030]", "aria-pressed"), "true");
    // Another sample shows what it would be, and the way back is one click.
    await choose(tab, "#encoding", "windows-1252");
    await waitFor(tab, () => document.querySelector("select[data-column=渠道]") === null, undefined, "the letters stay");
    await click(tab, ".sample[data-encoding=gb18030]");
    await waitFor(tab, () => document.querySelector("select[data-column=渠道]") !== null, undefined, "the letters do not come back");
    await analyze(tab);
    await figuresAre(tab, { users: "3", orders: "4", revenue: "200.50" });
    await click(tab, "#report-open");
    await appears(tab, "[data-testid=ledger-file]");
    assert((await textOf(tab, "[data-testid=ledger-file] .facts")).includes(en.encoding.gb18030));
  }],
  ["the import report of a broken file adds up, on the page and as a file", async (tab) => {
    const copies = ["u1,2025-03-01,10", "u9,2999-01-01,1"];
    await tab.upload({ name: "broken.csv", text: `${[...brokenLines, ...copies].join("\n")}\n` });
    await analyze(tab);
    await click(tab, "#set-aside-open");
    await appears(tab, "[data-testid=ledger-file]");
    assert.deepEqual(await equation(tab, "[data-testid=ledger-file]"), { read: 11, used: 4, aside: 7 });
    const counts = (await reasons(tab)).map((cells) => Number(cells[1]));
    assert.equal(counts.reduce((sum, count) => sum + count, 0), 7);
    const further = await ask(tab, () => [...document.querySelectorAll("[data-testid=ledger-example]")].map((row) =>
      [row.dataset.reason, ...[...row.cells].slice(2).map((cell) => cell.textContent.trim())]));
    assert.deepEqual(further, [["bad_time", "9", "order_time", "2025-02-30"]]);
    assert.equal(await attribute(tab, "[data-testid=audit-future]", "data-count"), "1");
    assert.equal(await attribute(tab, "#duplicates", "data-rows"), "1");
    const { name, bytes } = await download(tab, "#ledger-download");
    assert.equal(name, `broken-${en.ledger.report_name}.csv`);
    const lines = csvRows(bytes);
    const count = (...items) => lines.filter((line) => items.includes(line[1])).reduce((sum, line) => sum + Number(line[2]), 0);
    assert.equal(count(en.ledger.rows_read), 11);
    assert.equal(count(en.ledger.rows_used) + count(...Object.values(en.reason)), 11);
    // Counted once, the copy is a row that was set aside.
    await click(tab, "#duplicates-drop");
    await appears(tab, "#answer", 60);
    await figuresAre(tab, { users: "3", revenue: "91" });
    await click(tab, "#set-aside-open");
    await appears(tab, "[data-testid=ledger-file]");
    assert.deepEqual(await equation(tab, "[data-testid=ledger-file]"), { read: 11, used: 3, aside: 8 });
    await click(tab, "#duplicates-keep");
    await appears(tab, "#answer", 60);
    await figuresAre(tab, { users: "3", revenue: "101" });
  }],
  ["reading a large file can be cancelled, and the page goes on", async (tab) => {
    await tab.upload(largeFile());
    await click(tab, "#analyze");
    await appears(tab, "#reading");
    await waitFor(tab, () => /[1-9]/.test(document.querySelector("#reading-rows")?.textContent ?? ""), undefined, "nothing is read");
    await click(tab, "#cancel");
    await appears(tab, "#mapping");
    assert.equal(await isVisible(tab, "#error"), false);
    await tab.upload(orders);
    await waitFor(tab, () => document.querySelector("#file-name")?.textContent === "orders.csv", undefined, "the old file stays");
    await analyze(tab);
    await figuresAre(tab, { users: "3", orders: "4" });
  }],
]);

/** The list in which a column's role is chosen. */
const roleOf = (column) => `select[data-column="${column}"]`;

/** What is said in the heading of a column. */
const columnText = (tab, column) =>
  ask(tab, (selector) => document.querySelector(selector).closest("th").innerText, roleOf(column));

/** Each column with its role, once they are shown. */
async function roles(tab) {
  await appears(tab, "#preview");
  return ask(tab, () =>
    Object.fromEntries([...document.querySelectorAll("select[data-column]")].map((list) => [list.dataset.column, list.value])));
}

/** Reads the file as it is mapped, up to the answer. */
async function analyze(tab) {
  await appears(tab, "#analyze");
  await waitFor(tab, () => !document.querySelector("#analyze").disabled, undefined, "it cannot be read");
  await click(tab, "#analyze");
  await appears(tab, "#answer", 60);
  await waitFor(tab, () => document.querySelector("#figures .kpi, #figures > *") !== null, undefined, "no figures");
}

/** Waits until the overview shows these figures. */
async function figuresAre(tab, figures) {
  for (const [key, figure] of Object.entries(figures)) await says(tab, `#kpi-${key}`, figure);
}

/** The ids in the panel behind a figure, sorted. */
async function idsBehind(tab, selector) {
  await click(tab, selector);
  await waitFor(tab, () => document.querySelectorAll("#users-table tbody tr").length > 0, undefined, "the list is empty");
  const ids = await textsOf(tab, "#users-table tbody td:first-child");
  assert.equal(await textOf(tab, "#users-total"), fill(en.widget.users_count, { count: integer(ids.length) }));
  await click(tab, "#users-panel-close");
  await disappears(tab, "#users-panel");
  return ids.sort();
}

/** Each file of the list with what its rows are. */
const kinds = (tab) => ask(tab, () => Object.fromEntries([...document.querySelectorAll("#files tbody tr")].map((row) =>
  [row.dataset.file, row.querySelector("select").value])));

/** What is said of each file of the list. */
const states = (tab) => textsOf(tab, "#files .file-state");

/** The numbers of the sum of rows in a part of the import report. */
async function equation(tab, part) {
  await appears(tab, `${part} [data-testid=ledger-equation]`);
  return ask(tab, (part) => {
    const { read, used, aside } = document.querySelector(`${part} [data-testid=ledger-equation]`).dataset;
    return { read: Number(read), used: Number(used), aside: Number(aside) };
  }, part);
}

/** The rows of the import report. */
const reasons = (tab) => ask(tab, () => [...document.querySelectorAll("[data-testid=ledger-reason]")].map((row) =>
  [...row.cells].map((cell) => cell.textContent.trim())));

/** The first of two elements to appear. */
async function whichAppears(tab, ...selectors) {
  const shown = (selectors) => selectors.find((selector) => document.querySelector(selector)?.getClientRects().length > 0);
  await waitFor(tab, shown, selectors, `neither of ${selectors} appears`);
  return ask(tab, shown, selectors);
}

/** Waits until a file is refused for this reason in these words; `{found}` may be anything. */
async function refused(tab, kind, message) {
  await waitFor(tab, (kind) => document.querySelector("#error")?.dataset.kind === kind, kind, `no error of kind ${kind}`);
  const [before, after = ""] = message.split("{found}");
  const said = await textOf(tab, "#error p");
  assert(said.startsWith(before) && said.endsWith(after), said);
  assert.equal(await attribute(tab, "#error", "role"), "alert");
}

/** The way on is closed, and a sentence says why. */
async function cannotAnalyze(tab) {
  await waitFor(tab, () => document.querySelector("#analyze").disabled, undefined, "it can be read");
  assert.notEqual(await textOf(tab, "#analyze-reason"), "");
  assert.equal(await textOf(tab, "#file-name"), "orders.csv");
}

let gbkBytes;

/** A text as Chinese spreadsheets write it: what the decoder gives for two bytes, turned round. */
function gbk(text) {
  if (!gbkBytes) {
    gbkBytes = new Map();
    const decoder = new TextDecoder("gbk");
    for (let lead = 0x81; lead < 0xff; lead += 1) {
      for (let trail = 0x40; trail < 0xff; trail += 1) {
        const letter = decoder.decode(Uint8Array.of(lead, trail));
        if (trail !== 0x7f && !gbkBytes.has(letter)) gbkBytes.set(letter, [lead, trail]);
      }
    }
  }
  return Buffer.from([...text].flatMap((letter) => letter < "\x80" ? [letter.charCodeAt(0)] : gbkBytes.get(letter)));
}

let large;

/** A file of about 300 MB, written once. */
function largeFile() {
  if (large) return large;
  large = join(temporaryFolder(), "large.csv");
  const file = openSync(large, "w");
  writeSync(file, "user_id,order_time,amount\n");
  const row = (number) => `user-${number % 9973},2025-0${1 + (number % 9)}-1${number % 10} 10:00:00,${number % 500}.25\n`;
  const block = Buffer.from(Array.from({ length: 100_000 }, (_, number) => row(number)).join(""));
  for (let written = 0; written < 300e6; written += block.length) writeSync(file, block);
  closeSync(file);
  return large;
}
