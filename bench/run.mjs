// Strata side by side with other engines in headless Chromium; README.md tells what is measured and how.
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { inBench } from './lib/folders.mjs';
import * as setup from './lib/setup.mjs';

const GATE_ROWS = 100_000;
const SIZES = '1000000,10000000,40000000';
const SIZES_PEERS = 'strata,js-bytes,read-floor';

const USAGE = `node bench/run.mjs [options]
  --n 1000000            rows of the event log
  --sizes a,b            rows of the event logs of --mode sizes: ${SIZES}
  --reps 5               browsers per peer; 9 for t0, 3 for sizes and the journey
  --again 2              repeats of each query in its tab
  --peers a,b            ${JSON.parse(fs.readFileSync(inBench('peers.json')))
    .map((peer) => peer.id)
    .join(', ')} (default: all)
  --tasks T1,T2          T1 is always run; T2 to T8 (default: all)
  --timeout 300          seconds that a step may take; 900 for sizes
  --no-gate              skip the correctness gate at ${GATE_ROWS} rows
  --mode all             tasks, parquet (the same rows from Parquet), t0 (start of the page and its size), journey (interaction
                         to next paint), or all of these; sizes (files of several sizes) and segments (questions of segmentation,
                         Strata alone) only by their names`;

function readOptions() {
  const text = (value) => ({ type: 'string', default: value });
  const options = {
    n: text('1000000'),
    reps: text(''),
    again: text('2'),
    peers: text(''),
    tasks: text('T2,T3,T4,T5,T6,T7,T8'),
    sizes: text(SIZES),
    timeout: text(''),
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

/** The peers of these names, or all, that open files of the kind `csv` or `parquet`. */
function choosePeers(wanted, kind) {
  const all = JSON.parse(fs.readFileSync(inBench('peers.json'), 'utf8'));
  const names = wanted ? wanted.split(',') : all.map((peer) => peer.id);
  const chosen = names.map((name) => all.find((peer) => peer.id === name) ?? setup.stop(`--peers: ${name} is unknown\n${USAGE}`));
  const fitting = chosen.filter((peer) => {
    if (!peer.opens.includes(kind)) return false;
    const there = !peer.needs || setup.built(peer.needs);
    if (!there) console.log(`${peer.id} is left out: ${peer.needs} is missing, run \`cargo xtask build\` first`);
    return there;
  });
  if (!fitting.length) console.log(`none of these peers opens ${kind}: ${names.join(', ')}`);
  return fitting;
}

const options = readOptions();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
const [n, again] = [wholeNumber(options, 'n', 1), wholeNumber(options, 'again', 0)];
const repeats = (usual) => (options.reps ? wholeNumber(options, 'reps', 1) : usual);
const seconds = (usual) => (options.timeout ? wholeNumber(options, 'timeout', 1) : usual) * 1000;
const tasks = options.tasks.split(',').filter((task) => task !== 'T1');
const MODES = ['tasks', 'parquet', 't0', 'journey', 'sizes', 'segments'];
if (![...MODES, 'all'].includes(options.mode)) setup.stop(`--mode: ${options.mode} is unknown\n${USAGE}`);
for (const task of tasks) if (!/^T[2-8]$/.test(task)) setup.stop(`--tasks: ${task} is unknown\n${USAGE}`);

setup.packages();
// Only now: these stand on npm packages.
const { serve } = await import('./lib/serve.mjs');
const { measure } = await import('./lib/measure.mjs');
const { journey } = await import('./lib/journey.mjs');
const { startup } = await import('./lib/startup.mjs');
const { columns, CODECS } = await import('./lib/parquet.mjs');
const { sizes } = await import('./lib/sizes.mjs');
const { segments } = await import('./lib/segments.mjs');
const { publish, rounds } = await import('./lib/rounds.mjs');
const { BASE, againstFloor, circumstances, compare, failures, listed, memories, table } = await import('./lib/report.mjs');

const chromium = setup.chromium();
const server = await serve();
const common = { chromium, address: server.address, limit: seconds(300) };
let failed = false;

// The largest size needs gigabytes of disk.
const wanted = (mode) => options.mode === mode || (options.mode === 'all' && !['sizes', 'segments'].includes(mode));
const orStop = (error) => setup.stop(error.message);

if (wanted('tasks')) {
  const peers = choosePeers(options.peers, 'csv');
  if (peers.length && !options['no-gate']) await gate(peers, setup.events, tasks);
  if (peers.length) await timings(peers);
}
if (wanted('parquet')) {
  const peers = choosePeers(options.peers, 'parquet');
  const gated = peers.length && !options['no-gate'] ? CODECS : [];
  for (const codec of gated) await gate(peers, (rows) => setup.parquet(rows, codec), []);
  if (peers.length) await fromParquet(peers);
}
if (wanted('sizes')) {
  const peers = choosePeers(options.peers || SIZES_PEERS, 'csv');
  if (peers.length) await bySize(peers);
}
if (wanted('segments')) {
  const [peer] = choosePeers(BASE, 'csv');
  const records = peer ? await segments({ peer, reps: repeats(3), rows: n, file: setup.events(n), again, options: common }) : [];
  if (failures(records).length) failed = true;
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

/** Before any timing: every peer's results on a small log are those of the oracle. `fileOf(rows)`; `asked`: the tasks. */
async function gate(peers, fileOf, asked) {
  const oracle = setup.oracle(GATE_ROWS);
  const known = Object.fromEntries(Object.entries(oracle.tasks).filter(([task]) => asked.includes(task)));
  const records = [{ peer: 'oracle', tasks: known, check: oracle.check }];
  const job = { file: fileOf(GATE_ROWS), rows: GATE_ROWS, tasks, again: 0 };
  for (const peer of peers) records.push(await measure(peer, { ...common, ...job }));
  judge(`Results at ${GATE_ROWS} rows`, records);
}

async function timings(peers) {
  const jobs = [{ label: `${n} rows`, file: setup.events(n), rows: n, tasks, again }];
  const records = await rounds({ peers, jobs, reps: repeats(5), options: common });
  judge(`Results at ${n} rows`, records);
  publish(`summary_${n}`, [
    `## ${n} rows, ${repeats(5)} browsers per peer`,
    circumstances(records),
    'First run after the load: median (ratio to Strata, or to the fastest where Strata is not among them).',
    table(records, (milliseconds) => milliseconds.slice(0, 1)),
    ...againstFloor(records),
    ...(again ? ['Repeats in the same tab:', table(records, (milliseconds) => milliseconds.slice(1))] : []),
    `Peak memory of the tab, MB: ${listed(memories(records))}`,
  ]);
}

async function fromParquet(peers) {
  const fileOf = (codec) => setup.parquet(n, codec);
  const records = await columns({ peers, reps: repeats(5), rows: n, fileOf, options: common });
  judge(`Results at ${n} rows of Parquet`, records);
}

/** Other peers may come to their end before Strata does. */
async function bySize(peers) {
  const all = options.sizes.split(',').map((size) => wholeNumber({ sizes: size }, 'sizes', 1));
  const longer = { ...common, limit: seconds(900) };
  const records = await sizes({ peers, reps: repeats(3), all, tasks, fileOf: setup.events, options: longer });
  for (const rows of all)
    judge(
      `Results at ${rows} rows`,
      records.filter((record) => record.n === rows),
      (peer) => peer === BASE,
    );
}

/** Prints how the peers agree and what failed; both count as failures of the run, those of peers that may not fail. */
function judge(title, records, mayNotFail = () => true) {
  const { lines, differences } = compare(records);
  const wrong = failures(records);
  console.log(`\n${title}:\n${[...lines, ...wrong.map((line) => `FAILED ${line}`)].join('\n')}\n`);
  if (differences || failures(records.filter((record) => mayNotFail(record.peer))).length) failed = true;
}
