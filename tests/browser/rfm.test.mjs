// Segments: thresholds are dragged and walked on histograms, whose bins open their users; levels by weights, activity without
// money, natural breaks; moves between two dates open as many users as they say.
import assert from "node:assert/strict";

import { words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, choose, click, disappears, focus, isAnswered, markAt, openSample, placeOf, press, says, tableRows, usersAre, waitFor } from "./hands.mjs";

const { en } = words;
const number = (text) => Number(text.replaceAll(/[,%]/g, ""));

crosswise([
  ["thresholds are lines that can be moved", async (tab) => {
    await openSegments(tab);
    await choose(tab, "#scoring", "thresholds");
    await appears(tab, "#rfm-spread-monetary .chart-handle");
    await isAnswered(tab);
    const before = await thresholds(tab);
    // The best score of recency, a step of the keyboard further.
    await focus(tab, "#rfm-spread-recency .chart-handle[aria-label$='5']");
    await press(tab, "PageUp");
    await waitFor(tab, (before) => document.querySelector("#threshold-recency-5").value !== before, before[3], "the arrow moves nothing");
    await isAnswered(tab);
    const walked = await thresholds(tab);
    assert(number(walked[3]) > number(before[3]) && number(walked[3]) <= number(walked[2]), `${before} → ${walked}`);
    // The last of amounts, dragged to the right by a bin or two.
    const lines = await tab.page.$$("#rfm-spread-monetary .chart-handle");
    assert.equal(lines.length, 4);
    const { x, y, width, height } = await placeOf(tab, "#rfm-spread-monetary .chart-handle[aria-label$='5']");
    await tab.page.mouse.move(x + width / 2, y + height / 2);
    await tab.page.mouse.down();
    await tab.page.mouse.move(x + width / 2 + 12, y + height / 2);
    await tab.page.mouse.move(x + width / 2 + 24, y + height / 2);
    await tab.page.mouse.up();
    await waitFor(tab, (before) => document.querySelector("#threshold-monetary-5").value !== before, before[11], "dragging moves nothing");
    assert(number((await thresholds(tab))[11]) > number(before[11]));
    await isAnswered(tab);
    const said = await markAt(tab, "rfm-spread-recency", 0);
    const users = Number(/: ([\d,]+)/.exec(said)[1].replaceAll(",", ""));
    await press(tab, "Enter");
    await usersAre(tab, users);
  }],
  ["levels, natural breaks and activity add up to all", async (tab) => {
    await openSegments(tab);
    const buyers = await sum(tab);
    await click(tab, "#view-levels");
    await says(tab, "#rfm-groups tbody tr:first-child td, #rfm-groups tbody tr:first-child th", en.name.level_5);
    assert.equal((await tableRows(tab, "rfm-groups")).length >= 5, true);
    assert.equal(await sum(tab), buyers);
    const before = await tableRows(tab, "rfm-groups");
    await click(tab, "#definition-open");
    await choose(tab, "#weight-monetary", "5");
    await waitFor(tab, (before) => document.querySelector("#rfm-groups tbody tr td:nth-child(2)").textContent.trim() !== before, before[0][1], "weights change nothing");
    assert.equal(await sum(tab), buyers);
    await choose(tab, "#scoring", "kMeans");
    await waitFor(tab, () => /kMeans/.test(location.hash), undefined, "natural breaks are not in the address");
    await isAnswered(tab);
    assert.equal(await sum(tab), buyers);
    await click(tab, "#basis-engagement");
    await waitFor(tab, () => /engagement/.test(location.hash), undefined, "activity is not in the address");
    await isAnswered(tab);
    assert(await sum(tab) > buyers, "everybody who was active");
    await disappears(tab, "#net-of-refunds");
  }],
  ["moves since an earlier date open their users", async (tab) => {
    await openSegments(tab);
    const buyers = await sum(tab);
    await click(tab, "#moves-show");
    await appears(tab, "#rfm-moves canvas");
    await says(tab, "#rfm-moves-answer", /stayed in their group/);
    await isAnswered(tab);
    const said = await markAt(tab, "rfm-moves", 0);
    const [, users] = /users ([\d,]+),/.exec(said);
    await press(tab, "Enter");
    await usersAre(tab, number(users));
    const told = await ask(tab, () => document.querySelector("#rfm-moves-answer").textContent.match(/[\d,]+ (?=of the)|(?<=the )[\d,]+|[\d,]+(?= moved| to a worse)/g).map((text) => Number(text.replaceAll(",", ""))));
    assert.equal(told[0] + told[2] + told[3], told[1], "stayed, up and down are all");
    assert(told[1] <= buyers);
  }],
]);

async function openSegments(tab) {
  await openSample(tab);
  await click(tab, "#nav-segments");
  await says(tab, "main h1", en.page.segments.title);
  await isAnswered(tab);
  await appears(tab, "#rfm-groups tbody tr:nth-child(4)");
}

const thresholds = (tab) => ask(tab, () => [...document.querySelectorAll("#thresholds input")].map((field) => field.value));

const sum = async (tab) => {
  await isAnswered(tab);
  const rows = await ask(tab, () => [...document.querySelectorAll("#rfm-groups tbody tr")].map((row) => row.children[1].textContent.trim()));
  return rows.reduce((all, users) => all + number(users), 0);
};
