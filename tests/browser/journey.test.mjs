// From the start page to answers about the sample data, and every figure on the way is the reference's.
import assert from "node:assert/strict";

import {
  date, dayAfter, decimal, elevenSegments, fill, grid, integer, money, month, percent, phrases, reference, words,
} from "./expected.mjs";
import { everywhere } from "./environments.mjs";
import {
  appears, ask, attribute, choose, click, csvRows, disappears, download, focus, openSample, placeOf, pngSize, pointAt, press,
  readXml, saveList, says, spoken, tableRows, textOf, textsOf, waitFor, walk,
} from "./hands.mjs";

const { en, zh } = words;
const { overview, active_users: active, rfm, retention } = reference;

everywhere([
  ["the sample's overview shows the reference's figures", async (tab) => {
    await says(tab, "h1", en.start.title);
    await openSample(tab);
    assert.equal(await textOf(tab, "#bar-rows"), integer(overview.rows));
    assert.equal(await textOf(tab, "#bar-users"), integer(overview.users));
    assert.equal(await textOf(tab, "#bar-zone"), reference.time_zone);
    const range = { from: date("en", overview.first_day), to: date("en", overview.last_day) };
    assert.equal(await textOf(tab, "#bar-range"), fill(en.app.range, range));
    const figures = {
      "active-users": integer(active.monthly.at(-1)), revenue: money(overview.net_revenue),
      "repeat-rate": percent(overview.repeat_purchase_rate), users: integer(overview.users),
      buyers: integer(overview.buyers), orders: integer(overview.orders), average: decimal(overview.average_order_value / 100),
    };
    for (const [key, figure] of Object.entries(figures)) await says(tab, `#kpi-${key}`, figure);
    await usersBehind(tab, "#kpi-buyers", overview.buyers);
    await everyDay(tab);
  }],
  ["segments are the reference's, and the list behind a cell has as many users as the cell says", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-segments");
    await groupsAre(tab, elevenSegments());
    await everyCell(tab, grid());
    await listBehindCell(tab);
    await chartFiles(tab);
    await choose(tab, "#ties", "ntile");
    await groupsAre(tab, elevenSegments("ntile"));
    assert.match(await hash(tab), /^#\/segments\?/);
    await everyCell(tab, grid("ntile"));
  }],
  ["a chart's figures come as CSV that other programs can calculate with", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-segments");
    await groupsAre(tab, elevenSegments());
    await chartFigures(tab);
  }],
  ["the eight cells and the ten segments are the reference's", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-segments");
    await click(tab, "#view-ten");
    await groupsAre(tab, rfm.methods.tie_min_rank.segments);
    await click(tab, "#view-eight");
    const cells = Object.entries(rfm.eight_cells.cells).map(([key, cell]) => [`eight_${key}`, cell]);
    await groupsAre(tab, Object.fromEntries(cells));
    await click(tab, "#measure-revenue");
    await says(tab, "#rfm-tiles .chart-title", en.page.segments.treemap_revenue);
  }],
  ["retention by month, week and day is the reference's; the address remembers, Back undoes", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-retention");
    await click(tab, "#numbers-counts");
    await cohortsAre(tab, "month");
    await click(tab, "#period-week");
    await cohortsAre(tab, "week");
    assert.match(await hash(tab), /[?&]period=week(&|$)/);
    await click(tab, "#period-day");
    await cohortsAre(tab, "day");
    assert.match(await hash(tab), /[?&]period=day(&|$)/);
    await ask(tab, () => history.back());
    await cohortsAre(tab, "week");
    assert.equal(await attribute(tab, "#period-week", "aria-pressed"), "true");
    await ask(tab, () => history.back());
    await cohortsAre(tab, "month");
    await ask(tab, () => history.forward());
    await cohortsAre(tab, "week");
    // Data are never kept, but where one was is in the address.
    await tab.page.reload();
    await says(tab, "h1", en.start.title);
    await click(tab, "#try-sample");
    await cohortsAre(tab, "week");
  }],
  ["a cell of retention opens as many users as came back", async (tab) => {
    await openSample(tab);
    await click(tab, "#nav-retention");
    const cohort = retention.month[3];
    await appears(tab, "#retention-heat canvas");
    await waitFor(tab, () => document.querySelectorAll("#retention-cohorts tbody tr").length > 0, undefined, "no table");
    const at = { cohort: month("en", cohort.start), offset: fill(en.page.retention.offset_month, { offset: 2 }) };
    const tip = fill(en.page.retention.tip, {
      ...at, active: integer(cohort.active[2]), size: integer(cohort.size), rate: percent(cohort.active[2] / cohort.size),
    });
    await focus(tab, "#retention-heat canvas");
    // The first mark is the oldest cohort at offset 0.
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"]) {
      await walk(tab, "retention-heat", key);
    }
    assert.equal(await spoken(tab, "retention-heat"), tip);
    await press(tab, "Enter");
    await panelCounts(tab, cohort.active[2]);
    assert.equal(await textOf(tab, "#users-panel h2"), fill(en.page.retention.users_of, at));
    await press(tab, "Escape");
    await disappears(tab, "#users-panel");
    await click(tab, "#numbers-counts");
    // The latest cohort comes first; its size stands in the third column.
    await usersBehind(tab, "#retention-cohorts tbody tr:first-child td:nth-child(3) button", retention.month.at(-1).size);
  }],
  ["the whole page speaks the other language, and looks dark or light, when asked", async (tab) => {
    await openSample(tab);
    await click(tab, "#language-zh");
    await waitFor(tab, () => document.documentElement.lang === "zh-CN", undefined, "html lang stays");
    for (const page of ["overview", "growth", "segments", "life-cycle", "value", "tiers", "clusters", "builder", "portrait", "retention", "repurchase", "funnel", "paths"]) {
      await click(tab, `#nav-${page}`);
      await says(tab, "main h1", (zh.page[page] ?? zh[`page_${page.replace("-", "_")}`]).title);
      if (page === "builder") await click(tab, "#rule-start-0");
      await waitFor(tab, () => document.querySelector("main table tbody tr") !== null, undefined, "no table");
      assert.equal(await ask(tab, () => document.title), `${zh.nav[page.replace("-", "_")]} · ${zh.start.sample_name} · ${zh.app.name}`);
      assert.deepEqual(await leftIn(tab, en, zh), [], `English on ${page}`);
      assert.match(await textOf(tab, "#answer"), /\p{Script=Han}/u);
    }
    await click(tab, "#nav-overview");
    await says(tab, "#kpi-revenue", money(overview.net_revenue));
    const range = { from: date("zh", overview.first_day), to: date("zh", overview.last_day) };
    assert.equal(await textOf(tab, "#bar-range"), fill(zh.app.range, range));
    await click(tab, "#language-en");
    await says(tab, "main h1", en.page.overview.title);
    assert.equal(await ask(tab, () => document.documentElement.lang), "en");
    assert.deepEqual(await leftIn(tab, zh, en), [], "Chinese on the page");
    await themes(tab);
  }],
]);

