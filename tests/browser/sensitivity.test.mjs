// A page's figure under other definitions, what is compared with it, and a definition that is chosen there.
import assert from "node:assert/strict";

import { fill, words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, click, disappears, openSample, textOf, waitFor } from "./hands.mjs";

const { sensitivity, page } = words.en;

crosswise([
  ["each definition tells its figure, and the one that is chosen becomes the page's", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-retention");
    const rows = await opened(tab);
    assert.equal(rows[0][0], sensitivity.now);
    const later = fill(sensitivity.choice, { control: page.retention.when, choice: page.retention.when_after });
    const place = rows.findIndex(([name]) => name === later);
    assert(place > 0, `${later} is not among ${rows.map(([name]) => name)}`);
    const [, now] = rows[0].map(Number.parseFloat);
    const [, figure, change] = rows[place];
    assert(Number.parseFloat(figure) > now, "who comes later too is counted as well");
    assert.equal(change, `+${fill(page.points, { points: (Number.parseFloat(figure) - now).toFixed(1) })}`);
    await click(tab, `#sensitivity-table tbody tr:nth-child(${place + 1}) button`);
    await waitFor(tab, () => location.hash.includes("when=onOrAfter"), undefined, "the definition is not chosen");
    await waitFor(tab, (figure) => document.querySelector("#sensitivity-table tbody td")?.textContent === figure, figure, "the page counts otherwise");
    assert.match(await textOf(tab, "#answer"), new RegExp(figure.replace(".", "\\.")));
    await click(tab, "#sensitivity-open");
    await disappears(tab, "#definition-panel");
  }],
  ["a comparison is told under each definition", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-repurchase");
    await ask(tab, () => { location.hash = "#/repurchase?dates=2025-07-01..2025-12-31&compare=previous"; });
    await appears(tab, "#comparison");
    const rows = await opened(tab);
    assert.equal(rows[0].length, 5);
    const signs = rows.map((row) => row[4][0]);
    const turned = signs.filter((sign) => sign !== signs[0] && "+\u2212".includes(sign)).length;
    const others = rows.length - 1;
    const end = turned === 0 ? fill(sensitivity.holds, { all: others }) : fill(sensitivity.turns, { turned, all: others });
    const verdict = await textOf(tab, "#sensitivity-verdict");
    assert(verdict.endsWith(end), `${verdict} does not end with ${end}`);
    assert.equal(await ask(tab, () => document.querySelectorAll("#sensitivity-table tr.turned").length), turned);
  }],
  ["growth and the funnel have others too", async (tab) => {
    await openSample(tab);
    for (const name of ["growth", "funnel"]) {
      await click(tab, `#nav-${name}`);
      const rows = await opened(tab);
      assert(rows.length > 4, `${name} has ${rows.length}`);
      assert(rows.every((row) => /\d/.test(row[1])), JSON.stringify(rows));
      await click(tab, "#sensitivity-open");
      await disappears(tab, "#definition-panel");
    }
  }],
]);

/** The rows under other definitions, when all are there. */
async function opened(tab) {
  await waitFor(tab, () => document.querySelector("main [aria-busy=true]") === null, undefined, "the page does not answer");
  await click(tab, "#sensitivity-open");
  await appears(tab, "#sensitivity-table tbody tr");
  await waitFor(tab, () => document.querySelector("#sensitivity")?.getAttribute("aria-busy") === "false", undefined, "figures do not come");
  return ask(tab, () => [...document.querySelectorAll("#sensitivity-table tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent.trim())));
}
