// Segments by rules: built by hand and counted meanwhile; every figure opens as many users as it says; saved, looked at elsewhere,
// edited again; referring to each other, but not in a circle; lists of ids.
import assert from "node:assert/strict";

import { fill, integer, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, attribute, choose, click, disappears, enter, isAnswered, isVisible, openSample, says, tableRows, textOf, usersAre, waitFor, write } from "./hands.mjs";

const { en } = words;
const builder = en.page_builder;

crosswise([
  ["a rule to begin with: its users, those of its condition, and five of them with why", async (tab) => {
    await openBuilder(tab);
    await says(tab, "#answer", builder.answer_empty);
    const all = await count(tab);
    await click(tab, "#rule-start-2");
    const once = await newCount(tab, all);
    assert(once > 0, "nobody bought once");
    await says(tab, "#answer", new RegExp(`^${integer(once)} of ${integer(all)} users .* Users who did “purchase” exactly once\\.$`));
    await click(tab, "#rule-list");
    await usersAre(tab, once);
    await says(tab, "#rule-0-alone", fill(builder.alone, { count: integer(once) }));
    await click(tab, "#rule-0-alone");
    await usersAre(tab, once);
    const rows = await tableRows(tab, "rule-examples");
    assert.equal(rows.length, 5);
    assert(rows.every(([, met]) => met === `${builder.yes} · 1`), JSON.stringify(rows));
    await click(tab, "#rule-examples tbody tr:nth-child(2) td:first-child button");
    await says(tab, ".why-user", rows[1][0]);
    await says(tab, "#why-verdict", en.why.counted);
    await says(tab, "#why-facts", new RegExp(fill(en.why.rule_met_figure, { condition: "did “purchase” exactly once", figure: "1" }).replace(/[.]/g, "\\.")));
  }],
  ["conditions are added, changed, turned round, joined and removed", async (tab) => {
    await openBuilder(tab);
    const all = await count(tab);
    await click(tab, "#rule--add");
    const buyers = await newCount(tab, all);
    await choose(tab, "#rule-0-window", "last");
    const lately = await newCount(tab, buyers);
    assert(lately < buyers);
    await enter(tab, "#rule-0-last-amount", "7");
    const thisWeek = await newCount(tab, lately);
    assert(thisWeek < lately);
    await click(tab, "#rule--add");
    await appears(tab, "#rule-1-kind");
    await choose(tab, "#rule-1-event", "search");
    await isAnswered(tab);
    const both = await count(tab);
    await choose(tab, "#rule--mode", "any");
    const either = await newCount(tab, both);
    const [first, second] = [await alone(tab, 0), await alone(tab, 1)];
    assert.equal(first, thisWeek);
    assert.equal(both + either, first + second, "both and either count everybody who meets one");
    await choose(tab, "#rule--mode", "none");
    assert.equal(await newCount(tab, either), all - either);
    await choose(tab, "#rule--mode", "all");
    await newCount(tab, all - either);
    await click(tab, "#rule-1-not");
    assert.equal(await newCount(tab, both), first - both, "the first, but not the second");
    assert.equal(await attribute(tab, "#rule-1-not", "aria-pressed"), "true");
    await click(tab, "#rule-1-remove");
    await disappears(tab, "#rule-1-kind");
    assert.equal(await newCount(tab, first - both), first);
    await click(tab, "#undo");
    await appears(tab, "#rule-1-kind");
    assert.equal(await newCount(tab, first), first - both);
    // Another kind keeps the event.
    for (const kind of ["not", "sequence", "first", "last", "regularly", "stopped", "restarted", "top", "is", "list", "did"]) {
      await choose(tab, "#rule-0-kind", kind);
      await isAnswered(tab);
      await disappears(tab, "#question-error");
      assert.equal(await ask(tab, () => document.querySelector("#rule-0-kind").value), kind);
    }
    // What is no number is refused where it stands, and the rest stays.
    await choose(tab, "#rule-0-bounds", "least");
    await enter(tab, "#rule-0-number", "many");
    await appears(tab, "#question-error");
    await enter(tab, "#rule-0-number", "2");
    await disappears(tab, "#question-error");
  }],
  ["groups of other questions: stages add up, scores can be ranges, the sentence says which", async (tab) => {
    await openBuilder(tab);
    const all = await count(tab);
    await click(tab, "#rule--add");
    await appears(tab, "#rule-0-kind");
    await choose(tab, "#rule-0-kind", "group");
    await appears(tab, "#rule-0-group-value");
    let sum = 0;
    for (const stage of ["new", "growing", "mature", "resurrected", "dormant", "lost"]) {
      await choose(tab, "#rule-0-group-value", stage);
      await says(tab, "#answer", new RegExp(`Life-cycle stage: ${en.name[`stage_${stage}`]}`));
      await isAnswered(tab);
      sum += await count(tab);
    }
    assert.equal(sum, all, "every user is in one stage");
    await choose(tab, "#rule-0-group", "recency");
    await choose(tab, "#rule-0-group-value", "4-5");
    await says(tab, "#answer", /R score: 4 or more/);
    await isAnswered(tab);
    const [both, parts] = [await count(tab), []];
    for (const score of ["4", "5"]) {
      await choose(tab, "#rule-0-group-value", score);
      await says(tab, "#answer", new RegExp(`R score: ${score}”`));
      await isAnswered(tab);
      parts.push(await count(tab));
    }
    assert.equal(both, parts[0] + parts[1]);
    assert(parts.every((users) => users > 0));
  }],
  ["a group in a group; the focus stays where it is", async (tab) => {
    await openBuilder(tab);
    await click(tab, "#rule--add");
    await appears(tab, "#rule-0-kind");
    await click(tab, "#rule--add-group");
    await appears(tab, "#rule-1-0-kind");
    await choose(tab, "#rule-1-0-event", "search");
    await tab.page.focus("#rule-1-0-window");
    await choose(tab, "#rule-1-0-window", "first");
    await appears(tab, "#rule-1-0-first-days");
    await waitFor(tab, () => document.activeElement?.id === "rule-1-0-window", undefined, "the focus is lost");
    await click(tab, "#rule-1-add");
    await appears(tab, "#rule-1-1-kind");
    await says(tab, "#answer", /, and \(did “search” in their first 7 days, or did “purchase”\)\./);
    await click(tab, "#rule-1-remove");
    await disappears(tab, "#rule-1-0-kind");
  }],
  ["saved, looked at on another page, edited again, and refused in a circle", async (tab) => {
    await openBuilder(tab);
    const all = await count(tab);
    await click(tab, "#rule-start-0");
    const recent = await newCount(tab, all);
    await save(tab, "Recent");
    await click(tab, "#nav-builder");
    await says(tab, "#answer", builder.answer_empty);
    await click(tab, "#rule--add");
    await appears(tab, "#rule-0-kind");
    await choose(tab, "#rule-0-kind", "segment");
    await waitFor(tab, () => document.querySelector("#rule-0-segment")?.value === "Recent", undefined, "no segment to choose");
    await isAnswered(tab);
    await waitFor(tab, (wanted) => document.querySelector("#rule-users").textContent === wanted, integer(recent), "not the same users");
    await click(tab, "#rule-0-not");
    const rest = await newCount(tab, recent);
    await save(tab, "Not recent");
    await click(tab, "#rule-look");
    await says(tab, "#segment", /Not recent/);
    await click(tab, "#nav-overview");
    await isAnswered(tab);
    await says(tab, "#population", new RegExp(integer(rest)));
    // Edited from the list: the rule, the filter and the name are back.
    await click(tab, "#segment");
    await click(tab, `#segment-list a[aria-label="${fill(en.scope.edit, { name: "Recent" })}"]`);
    await appears(tab, "#rule-0-kind");
    await says(tab, "#rule-users", integer(recent));
    await choose(tab, "#rule-0-kind", "segment");
    await choose(tab, "#rule-0-segment", "Not recent");
    await isAnswered(tab);
    await save(tab, "Recent");
    await says(tab, "#builder-refused", /Recent → Not recent → Recent|Not recent → Recent → Not recent/);
  }],
  ["ids are pasted; a long list stays in the tab", async (tab) => {
    await openBuilder(tab);
    await click(tab, "#rule-list");
    await appears(tab, "#users-table tbody tr");
    const ids = (await ask(tab, () => [...document.querySelectorAll("#users-table tbody tr td:first-child")].slice(0, 3).map((cell) => cell.textContent.trim())));
    await click(tab, "#users-panel-close");
    await click(tab, "#rule--add");
    await appears(tab, "#rule-0-kind");
    await choose(tab, "#rule-0-kind", "list");
    await click(tab, "#rule-0-ids");
    await appears(tab, "#rule-ids-text");
    await write(tab, "#rule-ids-text", `user_id\n${ids.join("\n")}\nnobody\n`);
    await says(tab, "#rule-ids-said", fill(builder.ids_count, { count: "4" }));
    await click(tab, "#rule-ids-apply");
    await waitFor(tab, () => document.querySelector("#rule-users").textContent === "3", undefined, "not three users");
    await says(tab, "#rule-0-ids", fill(builder.ids_count, { count: "4" }));
    await click(tab, "#rule-0-ids");
    await appears(tab, "#rule-ids-text");
    await ask(tab, () => {
      const field = document.querySelector("#rule-ids-text");
      field.value = [...field.value.split("\n"), ...Array.from({ length: 40_000 }, (_, number) => `x${number}`)].join("\n");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await says(tab, "#rule-ids-said", fill(builder.ids_count, { count: "40,004" }));
    await waitFor(tab, () => document.querySelector("#rule-ids-text").value === "", undefined, "a long list is shown");
    await click(tab, "#rule-ids-apply");
    await disappears(tab, "#rule-ids-apply");
    await says(tab, "#rule-0-ids", fill(builder.ids_count, { count: "40,004" }));
    await says(tab, "#rule-users", "3");
    const address = await ask(tab, () => location.hash);
    assert(address.length < 1000, `${address.length} characters of address`);
    assert.equal(await isVisible(tab, "#rule-0-ids-lost"), false);
    // Another engine is given it, another tab is not.
    await click(tab, "#close-data");
    await appears(tab, "#try-sample");
    await openSample(tab);
    await ask(tab, (hash) => { location.hash = hash; }, address);
    await says(tab, "#rule-users", "3");
    await tab.page.reload();
    await appears(tab, "#try-sample");
    await openSample(tab);
    await ask(tab, (hash) => { location.hash = hash; }, address);
    await appears(tab, "#rule-0-ids-lost");
    await says(tab, ".page", /40,004/);
    await waitFor(tab, (text) => document.body.textContent.includes(text), fill(en.error.list_not_held, { found: "40,004" }), "nothing says why");
  }],
]);

async function openBuilder(tab) {
  await openSample(tab);
  await click(tab, "#nav-builder");
  await says(tab, "main h1", builder.title);
  await isAnswered(tab);
  await says(tab, "#rule-users", /\d/);
}

const count = async (tab) => Number((await textOf(tab, "#rule-users")).replaceAll(",", ""));

const alone = async (tab, place) => Number((await textOf(tab, `#rule-${place}-alone`)).replaceAll(/\D/g, ""));

/** The count once it is another than before. */
async function newCount(tab, before) {
  await waitFor(tab, (before) => document.querySelector("#rule-users").textContent !== before, integer(before), `still ${before}`);
  await isAnswered(tab);
  return count(tab);
}

async function save(tab, name) {
  await click(tab, "#rule-save");
  await appears(tab, "#segment-name");
  await write(tab, "#segment-name", name);
  await click(tab, "#segment-save");
  await disappears(tab, "#segment-name");
}
