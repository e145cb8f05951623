// Data that are too large: the estimate before reading, what is offered, what happens when memory runs out all the same, and
// the copy that the browser may keep.
import assert from "node:assert/strict";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { fill, words } from "./expected.mjs";
import { appears, attribute, click, disappears, isVisible, textOf } from "./hands.mjs";
import { launchChromium, openTab, serveDist, temporaryFolder } from "./lib.mjs";

const { en } = words;

let server;
let folder;
let large;

/** Orders with ids that are all different: what takes most memory for each byte of the file. */
function writeOrders(name, rows, users) {
  const path = join(folder, name);
  const file = openSync(path, "w");
  writeSync(file, "user_id,time,order_id,amount,note\n");
  for (let row = 0; row < rows; row += 20_000) {
    let text = "";
    for (let at = row; at < Math.min(rows, row + 20_000); at += 1) {
      const day = String((Math.floor((at * 360) / rows) % 28) + 1).padStart(2, "0");
      const month = String((Math.floor((at * 12) / rows) % 12) + 1).padStart(2, "0");
      text += `user-${(at * 7919) % users},2024-${month}-${day} 08:00:00,order-number-${at}-of-many,${at % 90}.50,note ${at % 50}\n`;
    }
    writeSync(file, text);
  }
  closeSync(file);
  return path;
}

before(async () => {
  server = await serveDist();
  folder = temporaryFolder();
  large = writeOrders("orders.csv", 1_500_000, 60_000);
});
after(() => server.close());

test("what a file takes is told, and each offer with what it takes", async (t) => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const tab = await openTab(browser, { server });
  await tab.upload(large);
  await appears(tab, "#size");
  assert.equal(await attribute(tab, "#size", "data-fit"), "yes");
  await click(tab, "#size > summary");
  const megabytes = async (selector) => {
    const numbers = (await textOf(tab, `${selector} .size-memory`)).match(/[\d.]+(?= [MG]B)/g).map(Number);
    return numbers.at(-1);
  };
  const [all, half, tenth] = [await megabytes("#sample-1"), await megabytes("#sample-2"), await megabytes("#sample-10")];
  assert(tenth < half && half < all, `${tenth} < ${half} < ${all}`);
  assert(await megabytes("#columns-fewer") <= all);
  await click(tab, "#sample-10");
  assert.equal(await attribute(tab, "#sample-10", "aria-pressed"), "true");
  await tab.page.fill("#size-from", "2024-07-01");
  await tab.page.fill("#size-to", "2024-06-01");
  assert.equal(await textOf(tab, "#size-dates-hint"), en.size.dates_backwards);
  assert(await tab.page.isDisabled("#analyze"));
  await tab.page.fill("#size-to", "");
  await click(tab, "#analyze");
  // The sample is the same for ever, so these are too.
  await appears(tab, "#part-note");
  const note = await textOf(tab, "#part-note");
  assert(note.includes(fill(en.notice.sample, { count: "10" })), note);
  assert(note.includes(fill(en.notice.dates_from, { from: "Jul 1, 2024" })), note);
  assert.equal(await isVisible(tab, "#set-aside-note"), false, "nothing was unreadable");
  const users = Number((await textOf(tab, "#bar-users")).replaceAll(",", ""));
  assert(users > 5_700 && users < 6_300, `${users} of 60,000 users`);
  await click(tab, "#data-menu");
  await click(tab, "#report-open");
  const row = tab.page.locator("[data-testid=ledger-equation]");
  const [read, used, left, aside] = await Promise.all(["read", "used", "left", "aside"].map((part) => row.getAttribute(`data-${part}`).then(Number)));
  assert.deepEqual([read, used + left + aside, aside], [1_500_000, 1_500_000, 0]);
  await tab.close();
});

test("memory that runs out is a message, and the page works on", async (t) => {
  // No program may have more than 100 MB, in pages of 64 KiB.
  const browser = await launchChromium({ flags: ["--js-flags=--wasm-max-mem-pages=1600"] });
  t.after(() => browser.close());
  const tab = await openTab(browser, { server });
  await tab.upload(large);
  await appears(tab, "#mapping");
  await click(tab, "#analyze");
  await appears(tab, "#error", 60);
  assert.equal(await attribute(tab, "#error", "data-kind"), "out_of_memory");
  const message = await textOf(tab, "#error p");
  const [before, after] = en.error.out_of_memory.replace("{file}", "orders.csv").split("{found}");
  assert(message.startsWith(before) && message.endsWith(after), message);
  assert.match(message.slice(before.length), /^\d+ %/, "it says how far reading had come");
  // The way out is on the same page: with a part of the users it fits, in an engine that was started anew.
  assert(await isVisible(tab, "#size-lead"), "what can be left out is in sight");
  await click(tab, "#sample-100");
  await click(tab, "#analyze");
  await appears(tab, "#part-note", 60);
  await appears(tab, "#kpi-users", 60);
  await tab.close();
});

