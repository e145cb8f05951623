// hyparquet by columns, chunk for chunk as they come: making rows of them would take longer.
import { parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { dependencies } from '../package.json';

// Milliseconds: objects of the class Date would take longer and more memory.
const parsers = { timestampFromMicroseconds: (microseconds) => Number(microseconds / 1000n) };
const columns = new Map();
let rows = 0;

window.peer = {
  version: dependencies.hyparquet,
  async init() {},
  async load(file) {
    const pieces = { byteLength: file.size, slice: (start, end) => file.slice(start, end).arrayBuffer() };
    const onChunk = (chunk) => columns.set(chunk.columnName, [...(columns.get(chunk.columnName) ?? []), chunk]);
    await parquetRead({ file: pieces, compressors, parsers, onChunk });
    for (const chunks of columns.values()) chunks.sort((left, right) => left.rowStart - right.rowStart);
    rows = columns.get('user_id').at(-1).rowEnd;
    return rows;
  },
  async run() {
    const users = new Set();
    for (const { columnData } of columns.get('user_id')) for (const user of columnData) users.add(user);
    let cents = 0;
    for (const { columnData } of columns.get('amount')) for (const amount of columnData) cents += Math.round(amount * 100);
    return [rows, users.size, cents];
  },
};
