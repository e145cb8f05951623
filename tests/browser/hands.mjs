// What a person does on the page, the same in both browsers: looks, clicks, types, chooses, waits, keeps what is offered.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { fill, integer, words } from "./expected.mjs";

/** Whether the tab is driven by Playwright; puppeteer's pages lack `setInputFiles`. */
const isPlaywright = (tab) => typeof tab.page.setInputFiles === "function";

/** Calls a function in the page. */
export const ask = (tab, question, argument) => tab.page.evaluate(question, argument);

/** Waits until `question(argument)` in the page says yes. */
export async function waitFor(tab, question, argument, complaint, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(30)) {
    if (await ask(tab, question, argument)) return;
  }
  const seen = await ask(tab, () => document.body.innerText.slice(0, 600));
  assert.fail(`${complaint}; the console says: ${tab.complaints.join("; ") || "nothing"}; the page says: ${seen}`);
}

/** Whether an element is there and takes up room. */
const visible = (selector) => {
  const element = document.querySelector(selector);
  return element !== null && element.getClientRects().length > 0;
};

/** Waits until an element is on the screen. */
export const appears = (tab, selector, seconds) => waitFor(tab, visible, selector, `${selector} did not appear`, seconds);

/** Waits until an element is gone from the screen. */
export const disappears = (tab, selector, seconds) =>
  waitFor(tab, (selector) => {
    const element = document.querySelector(selector);
    return element === null || element.getClientRects().length === 0;
  }, selector, `${selector} did not go away`, seconds);

/** Whether an element is on the screen now. */
export const isVisible = (tab, selector) => ask(tab, visible, selector);

/** The text of the first element. */
export async function textOf(tab, selector) {
  await appears(tab, selector);
  return ask(tab, (selector) => document.querySelector(selector).innerText.trim(), selector);
}

/** The texts of all elements, hidden ones too. */
export const textsOf = (tab, selector) =>
  ask(tab, (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent.trim()), selector);

/** An attribute of the first element. */
export async function attribute(tab, selector, name) {
  return ask(tab, ([selector, name]) => document.querySelector(selector)?.getAttribute(name) ?? null, [selector, name]);
}

/** Waits until the text of an element is this, or matches the pattern. */
export async function says(tab, selector, wanted, seconds = 20) {
  let text;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(30)) {
    text = await ask(tab, (selector) => document.querySelector(selector)?.innerText?.trim(), selector);
    if (wanted instanceof RegExp ? wanted.test(text ?? "") : text === wanted) return text;
  }
  assert.fail(`${selector} says ${JSON.stringify(text)} instead of ${wanted}`);
}

/** Where things are that the bar's menus hold. */
const menus = {
  "#columns": "#data-menu", "#report-open": "#data-menu", "#request-open": "#data-menu", "#open-another": "#data-menu",
  "#close-data": "#data-menu",
};

/** Clicks as a person does: the element has to be in sight and able to take the click; a menu is opened first. */
export async function click(tab, selector) {
  if (menus[selector] && !(await isVisible(tab, selector))) await click(tab, menus[selector]);
  await appears(tab, selector);
  await tab.page.click(selector);
}

/** Chooses in a list. */
export async function choose(tab, selector, value) {
  await appears(tab, selector);
  if (isPlaywright(tab)) await tab.page.selectOption(selector, value);
  else await tab.page.select(selector, value);
}

