// A byte parser by hand: slices of the File into codes and numbers, RFC 4180 quotes. Not an engine: the floor for plain JavaScript.
import { filterLists } from './canonical.js';
import { Columns, kernels } from './kernels.js';

const SLICE = 8 << 20;
const [NEWLINE, RETURN, QUOTE, COMMA, POINT, ZERO] = [10, 13, 34, 44, 46, 48];

/** Texts to codes 0, 1, 2, ... by an open-addressing table over their bytes. */
class Dictionary {
  constructor(bits) {
    this.count = 0;
    this.table = new Int32Array(1 << bits).fill(-1);
    this.hashes = new Uint32Array(1 << bits);
    this.ends = new Uint32Array((1 << bits) + 1);
    this.bytes = new Uint8Array(16 << bits);
  }

  code(buffer, start, end) {
    let hash = 0x811c9dc5 | 0; // FNV-1a
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ buffer[i], 0x01000193);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    const { table, hashes, ends, bytes } = this;
    const mask = table.length - 1;
    const length = end - start;
    let place = hash & mask;
    for (let code = table[place]; code >= 0; code = table[place]) {
      const from = ends[code];
      if (hashes[code] === hash && ends[code + 1] - from === length) {
        let i = 0;
        while (i < length && bytes[from + i] === buffer[start + i]) i++;
        if (i === length) return code;
      }
      place = (place + 1) & mask;
    }
    return this.add(hash, place, buffer.subarray(start, end));
  }

  add(hash, place, text) {
    const code = this.count++;
    this.table[place] = code;
    this.hashes[code] = hash;
    const from = this.ends[code];
    if (from + text.length > this.bytes.length) this.bytes = enlarged(this.bytes, this.bytes.length * 2 + text.length);
    this.bytes.set(text, from);
    this.ends[code + 1] = from + text.length;
    if (this.count * 2 > this.table.length) this.rehash();
    return code;
  }

  rehash() {
    const size = this.table.length * 2;
    this.table = new Int32Array(size).fill(-1);
    this.hashes = enlarged(this.hashes, size);
    this.ends = enlarged(this.ends, size + 1);
    for (let code = 0; code < this.count; code++) {
      let place = this.hashes[code] & (size - 1);
      while (this.table[place] >= 0) place = (place + 1) & (size - 1);
      this.table[place] = code;
    }
  }

  words() {
    const decoder = new TextDecoder();
    const text = (code) => decoder.decode(this.bytes.subarray(this.ends[code], this.ends[code + 1]));
    return Array.from({ length: this.count }, (_, code) => text(code));
  }
}

function enlarged(array, size) {
  const larger = new array.constructor(size);
  larger.set(array);
  return larger;
}

const twoDigits = (buffer, at) => buffer[at] * 10 + buffer[at + 1] - 11 * ZERO;

/** Reads whole lines into the columns; one line after another, in pieces of any size. */
class Parser {
  columns = null;
  user = new Dictionary(16);
  event = new Dictionary(6);
  channel = new Dictionary(6);
  city = new Dictionary(10);
  starts = new Array(6).fill(0);
  ends = new Array(6).fill(0);
  date = -1;
  midnight = 0;

  /** `at` is the start of a line, `end` one past the last newline. */
  parse(buffer, at, end) {
    const { columns, starts, ends } = this;
    while (at < end) {
      for (let field = 0; field < 6; field++) {
        if (buffer[at] === QUOTE) {
          at = this.quoted(buffer, at, field);
          continue;
        }
        starts[field] = at;
        while (buffer[at] !== COMMA && buffer[at] !== NEWLINE) at++;
        ends[field] = at++;
      }
      if (buffer[ends[5] - 1] === RETURN) ends[5]--;
      if (columns.rows === columns.capacity) columns.grow();
      const row = columns.rows++;
      columns.user[row] = this.user.code(buffer, starts[0], ends[0]);
      columns.event[row] = this.event.code(buffer, starts[1], ends[1]);
      columns.second[row] = this.second(buffer, starts[2]);
      columns.channel[row] = this.channel.code(buffer, starts[3], ends[3]);
      columns.cents[row] = cents(buffer, starts[4], ends[4]);
      columns.city[row] = this.city.code(buffer, starts[5], ends[5]);
    }
  }

  /** Doubled quotes stay as they are: there are none in this data. */
  quoted(buffer, at, field) {
    this.starts[field] = ++at;
    for (;;) {
      while (buffer[at] !== QUOTE) at++;
      if (buffer[at + 1] !== QUOTE) break;
      at += 2;
    }
    this.ends[field] = at;
    return at + 2;
  }

  /** `YYYY-MM-DD HH:MM:SS`; rows are nearly in order, so the last date is kept. */
  second(buffer, at) {
    const year = twoDigits(buffer, at) * 100 + twoDigits(buffer, at + 2);
    const [month, day] = [twoDigits(buffer, at + 5), twoDigits(buffer, at + 8)];
    const date = year * 512 + month * 32 + day;
    if (date !== this.date) {
      this.date = date;
      this.midnight = Date.UTC(year, month - 1, day) / 1000;
    }
    return this.midnight + twoDigits(buffer, at + 11) * 3600 + twoDigits(buffer, at + 14) * 60 + twoDigits(buffer, at + 17);
  }
}

function cents(buffer, start, end) {
  let value = 0;
  let decimals = -1;
  for (let i = start; i < end; i++) {
    if (buffer[i] === POINT) decimals = 0;
    else {
      value = value * 10 + buffer[i] - ZERO;
      if (decimals >= 0) decimals++;
    }
  }
  for (let i = Math.max(decimals, 0); i < 2; i++) value *= 10;
  return value;
}

let table, lists;

window.peer = {
  version: '1',
  async init() {
    lists = await filterLists();
  },
  async load(file) {
    const parser = new Parser();
    let rest = new Uint8Array(0);
    let next = file.slice(0, SLICE).arrayBuffer();
    for (let at = 0; at < file.size; at += SLICE) {
      const piece = new Uint8Array(await next);
      const last = at + SLICE >= file.size;
      if (!last) next = file.slice(at + SLICE, at + 2 * SLICE).arrayBuffer(); // read ahead while this piece is parsed
      const buffer = new Uint8Array(rest.length + piece.length + 1);
      buffer.set(rest);
      buffer.set(piece, rest.length);
      let length = buffer.length - 1;
      if (last && buffer[length - 1] !== NEWLINE) buffer[length++] = NEWLINE;
      const end = buffer.lastIndexOf(NEWLINE, length - 1) + 1;
      const header = parser.columns ? 0 : buffer.indexOf(NEWLINE) + 1;
      parser.columns ??= new Columns(estimate(file.size, buffer, end));
      parser.parse(buffer, header, end);
      rest = buffer.slice(end, length);
    }
    const { columns, user, event, channel, city } = parser;
    const words = { event: event.words(), channel: channel.words(), city: city.words() };
    table = { ...columns, users: user.count, words };
    return table.rows;
  },
  async run(task) {
    return kernels[task](table, lists);
  },
};

/** How many rows the whole file may have, by the lines of its beginning. */
function estimate(size, buffer, end) {
  let lines = 0;
  for (let i = 0; i < end; i++) if (buffer[i] === NEWLINE) lines++;
  return Math.ceil((size / end) * lines * 1.02) + 16;
}