test("a reader that cannot be loaded is an error, and what is open stays open", async (t) => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const tab = await openTab(browser, { server, expectedComplaints: [/ERR_FAILED/] });
  const first = await figures(tab, writeOrders("small.csv", 2_000, 100));
  await tab.page.context().route(/strata_readers_bg\.wasm/, (route) => route.abort());
  const packed = join(folder, "more.csv.gz");
  writeFileSync(packed, gzipSync("user_id,time\n1,2024-01-01\n"));
  await tab.upload(packed);
  await appears(tab, "#error", 30);
  assert.equal(await attribute(tab, "#error", "data-kind"), "reader_stopped");
  assert((await textOf(tab, "#error p")).includes("more.csv.gz"));
  assert.equal(await textOf(tab, "#bar-rows"), first[0]);
  await click(tab, "#error-dismiss");
  await click(tab, "#nav-retention");
  await appears(tab, "#retention, [data-testid=retention], .chart", 30);
  // When it can be had again, the same file is read.
  await tab.page.context().unroute(/strata_readers_bg\.wasm/);
  await tab.upload(packed);
  await appears(tab, "#mapping", 30);
  await tab.close();
});

/** What the page says of the copy that the browser keeps, once it has looked. */
async function keptBytes(tab) {
  return tab.page.evaluate(async () => {
    try {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("strata");
      return (await (await folder.getFileHandle("kept")).getFile()).size;
    } catch {
      return 0;
    }
  });
}

/** Reads a file and gives the first page's figures. */
async function figures(tab, path) {
  await tab.upload(path);
  await appears(tab, "#mapping");
  await click(tab, "#analyze");
  await appears(tab, "#kpi-users", 60);
  const read = ["#bar-rows", "#bar-users", "#kpi-users", "#kpi-orders", "#kpi-revenue"];
  return Promise.all(read.map((selector) => textOf(tab, selector)));
}

async function closeData(tab) {
  await click(tab, "#data-menu");
  await click(tab, "#close-data");
  await appears(tab, "#drop-zone");
}

test("the browser keeps a copy only when it is told to, and removes it when it is told to", async (t) => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const tab = await openTab(browser, { server });
  const path = writeOrders("kept.csv", 200_000, 5_000);
  const first = await figures(tab, path);
  assert.equal(await keptBytes(tab), 0, "off unless switched on");
  await closeData(tab);
  await tab.upload(path);
  await appears(tab, "#keep");
  assert.equal(await tab.page.isChecked("#keep"), false);
  await click(tab, "#keep");
  assert.deepEqual(await figures(tab, path), first);
  assert(await keptBytes(tab) > 1_000_000);
  await closeData(tab);
  // The same file again comes from the copy, with the same numbers; after a change of options it does not.
  assert.deepEqual(await figures(tab, path), first);
  await appears(tab, ".toast");
  assert((await textOf(tab, ".toasts")).includes(en.keep.used));
  await closeData(tab);
  // A damaged copy is none.
  await tab.page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("strata");
    const writable = await (await folder.getFileHandle("kept")).createWritable({ keepExistingData: true });
    await writable.write({ type: "write", position: 500_000, data: new Uint8Array(64) });
    await writable.close();
  });
  assert.deepEqual(await figures(tab, path), first);
  await closeData(tab);
  await click(tab, "#keep-remove");
  await appears(tab, ".toast");
  for (const end = Date.now() + 10_000; await keptBytes(tab) > 0;) assert(Date.now() < end, "the copy is still there");
  await disappears(tab, "#keep-remove");
  await tab.close();
});

test("from disk, where a browser keeps no files, nothing is offered", async (t) => {
  const browser = await launchChromium();
  t.after(() => browser.close());
  const tab = await openTab(browser, { build: "single" });
  await tab.upload(writeOrders("disk.csv", 100, 10));
  await appears(tab, "#mapping");
  assert.equal(await isVisible(tab, "#keep"), false);
  await tab.close();
});