const hash = (tab) => ask(tab, () => location.hash);

/** Waits until the panel gives this number of users. */
async function panelCounts(tab, users) {
  await says(tab, "#users-total", fill(en.widget.users_count, { count: integer(users) }));
  await waitFor(tab, (rows) => document.querySelector("#users-table table")?.getAttribute("aria-rowcount") === String(rows + 1), users,
    `the list does not have ${users} rows`);
  await waitFor(tab, () => document.querySelector("#users-table tbody td") !== null && document.querySelector("#users-table .cell-waiting") === null,
    undefined, "the panel does not list its first users");
}

/** Opens the users behind a figure on the page, which has to say how many they are. */
async function usersBehind(tab, selector, users) {
  await says(tab, selector, integer(users));
  await click(tab, selector);
  await panelCounts(tab, users);
  await click(tab, "#users-panel-close");
  await disappears(tab, "#users-panel");
}

/** Active users day by day, the latest first; windows that are not full have no figure. */
async function everyDay(tab) {
  const shown = (list, day, window) => (day + 1 >= window ? integer(list[day]) : "–");
  const expected = active.daily.map((daily, day) => [
    date("en", dayAfter(active.first_day, day)), integer(daily), shown(active.weekly, day, 7), shown(active.monthly, day, 30),
    day >= 29 ? percent(daily / active.monthly[day]) : "–",
  ]).reverse();
  const rows = await tableRows(tab, "active-by-day");
  assert.equal(rows.length, expected.length);
  rows.forEach((row, place) => assert.deepEqual(row, expected[place]));
}

