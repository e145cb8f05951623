// The same rows from Parquet: each codec is a file of its own.
import { circumstances, listed, memories, table } from './report.mjs';
import { publish, rounds } from './rounds.mjs';

export const CODECS = ['snappy', 'zstd'];

/** Every peer opens every file; `fileOf(codec)` is the file, with `rows` rows. Returns the records. */
export async function columns({ peers, reps, rows, fileOf, options }) {
  const jobs = CODECS.map((codec) => ({ label: codec, file: fileOf(codec), rows, tasks: [], again: 0 }));
  const records = await rounds({ peers, jobs, reps, options }, nameByCodec);
  const peaks = CODECS.map((codec) => listed(memories(records.filter((record) => record.label === codec))));
  publish(`parquet_${rows}`, [
    `## Parquet of ${rows} rows, ${reps} browsers per peer and file`,
    circumstances(records),
    'From the `File` to the table, and to the answer of *check*: median (ratio to Strata).',
    table(records, (milliseconds) => milliseconds),
    ...CODECS.map((codec, index) => `Peak memory of the tab, ${codec}, MB: ${peaks[index]}`),
  ]);
  return records;
}

/** What is one task of one peer elsewhere is one for each codec here. */
function nameByCodec(record, { label }) {
  const { T1 } = record.tasks;
  if (!T1) return;
  record.tasks = { [`T1 ${label}`]: T1 };
  if (record.checked !== undefined) record.tasks[`T1 ${label} + check`] = { milliseconds: [T1.milliseconds[0] + record.checked] };
}