/** Writes into a field in place of what is there. */
export async function write(tab, selector, text) {
  await appears(tab, selector);
  if (isPlaywright(tab)) return tab.page.fill(selector, text);
  // Key by key would take long for a request.
  return ask(tab, ([selector, text]) => {
    const field = document.querySelector(selector);
    field.focus();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, [selector, text]);
}

/** Presses a key, or several at once: "Control+k". */
export async function press(tab, keys) {
  const { keyboard } = tab.page;
  const held = keys.length > 1 ? keys.split("+") : [keys];
  const key = held.pop();
  for (const modifier of held) await keyboard.down(modifier);
  await keyboard.press(key);
  for (const modifier of held.reverse()) await keyboard.up(modifier);
}

/** Puts the focus on an element. */
export async function focus(tab, selector) {
  await appears(tab, selector);
  await tab.page.focus(selector);
}

/** Scrolls an element into sight and gives where it lies in the window. */
export async function placeOf(tab, selector) {
  await appears(tab, selector);
  return ask(tab, (selector) => {
    const element = document.querySelector(selector);
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x, y, width, height };
  }, selector);
}

/** Runs before the page's scripts: keeps what is offered for download or copied, where a driver cannot take it. */
export function keepOffers() {
  globalThis.strataOffers = [];
  const blobs = new Map();
  const make = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    const address = make(blob);
    blobs.set(address, blob);
    return address;
  };
  const press = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function click() {
    const blob = this.download ? blobs.get(this.href) : undefined;
    if (!blob) return press.call(this);
    globalThis.strataOffers.push({ name: this.download, blob });
  };
}

/** Clicks what offers a file and gives its name and bytes. In Firefox the tab needs `prepare: keepOffers`. */
export async function download(tab, selector) {
  if (isPlaywright(tab)) return tab.download(() => click(tab, selector));
  await click(tab, selector);
  await waitFor(tab, () => globalThis.strataOffers.length > 0, undefined, `${selector} offers no file`);
  const { name, base64 } = await ask(tab, async () => {
    const { name, blob } = globalThis.strataOffers.shift();
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
    return { name, base64: btoa(text) };
  });
  return { name, bytes: Buffer.from(base64, "base64") };
}

/** Saves the list of users in the panel as the dialog proposes it, or after `choices`; gives its name and bytes. */
export async function saveList(tab, choices = async () => {}) {
  await click(tab, "#users-list");
  await appears(tab, "#list-preview tbody tr");
  await choices();
  await waitFor(tab, () => document.querySelector("#list-save")?.disabled === false, undefined, "the list cannot be saved");
  const file = await download(tab, "#list-save");
  await disappears(tab, "#list-save");
  return file;
}

/** The sample, from the start page to the first answer. */
export async function openSample(tab) {
  await click(tab, "#try-sample");
  await appears(tab, "#answer", 90);
  await isAnswered(tab);
}

/** Waits until the page shows the answer to what it asks; before that its charts are there, but empty. */
export const isAnswered = (tab) =>
  waitFor(tab, () => document.querySelector(".page")?.getAttribute("aria-busy") === "false", undefined, "no answer", 60);

/**
 * All rows of a table as texts, in the order shown. A long table has only the rows in sight in the page: it is scrolled from
 * its beginning to its end.
 */
export async function tableRows(tab, id) {
  const found = await ask(tab, async (id) => {
    const [table, scroller] = [document.querySelector(`#${id} table`), document.querySelector(`#${id} .table-scroll`)];
    const pictures = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const wanted = () => Number(table.getAttribute("aria-rowcount")) - 1 - table.tFoot.rows.length;
    const rows = new Map();
    scroller.scrollTop = 0;
    for (let turn = 0; turn < 2000 && rows.size < wanted(); turn += 1) {
      await pictures();
      const here = [...table.tBodies[0].rows].filter((row) => row.querySelector(".cell-waiting") === null);
      for (const row of here) rows.set(Number(row.getAttribute("aria-rowindex")), [...row.cells].map((cell) => cell.textContent.trim()));
      // What is on its way is waited for.
      if (here.length === table.tBodies[0].rows.length) scroller.scrollTop += Math.max(scroller.clientHeight / 2, 100);
    }
    scroller.scrollTop = 0;
    await pictures();
    return [...rows].sort(([a], [b]) => a - b);
  }, id);
  assert.deepEqual(found.map(([number]) => number), found.map((row, place) => place + 2), `${id} skips rows`);
  return found.map(([, cells]) => cells);
}