/** The table of groups has these users and this revenue, and its parts sum to the whole. */
async function groupsAre(tab, groups) {
  const expected = Object.fromEntries(Object.entries(groups).map(([key, { users, revenue }]) =>
    [en.name[key], [integer(users), money(revenue)]]));
  let found;
  await waitFor(tab, (size) => document.querySelectorAll("#rfm-groups tbody tr").length === size, Object.keys(groups).length,
    "the table has another number of groups");
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const rows = await tableRows(tab, "rfm-groups");
    found = Object.fromEntries(rows.map((row) => [row[0], [row[1], row[3]]]));
    if (JSON.stringify(Object.entries(found).sort()) === JSON.stringify(Object.entries(expected).sort())) break;
    await ask(tab, () => new Promise((resolve) => setTimeout(resolve, 50)));
  }
  assert.deepEqual(found, expected);
  const total = await textsOf(tab, "#rfm-groups tfoot td");
  assert.deepEqual([total[1], total[3]], [integer(overview.buyers), money(overview.net_revenue)]);
}

/** Walks through the grid of scores with the keyboard: every cell says what the reference has. */
async function everyCell(tab, cells) {
  await focus(tab, "#rfm-grid canvas");
  let said = await walk(tab, "rfm-grid", "ArrowRight");
  const read = {};
  for (let place = 0; ; place += 1) {
    const [, recency, frequency, users] = /^R (\d), F (\d) .*?: users (\d+(?:,\d{3})*)/.exec(said) ?? assert.fail(`it says ${said}`);
    read[`${recency}${frequency}`] = users;
    if (place === 24) break;
    said = await walk(tab, "rfm-grid", "ArrowRight");
  }
  const keys = [1, 2, 3, 4, 5].flatMap((recency) => [1, 2, 3, 4, 5].map((frequency) => `${recency}${frequency}`));
  assert.deepEqual(read, Object.fromEntries(keys.map((key) => [key, integer(cells[key]?.users ?? 0)])));
  await press(tab, "Escape");
}

/** Clicks a cell of the grid where the pointer says it is; the list and its CSV have as many users as the cell. */
async function listBehindCell(tab) {
  const { users } = grid()["54"];
  const at = await pointAt(tab, "rfm-grid", /^R 5, F 4 /);
  assert(await spoken(tab, "rfm-grid").then((said) => said.includes(`users ${integer(users)}`)));
  await tab.page.mouse.click(at.x, at.y);
  await panelCounts(tab, users);
  assert.equal(await textOf(tab, "#users-panel h2"), "R 5, F 4");
  const { name, bytes } = await saveList(tab);
  assert.match(name, /\.csv$/);
  const [header, ...rows] = csvRows(bytes);
  assert.equal(rows.length, users);
  assert(rows.every((row) => row.length === header.length));
  assert.equal(new Set(rows.map(([id]) => id)).size, users, "each user once");
  const onPage = await tableRows(tab, "users-table");
  assert.deepEqual(onPage.map(([id]) => id), rows.map(([id]) => id));
  await press(tab, "Escape");
  await disappears(tab, "#users-panel");
}

/** A chart as a picture with its title, twice as fine as the screen. */
async function chartFiles(tab) {
  const { width } = await placeOf(tab, "#rfm-grid canvas");
  const png = await download(tab, "#rfm-grid-png");
  assert.equal(png.name, "strata-rfm-grid.png");
  assert.equal(pngSize(png.bytes).width, 2 * Math.max(720, Math.round(width)));
  const svg = await download(tab, "#rfm-grid-svg");
  assert.equal(svg.name, "strata-rfm-grid.svg");
  const parsed = await readXml(tab, svg.bytes.toString("utf8"));
  assert.equal(parsed.wrong, undefined);
  assert.equal(parsed.root, "svg");
  assert(parsed.text.includes(en.page.segments.grid), parsed.text);
}

