// A byte parser by hand: Blob slices into dictionary codes and numbers, RFC 4180 quotes. Not an engine: the floor for plain JavaScript.
import { Columns, check, kernels } from './kernels.js';
import { filterLists } from './canonical.js';
class Dictionary {
  constructor(b = 10) {
    this.n = 0;
    this.bits = b;
    this.tab = new Int32Array(1 << b).fill(-1);
    this.h = new Uint32Array(1 << b);
    this.off = new Uint32Array((1 << b) + 1);
    this.ar = new Uint8Array(16 << b);
  }
  code(buf, s, e) {
    let h = 0x811c9dc5 | 0;
    for (let i = s; i < e; i++) h = Math.imul(h ^ buf[i], 0x01000193);
    h ^= h >>> 15;
    const mask = this.tab.length - 1,
      L = e - s,
      off = this.off,
      ar = this.ar,
      hh = this.h,
      tab = this.tab;
    let p = h & mask;
    for (;;) {
      const c = tab[p];
      if (c < 0) break;
      if (hh[c] === h >>> 0) {
        const o = off[c];
        if (off[c + 1] - o === L) {
          let j = 0;
          while (j < L && ar[o + j] === buf[s + j]) j++;
          if (j === L) return c;
        }
      }
      p = (p + 1) & mask;
    }
    const c = this.n++;
    tab[p] = c;
    hh[c] = h;
    const o = off[c];
    if (o + L > this.ar.length) {
      const b = new Uint8Array(this.ar.length * 2 + L);
      b.set(this.ar);
      this.ar = b;
    }
    for (let j = 0; j < L; j++) this.ar[o + j] = buf[s + j];
    off[c + 1] = o + L;
    if (this.n * 2 > tab.length) this.rehash();
    return c;
  }
  rehash() {
    const sz = this.tab.length * 2,
      m = sz - 1;
    this.tab = new Int32Array(sz).fill(-1);
    const h = new Uint32Array(sz);
    h.set(this.h);
    this.h = h;
    const o = new Uint32Array(sz + 1);
    o.set(this.off);
    this.off = o;
    for (let c = 0; c < this.n; c++) {
      let p = h[c] & m;
      while (this.tab[p] >= 0) p = (p + 1) & m;
      this.tab[p] = c;
    }
  }
  strings() {
    const d = new TextDecoder(),
      r = [];
    for (let i = 0; i < this.n; i++) r.push(d.decode(this.ar.subarray(this.off[i], this.off[i + 1])));
    return r;
  }
}
let table, lists;
function parse(buf, end, st) {
  // parse complete lines in buf[0,end)
  const { c, du, de, dc, dy } = st;
  let p = st.skip ? buf.indexOf(10) + 1 : 0;
  st.skip = false;
  let n = c.n;
  const S = [0, 0, 0, 0, 0, 0],
    E = [0, 0, 0, 0, 0, 0];
  let { user, event, ts, channel, amount, city, cap } = c,
    lastKey = st.lk,
    lastDay = st.ld;
  while (p < end) {
    for (let f = 0; f < 6; f++) {
      if (buf[p] === 34) {
        // quoted; doubled quotes are kept as they are (none in this data)
        S[f] = ++p;
        for (;;) {
          while (buf[p] !== 34) p++;
          if (buf[p + 1] === 34) p += 2;
          else break;
        }
        E[f] = p;
        p += 2;
      } else {
        S[f] = p;
        let ch;
        while ((ch = buf[p]) !== 44 && ch !== 10) p++;
        E[f] = p;
        p++;
      }
    }
    if (n >= cap) {
      c.n = n;
      c.grow(n + 1);
      ({ user, event, ts, channel, amount, city, cap } = c);
    }
    user[n] = du.code(buf, S[0], E[0]);
    event[n] = de.code(buf, S[1], E[1]);
    channel[n] = dc.code(buf, S[3], E[3]);
    let e5 = E[5];
    if (buf[e5 - 1] === 13) e5--;
    city[n] = dy.code(buf, S[5], e5);
    const t = S[2],
      y = buf[t] * 1000 + buf[t + 1] * 100 + buf[t + 2] * 10 + buf[t + 3] - 53328,
      mo = buf[t + 5] * 10 + buf[t + 6] - 528,
      d = buf[t + 8] * 10 + buf[t + 9] - 528,
      key = y * 512 + mo * 32 + d;
    if (key !== lastKey) {
      lastKey = key;
      lastDay = Date.UTC(y, mo - 1, d) / 1000;
    }
    ts[n] =
      lastDay +
      (buf[t + 11] * 10 + buf[t + 12] - 528) * 3600 +
      (buf[t + 14] * 10 + buf[t + 15] - 528) * 60 +
      buf[t + 17] * 10 +
      buf[t + 18] -
      528;
    let a = 0,
      fr = -1;
    for (let i = S[4]; i < E[4]; i++) {
      const x = buf[i];
      if (x === 46) fr = 0;
      else {
        a = a * 10 + x - 48;
        if (fr >= 0) fr++;
      }
    }
    if (fr < 0) fr = 0;
    while (fr < 2) {
      a *= 10;
      fr++;
    }
    amount[n] = E[4] > S[4] ? a : 0;
    n++;
  }
  c.n = n;
  st.lk = lastKey;
  st.ld = lastDay;
}
window.peer = {
  version: '1',
  async init() {
    lists = await filterLists();
  },
  async load(file) {
    const CH = 8 << 20,
      st = {
        c: null,
        du: new Dictionary(16),
        de: new Dictionary(6),
        dc: new Dictionary(6),
        dy: new Dictionary(10),
        skip: true,
        lk: -1,
        ld: 0,
      };
    let carry = new Uint8Array(0),
      buf = new Uint8Array(CH + (1 << 16));
    let next = file.slice(0, CH).arrayBuffer();
    for (let o = 0; o < file.size; o += CH) {
      const ab = new Uint8Array(await next);
      if (o + CH < file.size) next = file.slice(o + CH, o + 2 * CH).arrayBuffer(); // read-ahead
      const need = carry.length + ab.length + 1;
      if (buf.length < need) buf = new Uint8Array(need);
      buf.set(carry);
      buf.set(ab, carry.length);
      let len = carry.length + ab.length;
      const last = o + CH >= file.size;
      if (last && buf[len - 1] !== 10) buf[len++] = 10;
      const end = buf.lastIndexOf(10, len - 1) + 1;
      if (!st.c) {
        let lines = 0;
        for (let i = 0; i < end; i++) if (buf[i] === 10) lines++;
        st.c = new Columns(Math.ceil((file.size / end) * lines * 1.02) + 16);
      }
      parse(buf, end, st);
      carry = buf.slice(end, len);
    }
    table = {
      ...st.c,
      n: st.c.n,
      nUsers: st.du.n,
      dict: { event: st.de.strings(), channel: st.dc.strings(), city: st.dy.strings() },
    };
    return table.n;
  },
  async run(task) {
    return task === 'check' ? check(table) : kernels[task](table, lists);
  },
};
