// Strata side by side with other engines in headless Chromium; README.md tells what is measured and how.
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { inBench } from './lib/folders.mjs';
import * as setup from './lib/setup.mjs';

const GATE_ROWS = 100_000;

const USAGE = `node bench/run.mjs [options]
  --n 1000000            rows of the event log
  --reps 5               browsers per peer; 9 for t0, 3 for the journey
  --again 2              repeats of each query in its tab
  --peers a,b            ${JSON.parse(fs.readFileSync(inBench('peers.json')))
    .map((peer) => peer.id)
    .join(', ')} (default: all)
  --tasks T1,T2          T1 is always run; T2 to T8 (default: all)
  --timeout 300          seconds that a step may take
  --no-gate              skip the correctness gate at ${GATE_ROWS} rows
  --mode all             tasks, t0 (start of the page and its size), journey (interaction to next paint), or all of them`;

function readOptions() {
  const text = (value) => ({ type: 'string', default: value });
  const options = {
    n: text('1000000'),
    reps: text(''),
    again: text('2'),
    peers: text(''),
    tasks: text('T2,T3,T4,T5,T6,T7,T8'),
    timeout: text('300'),
    mode: text('all'),
    'no-gate': { type: 'boolean' },
    help: { type: 'boolean' },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return setup.stop(`${error.message}\n${USAGE}`);
  }
}

function wholeNumber(options, name, least) {
  const value = Number(options[name]);
  return Number.isInteger(value) && value >= least
    ? value
    : setup.stop(`--${name} ${options[name]}: a whole number from ${least} is expected`);
}

function choosePeers(wanted) {
  const all = JSON.parse(fs.readFileSync(inBench('peers.json'), 'utf8'));
  const names = wanted ? wanted.split(',') : all.map((peer) => peer.id);
  const chosen = names.map((name) => all.find((peer) => peer.id === name) ?? setup.stop(`--peers: ${name} is unknown\n${USAGE}`));
  return chosen.filter((peer) => {
    const there = !peer.needs || setup.built(peer.needs);
    if (!there) console.log(`${peer.id} is left out: ${peer.needs} is missing, run \`cargo xtask build\` first`);
    return there;
  });
}

const options = readOptions();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
const [n, again] = [wholeNumber(options, 'n', 1), wholeNumber(options, 'again', 0)];
const repeats = (usual) => (options.reps ? wholeNumber(options, 'reps', 1) : usual);
const reps = repeats(5);
const limit = wholeNumber(options, 'timeout', 1) * 1000;
const tasks = options.tasks.split(',').filter((task) => task !== 'T1');
const MODES = ['tasks', 't0', 'journey'];
if (![...MODES, 'all'].includes(options.mode)) setup.stop(`--mode: ${options.mode} is unknown\n${USAGE}`);
for (const task of tasks) if (!/^T[2-8]$/.test(task)) setup.stop(`--tasks: ${task} is unknown\n${USAGE}`);

setup.packages();
// Only now: these stand on npm packages.
const { serve } = await import('./lib/serve.mjs');
const { measure } = await import('./lib/measure.mjs');
const { journey } = await import('./lib/journey.mjs');
const { startup } = await import('./lib/startup.mjs');
const { circumstances, compare, failures, table, time } = await import('./lib/report.mjs');

const chromium = setup.chromium();
const server = await serve();
const common = { chromium, address: server.address, limit, tasks };
let failed = false;

const wanted = (mode) => options.mode === mode || options.mode === 'all';
const orStop = (error) => setup.stop(error.message);

if (wanted('tasks')) {
  const peers = choosePeers(options.peers);
  if (!options['no-gate']) await gate(peers);
  await timings(peers);
}
if (wanted('t0')) {
  setup.emptyPage();
  await startup({ ...common, repeats: repeats(9), built: setup.built }).catch(orStop);
}
if (wanted('journey')) {
  if (!setup.built('dist/index.html')) setup.stop('dist/index.html is missing: run `cargo xtask build` first');
  await journey({ ...common, file: setup.events(n), repeats: repeats(3) }).catch(orStop);
}
server.close();
process.exit(failed ? 1 : 0);

/** Before any timing: every peer's results on a small log are those of the oracle. */
async function gate(peers) {
  const oracle = setup.oracle(GATE_ROWS);
  const known = Object.fromEntries(Object.entries(oracle.tasks).filter(([task]) => tasks.includes(task)));
  const records = [{ peer: 'oracle', tasks: known, check: oracle.check }];
  for (const peer of peers) {
    records.push(await measure(peer, { ...common, file: setup.events(GATE_ROWS), rows: GATE_ROWS, again: 0 }));
  }
  judge(`Results at ${GATE_ROWS} rows`, records);
}

/** Interleaved: each repeat goes once through all peers, beginning with another one each time. */
async function timings(peers) {
  const file = setup.events(n);
  const records = [];
  for (let repeat = 0; repeat < reps; repeat++) {
    for (let place = 0; place < peers.length; place++) {
      const peer = peers[(place + repeat) % peers.length];
      const load = os.loadavg()[0];
      const record = {
        at: new Date().toISOString(),
        n,
        repeat,
        load,
        ...(await measure(peer, { ...common, file, rows: n, again })),
      };
      records.push(record);
      keep(record);
      const times = Object.entries(record.tasks).map(
        ([task, { milliseconds, error }]) => `${task} ${error ? 'failed' : time(milliseconds[0])}`,
      );
      console.log(`${repeat + 1}/${reps} ${peer.id} (load ${load.toFixed(1)}): ${record.error ?? times.join(', ')}`);
    }
  }
  judge(`Results at ${n} rows`, records);
  const memory = peers.map(
    ({ id }) =>
      `${id} ${Math.max(...records.filter((record) => record.peer === id).map((record) => record.memory ?? 0)).toFixed(0)}`,
  );
  const summary = [
    `## ${n} rows, ${reps} browsers per peer`,
    circumstances(records),
    'First run after the load: median (ratio to Strata, or to the fastest where Strata is not among them).',
    table(records, (milliseconds) => milliseconds.slice(0, 1)),
    ...(again ? ['Repeats in the same tab:', table(records, (milliseconds) => milliseconds.slice(1))] : []),
    `Peak memory of the tab, MB: ${memory.join(', ')}`,
  ].join('\n\n');
  console.log(`\n${summary}`);
  fs.writeFileSync(inBench('results', `summary_${n}.md`), `${summary}\n`);
}

function judge(title, records) {
  const { lines, differences } = compare(records);
  const wrong = failures(records);
  console.log(`\n${title}:\n${[...lines, ...wrong.map((line) => `FAILED ${line}`)].join('\n')}\n`);
  if (differences || wrong.length) failed = true;
}

function keep(record) {
  fs.mkdirSync(inBench('results'), { recursive: true });
  const bare = Object.fromEntries(Object.entries(record.tasks).map(([task, { result, ...rest }]) => [task, rest]));
  fs.appendFileSync(inBench('results/raw.jsonl'), `${JSON.stringify({ ...record, tasks: bare })}\n`);
}