/** A chart's CSV: other programs calculate with it, so its cells are numbers and nothing else. */
async function chartFigures(tab) {
  const csv = await download(tab, "#rfm-grid-csv");
  const rows = csvRows(csv.bytes).slice(1).map(([recency, ...cells]) => [Number(recency), cells.map(Number)]);
  const counts = (recency) => [1, 2, 3, 4, 5].map((frequency) => grid()[`${recency}${frequency}`]?.users ?? 0);
  assert.deepEqual(rows, [5, 4, 3, 2, 1].map((recency) => [recency, counts(recency)]), csv.bytes.toString("utf8"));
}

/** The table of cohorts, in counts, the latest first. */
async function cohortsAre(tab, period) {
  const cohorts = retention[period].filter(({ size }) => size > 0).reverse();
  const [first] = cohorts;
  await waitFor(tab, ([start, length]) => {
    const table = document.querySelector("#retention-cohorts table");
    const rows = Number(table?.getAttribute("aria-rowcount")) - 1 - table?.tFoot.rows.length;
    return rows === length && table.tBodies[0].rows[0]?.cells[0].textContent.trim() === start;
  }, [date("en", first.start), cohorts.length], `the table does not show cohorts by ${period}`);
  await waitFor(tab, (size) => document.querySelector("#retention-cohorts tbody tr").cells[2].textContent.trim() === size,
    integer(first.size), `the latest ${period} has another size`);
  const rows = await tableRows(tab, "retention-cohorts");
  const offsets = rows[0].length - 4;
  const expected = cohorts.map(({ start, size, active: counts }) => {
    const shown = Array.from({ length: offsets }, (_, offset) => (offset < counts.length ? integer(counts[offset]) : "–"));
    return [date("en", start), integer(size), ...shown];
  });
  assert.deepEqual(rows.map(([start, , size, , ...counts]) => [start, size, ...counts]), expected);
}

/** Phrases of one language that stand on the page although the other language says something else. */
async function leftIn(tab, unwanted, wanted) {
  const other = new Set(phrases(wanted).map(([, text]) => text));
  const list = phrases(unwanted).map(([, text]) => text).filter((text) => text.length > 1 && !other.has(text));
  const shown = await ask(tab, () => {
    const texts = [...document.querySelectorAll("h1, h2, h3, th, label, legend, summary, button, nav a span, dt, .chart-sub")];
    // The languages' own names stay as they are; events and channels of the data are nobody's words.
    return texts.filter((element) => element.closest("[lang]") === document.documentElement && !element.closest("option, tbody"))
      .map((element) => element.textContent.trim());
  });
  return shown.filter((text) => list.includes(text));
}

/** Dark and light: what shines through changes, charts are drawn anew, and the choice outlives a reload. */
async function themes(tab) {
  const look = () => ask(tab, () => {
    const canvas = document.querySelector("#active-users canvas");
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const drawn = copy.getImageData(0, 0, canvas.width, canvas.height).data;
    let brightness = 0;
    let visible = 0;
    for (let at = 0; at < drawn.length; at += 4) {
      if (drawn[at + 3] > 200) {
        visible += 1;
        brightness += drawn[at] + drawn[at + 1] + drawn[at + 2];
      }
    }
    return {
      theme: document.documentElement.dataset.theme, background: getComputedStyle(document.documentElement).backgroundColor,
      brightness: Math.round(brightness / Math.max(visible, 1)), visible,
    };
  });
  await click(tab, "#theme-light");
  const light = await look();
  await click(tab, "#theme-dark");
  await waitFor(tab, () => document.documentElement.dataset.theme === "dark", undefined, "it stays light");
  const dark = await look();
  assert.equal(light.theme, "light");
  assert.notEqual(dark.background, light.background);
  assert(light.visible > 0 && dark.visible > 0, "a chart is empty");
  assert.notEqual(dark.brightness, light.brightness, "the chart kept its colours");
  await tab.page.reload();
  await appears(tab, "#try-sample");
  assert.equal(await ask(tab, () => document.documentElement.dataset.theme), "dark");
}
