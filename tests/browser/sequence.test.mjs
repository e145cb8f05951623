// Sequences: an order as steps and as a pattern, who did it and who did not, mistakes that show their place. Paths: events
// hidden, merged, renamed, made the beginning, and back.
import assert from "node:assert/strict";

import { fill, integer, reference, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { answered } from "./tour.mjs";
import {
  appears, ask, attribute, choose, click, disappears, focus, isVisible, openSample, press, says, tableRows, textOf, textsOf, waitFor, walk, write,
} from "./hands.mjs";

const { en } = words;
const { overview } = reference;
const said = en.page_sequence;

/** Who searched: a segment, as the address holds it. */
const searched = JSON.stringify({
  segment: { name: "Searched", analysis: "sequence", params: { pattern: "(?1)", conditions: [{ events: ["search"] }] }, cell: "matched" },
});

crosswise([
  ["one step is everybody with that event, and the rest is who has not", async (tab) => {
    await toSequences(tab);
    await choose(tab, "#sequence-1-event", "purchase");
    await click(tab, "#sequence-2-remove");
    await says(tab, "#answer", new RegExp(`^${integer(overview.buyers)} of ${integer(overview.users)} users .* ${integer(overview.purchase_rows)} times`));
    assert.equal(await patternText(tab), "(?1)");
    await usersBehind(tab, "#sequence-groups tbody tr:nth-child(1) td:nth-child(2) button", overview.buyers);
    await usersBehind(tab, "#sequence-groups tbody tr:nth-child(2) td:nth-child(2) button", overview.users - overview.buyers);
    const rows = await tableRows(tab, "sequence-table");
    const users = rows.map((row) => Number(row[1].replaceAll(",", "")));
    assert.equal(users.reduce((sum, users) => sum + users, 0), overview.users);
    assert.equal(rows.reduce((sum, row, place) => sum + Number(row[0]) * users[place], 0), overview.purchase_rows);
    // From a column of the chart and from a period to their users.
    await focus(tab, "#sequence-times canvas");
    await walk(tab, "sequence-times", "ArrowRight");
    await press(tab, "Enter");
    await says(tab, "#users-total", fill(en.widget.users_count, { count: integer(users[rows.findIndex((row) => row[0] === "1")]) }));
    assert.equal(await textOf(tab, "#users-panel h2"), said.users_once);
    await press(tab, "Escape");
    await disappears(tab, "#users-panel");
    await focus(tab, "#sequence-trend canvas");
    await walk(tab, "sequence-trend", "ArrowRight");
    await press(tab, "Enter");
    await appears(tab, "#users-panel");
    await press(tab, "Escape");
  }],
  ["steps are a pattern, in the address, and go back with Undo", async (tab) => {
    await toSequences(tab);
    const first = await patternText(tab);
    assert.match(first, /^\(\?1\)\(\?t<=86400\)\(\?2\)$/);
    await choose(tab, "#sequence-2-unit", "3600");
    await patternIs(tab, "(?1)(?t<=3600)(?2)");
    await enter(tab, "#sequence-2-time", "90");
    await patternIs(tab, "(?1)(?t<=324000)(?2)");
    await choose(tab, "#sequence-2-link", "moreThan");
    await patternIs(tab, "(?1)(?t>324000)(?2)");
    assert.match(await hash(tab), /view=sequences&.*pattern=\(\?1\)\(\?t>324000\)\(\?2\)/);
    // What is no time is not asked.
    for (const wrong of ["0", "-3", "1.5", "99999999999"]) {
      await enter(tab, "#sequence-2-time", wrong);
      await appears(tab, "#sequence-2-time-error");
      assert.equal(await attribute(tab, "#sequence-2-time", "aria-invalid"), "true");
      assert.equal(await patternText(tab), "(?1)(?t>324000)(?2)");
    }
    // At once: nothing at all between, unless other steps alone are meant.
    await choose(tab, "#sequence-2-link", "atOnce");
    await patternIs(tab, "(?1)(?2)");
    assert.match(await hash(tab), /\},\{\}\]/);
    // Nobody buys right after a look at an item: something else always comes between.
    await says(tab, "#answer", fill(said.answer_none, { users: integer(overview.users) }));
    await click(tab, "#sequence-sees-all");
    await says(tab, "#answer", /^[\d,]+ of 5,000 users did this/);
    assert.doesNotMatch(await hash(tab), /\},\{\}\]/);
    await click(tab, "#sequence-add");
    await patternIs(tab, "(?1)(?2).*(?3)");
    await click(tab, "#sequence-3-or");
    await appears(tab, "#sequence-3-event-1");
    await click(tab, "#sequence-3-up");
    await waitFor(tab, () => document.querySelector("#sequence-2-event-1") !== null, undefined, "the step did not move");
    for (let step = 0; step < 9 && (await patternText(tab)) !== first; step += 1) await click(tab, "#undo");
    await patternIs(tab, first);
  }],
  ["a typed pattern says where it goes wrong, and may say more than steps", async (tab) => {
    await toSequences(tab);
    await answered(tab);
    const before = await hash(tab);
    for (const [typed, place, phrase] of [
      ["(?1)(?9)", 7, fill(said.expects_condition, { most: "2" })],
      ["(?1)(?t=5)(?2)", 8, said.expects_sign],
      ["(?1)(?t<0)(?2)", 9, said.expects_some_time],
      ["(?1", 1, said.expects_bracket],
      ["page", 1, said.expects_part],
    ]) {
      await enter(tab, "#sequence-pattern", typed);
      await says(tab, "#sequence-pattern-error", new RegExp(escaped(phrase)));
      if (typed !== "(?1") assert.equal(await textOf(tab, "#sequence-pattern-error"), fill(said.mistake, { place, expected: phrase }));
      assert.equal((await textOf(tab, "#sequence-mistake")).replaceAll("\u2003", ""), typed);
      assert.equal(await hash(tab), before, "what cannot be read is not asked");
    }
    await enter(tab, "#sequence-pattern", "(?1)".repeat(500));
    await says(tab, "#sequence-pattern-error", fill(said.expects_fewer, { found: "500", most: "63" }));
    await enter(tab, "#sequence-pattern", "(?1) . (?2)");
    await appears(tab, "#sequence-back");
    assert.equal(await patternText(tab), "(?1).(?2)");
    assert.deepEqual(await textsOf(tab, "#sequence-steps .step-number"), ["(?1)", "(?2)"]);
    await click(tab, "#sequence-back");
    await patternIs(tab, "(?1).*(?2)");
    // Forty invitations of one user.
    await choose(tab, "#sequence-1-event", "invite");
    await enter(tab, "#sequence-pattern", "(?1)".repeat(40));
    await says(tab, "#empty .empty-title", said.empty);
    assert(!(await isVisible(tab, "#sequence-times")), "a chart of nothing");
    await usersBehind(tab, "#sequence-groups tbody tr:nth-child(2) td:nth-child(2) button", overview.users);
  }],
  ["a mistake in the address is told and its place shown", { hash: "#/paths?view=sequences&pattern=(?1)(?t<=x)(?2)" }, async (tab) => {
    await openSample(tab);
    await appears(tab, "#question-error");
    await says(tab, "#sequence-pattern-error", new RegExp(escaped(said.expects_seconds)));
  }],
  ["two segments: rates beside each other, with a test", { hash: `#/paths?view=sequences&segment=${encodeURIComponent(searched)}&compare=rest` }, async (tab) => {
    await openSample(tab);
    await waitFor(tab, () => document.querySelectorAll("#sequence-groups thead th").length === 7, undefined, "nothing is compared");
    const [did, not] = (await tableRows(tab, "sequence-groups")).map((row) => row.map((text) => text.replaceAll(",", "")));
    assert.equal(Number(did[1]) + Number(not[1]) + Number(did[3]) + Number(not[3]), overview.users);
    const [own, other] = [did, did].map((row, place) => Number(row[1 + 2 * place]));
    const [all, rest] = [own + Number(not[1]), other + Number(not[3])];
    const points = 100 * (own / all - other / rest);
    assert(Math.abs(Number(did[5].replace("\u2212", "-")) - points) < 0.051, `${did[5]} is not ${points}`);
    // The same figures by hand: z of two proportions.
    const pooled = (own + other) / (all + rest);
    const z = Math.abs(points / 100) / Math.sqrt(pooled * (1 - pooled) * (1 / all + 1 / rest));
    assert.equal(did[6].startsWith(said.differs.split(",")[0]), z > 1.96, `${did[6]}, z ${z}`);
    assert.match(await textOf(tab, "#answer"), /Compared: /);
  }],
  ["a pasted request shows its answer", async (tab) => {
    await openSample(tab);
    await click(tab, "#request-open");
    await write(tab, "#request-text", JSON.stringify({ analysis: "sequence", params: { pattern: "(?1).*(?1)", conditions: [{ events: ["purchase"] }] } }));
    await click(tab, "#request-run");
    await says(tab, "main h1", said.title);
    await patternIs(tab, "(?1).*(?1)");
  }],
  ["an event is hidden, merged, renamed where it is seen, and back", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-paths");
    await appears(tab, "#paths-flows canvas");
    const events = async () => textsOf(tab, "#paths-events .event-choices button");
    await waitFor(tab, () => document.querySelectorAll("#paths-events .event-choices button").length > 5, undefined, "no events");
    const all = await events();
    assert.deepEqual([...all].sort(), Object.keys(overview.events).sort());
    const button = (name, from) => `#paths-event-${from.indexOf(name)}`;
    await click(tab, button("visit", all));
    await click(tab, "#paths-hide");
    await waitFor(tab, (count) => document.querySelectorAll("#paths-events .event-choices button").length === count - 1, all.length, "still there");
    assert(!(await events()).includes("visit"));
    assert.deepEqual(await textsOf(tab, "#paths-rules .chip-text"), [fill(en.page.paths.rule_hides, { pattern: "visit" })]);
    assert.match(await hash(tab), /rules=\[\{"hide":true,"pattern":"visit"\}\]/);
    await press(tab, "Control+z");
    await waitFor(tab, (count) => document.querySelectorAll("#paths-events .event-choices button").length === count, all.length, "not back");
    // Merged and renamed; the cross of a chip takes one back.
    await click(tab, button("checkout", all));
    await choose(tab, "#paths-merge", "purchase");
    await waitFor(tab, (count) => document.querySelectorAll("#paths-events .event-choices button").length === count - 1, all.length, "not merged");
    await click(tab, button("purchase", await events()));
    if (!(await isVisible(tab, "#paths-rename"))) await click(tab, button("purchase", await events()));
    await enter(tab, "#paths-rename", "paying");
    await click(tab, "#paths-rename-do");
    await waitFor(tab, () => [...document.querySelectorAll("#paths-events .event-choices button")].some((button) => button.textContent === "paying"),
      undefined, "not renamed");
    assert.equal((await textsOf(tab, "#paths-rules .chip-text")).length, 2);
    // From both of them on.
    await click(tab, "#paths-start-here");
    await says(tab, "#controls .segmented [aria-pressed=true]", en.page.paths.anchor_event);
    assert.match(await hash(tab), /"events":\["checkout","purchase"\]|"events":\["purchase","checkout"\]/);
    assert.match(await hash(tab), /before=0/);
    await click(tab, "#paths-rules-remove-0");
    await waitFor(tab, () => document.querySelectorAll("#paths-rules .chip").length === 1, undefined, "the rule stays");
  }],
  ["a bar chooses its event, by keyboard too", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-paths");
    await focus(tab, "#paths-flows canvas");
    const spoken = await walk(tab, "paths-flows", "ArrowRight");
    await press(tab, "Enter");
    await appears(tab, "#users-panel");
    await press(tab, "Escape");
    await disappears(tab, "#users-panel");
    const title = await textOf(tab, "#paths-event-title");
    const chosen = await textOf(tab, "#paths-events [aria-expanded=true]");
    assert(spoken.includes(chosen), `${spoken}; ${chosen}`);
    assert.equal(title, fill(en.page.paths.event_actions, { event: chosen }));
    await focus(tab, "#paths-hide");
    await press(tab, "Enter");
    await waitFor(tab, () => document.activeElement.id === "paths-events-title", undefined, "the focus is lost");
    await waitFor(tab, (chosen) => ![...document.querySelectorAll("#paths-events .event-choices button")].some((button) => button.textContent === chosen),
      chosen, "still there");
  }],
]);

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const hash = async (tab) => decodeURIComponent(await ask(tab, () => location.hash));

const patternText = (tab) => ask(tab, () => document.querySelector("#sequence-pattern").value);

const patternIs = (tab, pattern) =>
  waitFor(tab, (pattern) => document.querySelector("#sequence-pattern")?.value === pattern, pattern, `the pattern is not ${pattern}`);

/** The sample's sequences. */
async function toSequences(tab) {
  await openSample(tab);
  await click(tab, "#nav-paths");
  await click(tab, "#paths-view-sequences");
  await says(tab, "main h1", said.title);
  await appears(tab, "#sequence-groups tbody td");
}

/** Writes into a field and leaves it. */
async function enter(tab, selector, text) {
  await ask(tab, ([selector, text]) => {
    const field = document.querySelector(selector);
    field.focus();
    field.value = text;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }, [selector, text]);
}

/** Opens the users behind a figure on the page, which has to say how many they are. */
async function usersBehind(tab, selector, users) {
  await says(tab, selector, integer(users));
  await click(tab, selector);
  await says(tab, "#users-total", fill(en.widget.users_count, { count: integer(users) }));
  await click(tab, "#users-panel-close");
  await disappears(tab, "#users-panel");
}
