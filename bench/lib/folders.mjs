// Where things are. Everything made or fetched lives in data/, vendor/ and results/, which are not in version control.
import path from 'node:path';

export const bench = path.dirname(import.meta.dirname);
export const project = path.dirname(bench);
export const inBench = (...parts) => path.join(bench, ...parts);
export const target = process.env.CARGO_TARGET_DIR || path.join(project, 'target');
