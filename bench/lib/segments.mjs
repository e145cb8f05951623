// Questions of segmentation, to Strata alone: no peer has them. How long the first answer takes after the load, and the next ones.
import fs from 'node:fs';
import { inBench } from './folders.mjs';
import { circumstances, markdown, median, time } from './report.mjs';
import { publish, rounds } from './rounds.mjs';

/** `options`: as for `measure`. */
export async function segments({ peer, reps, rows, file, again, options }) {
  const tasks = Object.keys(JSON.parse(fs.readFileSync(inBench('queries', 'segments.json'), 'utf8')));
  const records = await rounds({ peers: [peer], jobs: [{ label: `${rows} rows`, file, rows, tasks, again }], reps, options });
  const row = (task) => {
    const runs = records.map((record) => record.tasks[task]?.milliseconds).filter(Boolean);
    const all = (times) => (times.length ? time(median(times)) : 'failed');
    return [task, all(runs.map(([first]) => first)), all(runs.flatMap(([, ...rest]) => rest))];
  };
  publish(`segments_${rows}`, [
    `## Segmentation at ${rows} rows, ${reps} browsers`,
    circumstances(records),
    markdown(['question', 'first', 'repeats'], tasks.map(row)),
  ]);
  return records;
}
