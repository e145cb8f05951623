// Clusters: they add up and open as many users as they say, as rows and as cells; how many, and by what, is chosen.
import assert from "node:assert/strict";

import { words } from "./expected.mjs";
import { crosswise } from "./environments.mjs";
import { appears, ask, choose, click, isAnswered, openSample, pointAt, says, tableRows, usersAre, usersBehind, waitFor } from "./hands.mjs";

const { en } = words;
const number = (text) => Number(text.replaceAll(/[,%]/g, ""));
const users = (rows) => rows.map((row) => number(row[2]));
const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

crosswise([
  ["clusters open their users, and add up", async (tab) => {
    await openClusters(tab);
    const rows = await tableRows(tab, "clusters-table");
    await says(tab, "#answer", new RegExp(`^[\\d,]+ users part into ${rows.length} clusters\\. The most valuable, cluster 1, is [\\d.]+% of the users and brings [\\d.]+% of revenue: .+\\. The mean silhouette is \\d\\.\\d\\d: `));
    assert.equal(sum(users(rows)), number((await ask(tab, () => document.querySelector("#answer").textContent)).split(" ")[0]));
    for (const [place, [name, told]] of rows.entries()) {
      assert.equal(name, `Cluster ${place + 1}`);
      assert.notEqual(told, "");
      await usersBehind(tab, `#clusters-table tbody tr:nth-child(${place + 1}) td:nth-child(3) button`, users(rows)[place]);
    }
    const at = await pointAt(tab, "clusters-profile", /^Cluster 1, Orders: mean [\d.,]+, centre [\d.,]+; /);
    await tab.page.mouse.click(at.x, at.y);
    await usersAre(tab, users(rows)[0], () => says(tab, "#users-panel h2", `Cluster 1: ${rows[0][1]}`));
  }],
  ["how many clusters, and by what users are compared, is chosen", async (tab) => {
    await openClusters(tab);
    const all = sum(users(await tableRows(tab, "clusters-table")));
    await choose(tab, "#clusters-k", "6");
    await waitFor(tab, () => document.querySelectorAll("#clusters-table tbody tr").length === 6, undefined, "not six");
    assert.equal(sum(users(await tableRows(tab, "clusters-table"))), all);
    assert.match(await ask(tab, () => location.hash), /k=6/);
    await click(tab, "#feature_tenure");
    await isAnswered(tab);
    await waitFor(tab, (name) => document.querySelector("#clusters-table thead").textContent.includes(name), en.name.feature_tenure, "not compared by tenure");
    assert.match(decodeURIComponent(await ask(tab, () => location.hash)), /features=\["recency","frequency","monetary","tenure"\]/);
    await click(tab, "#definition-open");
    await appears(tab, "#start");
    await choose(tab, "#start", "drawn");
    await appears(tab, "#seed");
    await isAnswered(tab);
    assert.equal(sum(users(await tableRows(tab, "clusters-table"))), all);
  }],
]);

async function openClusters(tab) {
  await openSample(tab);
  await click(tab, "#nav-clusters");
  await says(tab, "main h1", en.page_clusters.title);
  await isAnswered(tab);
  await appears(tab, "#clusters-table tbody tr:nth-child(2)");
}
