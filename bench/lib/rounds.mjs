// Many measurements, one after the other, each in a browser of its own.
import fs from 'node:fs';
import os from 'node:os';
import { inBench } from './folders.mjs';
import { measure } from './measure.mjs';
import { time } from './report.mjs';

/**
 * Interleaved: each repeat goes once through all jobs, and at each job through all peers, beginning with another one each time.
 * A job is what `measure` wants to know beyond `options`, with a `label`; it is given to `record`, which may change the record.
 */
export async function rounds({ peers, jobs, reps, options }, record = () => {}) {
  const records = [];
  for (let repeat = 0; repeat < reps; repeat++) {
    for (const job of jobs) {
      for (let place = 0; place < peers.length; place++) {
        const peer = peers[(place + repeat) % peers.length];
        const load = os.loadavg()[0];
        const made = { at: new Date().toISOString(), n: job.rows, label: job.label, repeat, load };
        Object.assign(made, await measure(peer, { ...options, ...job }));
        record(made, job);
        records.push(made);
        keep(made);
        const times = Object.entries(made.tasks).map(
          ([task, { milliseconds, error }]) => `${task} ${error ? 'failed' : time(milliseconds[0])}`,
        );
        console.log(`${repeat + 1}/${reps} ${job.label} ${peer.id} (load ${load.toFixed(1)}): ${made.error ?? times.join(', ')}`);
      }
    }
  }
  return records;
}

function keep(record) {
  fs.mkdirSync(inBench('results'), { recursive: true });
  const bare = Object.fromEntries(Object.entries(record.tasks).map(([task, { result, ...rest }]) => [task, rest]));
  fs.appendFileSync(inBench('results/raw.jsonl'), `${JSON.stringify({ ...record, tasks: bare })}\n`);
}

/** Prints a summary and keeps it below `results/`. */
export function publish(name, parts) {
  const summary = parts.join('\n\n');
  console.log(`\n${summary}\n`);
  fs.mkdirSync(inBench('results'), { recursive: true });
  fs.writeFileSync(inBench('results', `${name}.md`), `${summary}\n`);
}