/** The rows of a CSV that Strata wrote: it begins with a byte order mark and ends its last row. */
export function csvRows(bytes) {
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], "a byte order mark");
  const lines = bytes.subarray(3).toString("utf8").split(/\r?\n/);
  assert.equal(lines.pop(), "", "the last row ends");
  // Ids that look like numbers stand in quotes; a comma stands in none of the cells.
  return lines.map((line) => line.split(",").map((cell) => cell.replace(/^"(.*)"$/, "$1")));
}

/** Width and height of a PNG. */
export function pngSize(bytes) {
  assert.deepEqual([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10], "a PNG");
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Parses XML in a page of nobody and gives its root and texts. */
export async function readXml(tab, text) {
  const page = await tab.context.newPage();
  try {
    return await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
      const wrong = parsed.querySelector("parsererror");
      return { wrong: wrong?.textContent, root: parsed.documentElement.localName, text: parsed.documentElement.textContent };
    }, text);
  } finally {
    await page.close();
  }
}

/** What the chart says aloud of the mark at hand. */
export const spoken = (tab, chart) => ask(tab, (chart) => document.querySelector(`#${chart} [aria-live]`).textContent, chart);

/** Presses an arrow key on the chart that has the focus and gives what it then says. */
export async function walk(tab, chart, key) {
  await isAnswered(tab);
  const before = await spoken(tab, chart);
  await press(tab, key);
  await waitFor(tab, ([chart, before]) => document.querySelector(`#${chart} [aria-live]`).textContent !== before,
    [chart, before], `${chart} says nothing new after ${key}`, 5);
  return spoken(tab, chart);
}

/** Moves the pointer over a chart until it says something that matches, and gives where that is. */
export async function pointAt(tab, chart, wanted) {
  const { x, y, width, height } = await placeOf(tab, `#${chart} canvas`);
  const steps = 24;
  for (let row = 0; row < steps; row += 1) {
    for (let column = 0; column < steps; column += 1) {
      const at = { x: x + (width * (column + 0.5)) / steps, y: y + (height * (row + 0.5)) / steps };
      await tab.page.mouse.move(at.x, at.y);
      if (wanted.test(await spoken(tab, chart))) return at;
    }
  }
  return assert.fail(`nowhere does ${chart} say ${wanted}`);
}

/** Writes into a field as a person does, key by key, and finishes: what listens for a finished entry hears it. */
export async function enter(tab, selector, text) {
  await focus(tab, selector);
  await press(tab, "Control+a");
  await tab.page.keyboard.type(text);
  await press(tab, "Enter");
}

/** Goes to a mark of a chart by its place among all and gives what it says; nothing when there are not so many. */
export async function markAt(tab, chart, place) {
  await focus(tab, `#${chart} canvas`);
  await press(tab, "Home");
  // Before the first mark there is none: the highlight stays.
  for (let step = 0; step < 200; step += 1) {
    const before = await spoken(tab, chart);
    await press(tab, "ArrowLeft");
    if ((await spoken(tab, chart)) === before) break;
  }
  for (let step = 0; step < place; step += 1) {
    const before = await spoken(tab, chart);
    await press(tab, "ArrowRight");
    await sleep(40);
    if ((await spoken(tab, chart)) === before) return undefined;
  }
  return spoken(tab, chart);
}

/** The panel at the side lists so many users; it is closed again. `meanwhile` is done while it is open. */
export async function usersAre(tab, users, meanwhile = async () => {}) {
  await says(tab, "#users-total", fill(words.en.widget.users_count, { count: integer(users) }));
  await meanwhile();
  await click(tab, "#users-panel-close");
  await disappears(tab, "#users-panel");
}

/** Opens the users behind a figure on the page, which has to say how many they are. */
export async function usersBehind(tab, selector, users) {
  await says(tab, selector, integer(users));
  await click(tab, selector);
  await usersAre(tab, users);
}
