// Interaction to next paint through a whole journey with a million rows, and how long charts take to be drawn.
import fs from 'node:fs';
import os from 'node:os';
import { launch } from './browser.mjs';
import { inBench } from './folders.mjs';
import { Hand, slowest, UNREPORTED } from './hand.mjs';
import { circumstances, markdown, median, time } from './report.mjs';
import { GALLERY_STEPS, STEPS } from './steps.mjs';
import { watch } from './watch.mjs';

/** What the house wants: interaction to next paint, and one drawing of a chart, in milliseconds. */
const GOALS = { paint: 100, draw: 16 };
const WINDOW = { width: 1440, height: 900 };

/** `options`: chromium, address, file, limit, repeats, only (a pattern for the steps that are done). */
export async function journey(options) {
  const runs = [];
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    const load = os.loadavg()[0];
    const run = await go(options);
    runs.push({ ...run, load });
    fs.mkdirSync(inBench('results'), { recursive: true });
    fs.appendFileSync(inBench('results/journey.jsonl'), `${JSON.stringify({ at: new Date().toISOString(), ...runs.at(-1) })}\n`);
    const worst = run.steps.reduce((most, step) => ((slowest(step) ?? 0) > (slowest(most) ?? 0) ? step : most));
    const found = `${run.steps.length} steps, slowest ${time(slowest(worst))} (${worst.name})`;
    console.log(`${repeat + 1}/${options.repeats} (load ${load.toFixed(1)}): ${found}`);
  }
  const text = [circumstances(runs), ...report(runs)].join('\n\n');
  console.log(`\n${text}`);
  fs.writeFileSync(inBench('results', 'journey.md'), `${text}\n`);
}

/** The whole journey in a browser of its own. */
async function go({ chromium, address, file, limit }) {
  const { page, errors, version, close } = await launch(chromium, watch);
  const hand = new Hand(page, limit);
  const steps = [];
  const does = async ({ name, act, wanted }) => steps.push(await hand.step(name, act, wanted));
  try {
    await page.setViewportSize(WINDOW);
    await page.goto(`${address}/dist/index.html`);
    await page.waitForSelector('#choose-file');
    await page.setInputFiles('#file-input', file);
    await page.waitForSelector('#analyze:enabled', { timeout: limit });
    await does({ name: 'file: open', act: () => hand.click('#analyze'), wanted: { there: '#active-by-day tbody td' } });
    for (const step of STEPS) await does(step);
    await page.evaluate(() => (location.hash = '#/gallery'));
    await page.waitForSelector('#table-error-retry', { timeout: limit });
    for (const step of GALLERY_STEPS) await does(step);
    const charts = await chartSteps(page);
    for (const step of charts) await does(step);
    return { browser: version, steps, drawings: await drawings(hand) };
  } catch (error) {
    const shot = inBench('results', 'journey-failed.png');
    await page.screenshot({ path: shot }).catch(() => {});
    throw new Error(`after ${steps.at(-1)?.name}: ${error.message}. Picture: ${shot}. Console: ${errors.join('; ') || 'empty'}`);
  } finally {
    await close();
  }
}

/** Every chart of the gallery that has a legend is drawn anew when a name in it is pressed. */
async function chartSteps(page) {
  const ids = await page.evaluate(() =>
    [...document.querySelectorAll('#gallery figure.chart:has(.legend-item)')].map((chart) => chart.id),
  );
  return ids.flatMap((id) => {
    const [button, hidden] = [`#${id} .legend-item`, `#${id} .legend-item[aria-pressed="false"]`];
    const act = (hand) => hand.click(button);
    return [
      { name: `legend: hide, ${id}`, act, wanted: { there: hidden } },
      { name: `legend: show, ${id}`, act, wanted: { gone: hidden } },
    ];
  });
}

/** The gallery draws each of its charts nine times, 1440 pixels wide, and says the medians. */
async function drawings(hand) {
  await hand.click('#gallery-measure');
  await hand.page.waitForSelector('#gallery-times tr', { timeout: hand.limit });
  const rows = await hand.page.evaluate(() =>
    [...document.querySelectorAll('#gallery-times tr')].map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
  return Object.fromEntries(rows.map(([name, text]) => [name, Number(text.replaceAll(',', ''))]));
}

/** Medians of each step over the runs, and of all interactions together. */
function report(runs) {
  const of = (name, read) => {
    const values = runs.map((run) => read(run.steps.find((step) => step.name === name))).filter((value) => value !== undefined);
    return median(values);
  };
  const rows = runs[0].steps.map(({ name }) => ({
    name,
    paint: of(name, slowest),
    task: of(name, (step) => step.task),
    gap: of(name, (step) => step.gap),
    answered: of(name, (step) => step.answered),
  }));
  const all = runs.flatMap((run) => run.steps.flatMap(every)).sort((left, right) => left - right);
  const share = (part) => all[Math.min(all.length - 1, Math.floor(all.length * part))];
  const slow = rows.filter((row) => row.paint > GOALS.paint);
  const known = (value) => (value === undefined ? '–' : time(value));
  const short = (value) => (value <= UNREPORTED ? `≤ ${UNREPORTED} ms` : known(value));
  const names = Object.keys(runs[0].drawings);
  const draws = names.map((name) => [name, median(runs.map((run) => run.drawings[name]))]);
  const late = draws.filter(([, value]) => value >= GOALS.draw);
  return [
    `${all.length} interactions in ${runs.length} runs: median ${short(median(all))}, 98th percentile ${short(share(0.98))}, ` +
      `slowest ${short(all.at(-1))}; ${all.filter((value) => value > GOALS.paint).length} over ${GOALS.paint} ms`,
    `Steps whose median is over ${GOALS.paint} ms: ${slow.map((row) => `${row.name} (${time(row.paint)})`).join(', ') || 'none'}`,
    markdown(
      ['step', 'interaction to next paint', 'longest task', 'longest frame', 'answer on the screen'],
      rows.map((row) => [row.name, short(row.paint), known(row.task || undefined), time(row.gap), known(row.answered)]),
    ),
    `Drawings that take ${GOALS.draw} ms or more: ${late.map(([name, value]) => `${name} (${value} ms)`).join(', ') || 'none'}`,
    markdown(['chart, 1440 px', 'one drawing'], draws.map(([name, value]) => [name, `${value.toFixed(1)} ms`])),
  ];
}

/** All interactions of a step; those that the browser did not report were quick. */
const every = ({ inputs, interactions }) => [
  ...interactions.map((interaction) => interaction.duration),
  ...Array(Math.max(0, inputs - interactions.length)).fill(UNREPORTED),
];
