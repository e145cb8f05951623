// Medians, ratios, equality.
import crypto from 'node:crypto';
import os from 'node:os';

export const BASE = 'strata';
/** No engine: only reads the file. */
export const FLOOR = 'read-floor';

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  if (!sorted.length) return undefined;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** For every task, which peers returned which result; a line for each task, and how many disagree. */
export function compare(records) {
  const answers = {};
  const add = (task, peer, result) => {
    const text = JSON.stringify(result);
    // Short ones speak for themselves.
    const hash = text.length < 60 ? text : crypto.createHash('sha256').update(text).digest('hex').slice(0, 12);
    ((answers[task] ??= {})[hash] ??= new Set()).add(peer);
  };
  for (const record of records) {
    for (const [task, { result }] of Object.entries(record.tasks)) if (result) add(task, record.peer, result);
    if (record.check) add('check', record.peer, record.check);
  }
  const tasks = Object.keys(answers).sort();
  const lines = tasks.map((task) => {
    const groups = Object.entries(answers[task]).map(([hash, peers]) => `${hash} ${[...peers].join(', ')}`);
    return `${task.padEnd(6)}${groups.length === 1 ? 'equal   ' : 'DIFFERS '}${groups.join('  |  ')}`;
  });
  return { lines, differences: tasks.filter((task) => Object.keys(answers[task]).length > 1).length };
}

/** What went wrong, a line each. */
export function failures(records) {
  return records.flatMap((record) => {
    const tasks = Object.entries(record.tasks).filter(([, task]) => task.error);
    const lines = tasks.map(([name, task]) => `${record.peer} ${name}: ${task.error}`);
    if (record.error)
      lines.push(`${record.peer}: ${record.error}${record.console ? ` (console: ${record.console.join('; ')})` : ''}`);
    return lines;
  });
}

/** A Markdown table of medians in milliseconds, with each peer's ratio to Strata (or, without Strata, to the fastest). */
export function table(records, pick) {
  const peers = [...new Set(records.map((record) => record.peer))];
  const tasks = [...new Set(records.flatMap((record) => Object.keys(record.tasks)))].sort();
  const rows = [];
  for (const task of tasks) {
    const medians = peers.map((peer) => {
      const runs = records.filter((record) => record.peer === peer && record.tasks[task]?.milliseconds);
      return median(runs.flatMap((record) => pick(record.tasks[task].milliseconds)));
    });
    const known = medians.filter((value, index) => value !== undefined && peers[index] !== FLOOR);
    if (!known.length) continue;
    const base = peers.includes(BASE) ? medians[peers.indexOf(BASE)] : Math.min(...known);
    const ratio = (value) => (base === undefined ? '' : ` (${(value / base).toFixed(value < 10 * base ? 1 : 0)}x)`);
    rows.push([task, ...medians.map((value) => (value === undefined ? '–' : time(value) + ratio(value)))]);
  }
  return markdown(['task', ...peers.map(title)], rows);
}

export const title = (peer) => (peer === FLOOR ? `${peer} (no engine)` : peer);

/** The median of T1 of a peer. */
export function opening(records, peer) {
  const runs = records.filter((record) => record.peer === peer && record.tasks.T1);
  return median(runs.flatMap((record) => record.tasks.T1.milliseconds));
}

/** T1 of each peer as a multiple of only reading the file; nothing where that was not measured. */
export function againstFloor(records) {
  const floor = opening(records, FLOOR);
  if (floor === undefined) return [];
  const peers = [...new Set(records.map((record) => record.peer))].filter((peer) => peer !== FLOOR);
  const known = peers.map((peer) => [peer, opening(records, peer)]).filter(([, value]) => value !== undefined);
  if (!known.length) return [];
  return [
    `T1 in times of only reading the file: ${known.map(([peer, value]) => `${peer} ${(value / floor).toFixed(1)}`).join(', ')}`,
  ];
}

/** The largest memory of each peer's tabs, MB. */
export function memories(records, measure = 'memory') {
  const peers = [...new Set(records.map((record) => record.peer))];
  const most = (peer) => Math.max(...records.filter((record) => record.peer === peer).map((record) => record[measure] ?? 0));
  return new Map(peers.map((peer) => [peer, most(peer)]));
}

export const listed = (memories) => [...memories].map(([peer, megabytes]) => `${peer} ${megabytes.toFixed(0)}`).join(', ');

export const time = (milliseconds) =>
  milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(2)} s` : `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;

export function markdown(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Machine and versions, to be printed with every result. */
export function circumstances(records) {
  const versions = new Map(records.filter((record) => record.version).map((record) => [record.peer, record.version]));
  return [
    `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} x ${os.cpus()[0].model}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ` +
      `load ${os.loadavg()[0].toFixed(1)}; Chromium ${records[0]?.browser}, Node.js ${process.versions.node}`,
    [...versions].map(([peer, version]) => `${peer} ${version}`).join(', '),
  ]
    .filter(Boolean)
    .join('\n');
}
