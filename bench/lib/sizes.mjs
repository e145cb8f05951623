// One file of the same kind in several sizes: whether the time of a row stays what it is, and whether the largest can be used.
import { againstFloor, circumstances, markdown, memories, opening, table, time, title } from './report.mjs';
import { publish, rounds } from './rounds.mjs';

const NANOSECONDS = 1e6;

/** Opens each size; at the largest, every task is answered once. `fileOf(rows)` is the file. Returns the records. */
export async function sizes({ peers, reps, all, tasks, fileOf, options }) {
  const largest = Math.max(...all);
  const job = (rows) => ({ label: `${rows} rows`, file: fileOf(rows), rows, tasks: rows === largest ? tasks : [], again: 0 });
  const records = await rounds({ peers, jobs: all.map(job), reps, options });
  const of = (rows) => records.filter((record) => record.n === rows);
  const names = peers.map((peer) => peer.id);
  publish(`sizes_${largest}`, [
    `## ${all.join(', ')} rows, ${reps} browsers per peer and size`,
    circumstances(records),
    'T1: median, and nanoseconds a row. Spread: the slowest size against the fastest.',
    markdown(
      ['rows', ...names.map(title)],
      [...all.map((rows) => [rows, ...names.map((peer) => opened(of(rows), peer, rows))]), spread(names, all, of)],
    ),
    ...all.flatMap((rows) => againstFloor(of(rows)).map((line) => `${rows} rows, ${line}`)),
    'Peak memory of the tab, MB: when the table is there, and at the end:',
    markdown(
      ['rows', ...names.map(title)],
      all.map((rows) => [rows, ...peaks(of(rows), names)]),
    ),
    `All tasks at ${largest} rows, the first run of each after the load: median (ratio to Strata)`,
    table(of(largest), (milliseconds) => milliseconds),
  ]);
  return records;
}

const perRow = (records, peer, rows) => (opening(records, peer) * NANOSECONDS) / rows;

function opened(records, peer, rows) {
  const milliseconds = opening(records, peer);
  return milliseconds === undefined ? '–' : `${time(milliseconds)}, ${perRow(records, peer, rows).toFixed(0)} ns`;
}

function spread(names, all, of) {
  const cells = names.map((peer) => {
    const times = all.map((rows) => perRow(of(rows), peer, rows)).filter(Number.isFinite);
    return times.length < 2 ? '–' : `${((Math.max(...times) / Math.min(...times) - 1) * 100).toFixed(0)}%`;
  });
  return ['spread', ...cells];
}

function peaks(records, names) {
  const [loaded, end] = [memories(records, 'loaded'), memories(records)];
  const show = (megabytes) => (megabytes ? megabytes.toFixed(0) : '–');
  return names.map((peer) => `${show(loaded.get(peer))}, ${show(end.get(peer))}`);
}
