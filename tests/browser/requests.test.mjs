// A question leaves the page as a request, and comes back as the same question.
import assert from "node:assert/strict";

import { fill, integer, money, reference, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, attribute, click, disappears, isVisible, openSample, says, textOf, waitFor, write } from "./hands.mjs";

const { en } = words;
const { overview } = reference;

crosswise([
  ["a copied request brings its question back", { prepare: keepCopies }, async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-retention");
    await click(tab, "#period-week");
    await weeksAreShown(tab);
    const request = JSON.parse(await copy(tab));
    assert.equal(request.analysis, "retention");
    assert.equal(request.params.period, "week");
    assert.equal(request.timeZone, reference.time_zone);
    assert.equal(request.mapping.user, "user_id");
    await click(tab, "#nav-overview");
    await says(tab, "main h1", en.page.overview.title);
    await submit(tab, JSON.stringify(request));
    await weeksAreShown(tab);
    assert.match(await ask(tab, () => location.hash), /^#\/retention\?.*period=week/);
    assert.deepEqual(JSON.parse(await copy(tab)), request);
  }],
  ["a request's filter holds for every page until it is cleared", async (tab) => {
    await openSample(tab);
    const channel = "抖音";
    const filter = { all: [{ column: "channel", in: [channel] }] };
    await submit(tab, JSON.stringify({ analysis: "overview", filter }));
    const users = integer(overview.users_by_channel[channel]);
    await says(tab, "#kpi-users", users);
    const condition = fill(en.bar.filter_in, { column: "channel", list: channel });
    assert((await textOf(tab, "#filter")).includes(condition));
    await click(tab, "#nav-segments");
    await says(tab, "main h1", en.page.segments.title);
    await waitFor(tab, (buyers) => {
      const total = document.querySelectorAll("#rfm-groups tfoot td")[1]?.textContent;
      return total !== undefined && total !== buyers;
    }, integer(overview.buyers), "the filter does not hold on the next page");
    await click(tab, "#nav-overview");
    await says(tab, "#kpi-users", users);
    await click(tab, "[data-testid=filter-remove]");
    await says(tab, "#kpi-users", integer(overview.users));
    await disappears(tab, "#filter");
  }],
  ["a request that wants other columns has the data read again", async (tab) => {
    await openSample(tab);
    const mapping = { user: "user_id", time: "time", event: "event", value: "amount", purchaseEvents: ["purchase"] };
    await submit(tab, JSON.stringify({ analysis: "overview", mapping }));
    // Without the order column each purchase row is an order.
    await says(tab, "#kpi-orders", integer(overview.purchase_rows), 90);
    await says(tab, "#kpi-revenue", money(overview.net_revenue));
  }],
  ["a request with a mistake is refused with its place", async (tab) => {
    await openSample(tab);
    await submit(tab, JSON.stringify({ analysis: "retention", params: { perod: "week" } }));
    await says(tab, "#request-error", /params.*perod/);
    assert.equal(await attribute(tab, "#request-error p", "data-kind"), "unknown_field");
    await write(tab, "#request-text", "{");
    await click(tab, "#request-run");
    await says(tab, "#request-error", new RegExp(`^${en.error.not_json.split("{")[0]}`));
    await write(tab, "#request-text", JSON.stringify({ analysis: "retention", params: { period: "fortnight" } }));
    await click(tab, "#request-run");
    await says(tab, "#request-error", /params\.period.*fortnight/);
    await click(tab, "#request-close");
    await disappears(tab, "#request");
    await says(tab, "main h1", en.page.overview.title);
  }],
  ["where the browser does not let the page copy, the request is shown", { prepare: forbidCopies }, async (tab) => {
    await openSample(tab);
    await click(tab, "#copy-request");
    await appears(tab, "#request-dialog textarea");
    const shown = await ask(tab, () => document.querySelector("#request-dialog textarea").value);
    assert.equal(JSON.parse(shown).analysis, "overview");
  }],
  // Pages over plain http, as inside a company's network, have no clipboard at all.
  ["where there is no clipboard, the request is shown", { prepare: hideClipboard }, async (tab) => {
    await openSample(tab);
    await click(tab, "#copy-request");
    await appears(tab, "#request-dialog textarea", 5);
    const shown = await ask(tab, () => document.querySelector("#request-dialog textarea").value);
    assert.equal(JSON.parse(shown).analysis, "overview");
  }],
]);

/** Runs before the page's scripts: keeps what is copied, so that the user's clipboard is left alone. */
function keepCopies() {
  // Firefox runs this on the empty page before, too, which has none.
  if (!navigator.clipboard) return;
  navigator.clipboard.writeText = (text) => {
    globalThis.strataCopy = text;
    return Promise.resolve();
  };
}

function forbidCopies() {
  if (!navigator.clipboard) return;
  navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"));
}

function hideClipboard() {
  Object.defineProperty(Navigator.prototype, "clipboard", { get: () => undefined });
}

/** The text that the page copies. */
async function copy(tab) {
  await click(tab, "#copy-request");
  await says(tab, "#copy-request", en.control.copied);
  return ask(tab, () => globalThis.strataCopy);
}

/** Pastes a request and asks for its answer. */
async function submit(tab, text) {
  if (!(await isVisible(tab, "#request-text"))) await click(tab, "#request-open");
  await write(tab, "#request-text", text);
  await click(tab, "#request-run");
}

/** The table has a row for each week. */
async function weeksAreShown(tab) {
  const { length } = reference.retention.week.filter(({ size }) => size > 0);
  await waitFor(tab, (title) => document.querySelector("main h1")?.textContent.trim() === title, en.page.retention.title, "no retention");
  await waitFor(tab, (rows) => {
    const table = document.querySelector("#retention-cohorts table");
    return table && Number(table.getAttribute("aria-rowcount")) - 1 - table.tFoot.rows.length === rows;
  }, length, "there are no weeks in the table");
}
