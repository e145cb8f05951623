// Arquero by its verbs only (derive, groupby, rollup, orderby, rolling); ts is epoch seconds, amount whole cents, null when empty.
import { filterLists, flat } from './canonical.js';
let table, lists;
const ND = 365;
const rows = (t, cols) => {
  const g = cols.map((c) => t.array(c)),
    r = [];
  for (let i = 0; i < t.numRows(); i++) r.push(g.map((a) => Number(a[i])));
  return r;
};
const t2 = (t) => {
  const um = t
    .derive({ m: (d) => op.utcmonth(d.ts * 1000) })
    .groupby('user_id', 'm')
    .rollup()
    .groupby('user_id')
    .derive({ c: (d) => op.min(d.m) })
    .ungroup()
    .derive({ o: (d) => d.m - d.c });
  return rows(um.groupby('c', 'o').count({ as: 'v' }), ['c', 'o', 'v']);
};
const op = aq.op,
  ud = () =>
    table
      .derive({ d: (d) => op.floor((d.ts - 1735689600) / 86400) })
      .groupby('user_id', 'd')
      .rollup();
const tasks = {
  T2: () => t2(table),
  T8: () => {
    const cs = new Set(lists.channels),
      ys = new Set(lists.cities);
    return t2(table.params({ cs, ys }).filter((d, $) => op.has($.cs, d.channel) && op.has($.ys, d.city)));
  },
  T3: () =>
    rows(
      ud()
        .groupby('user_id')
        .derive({ c: (d) => op.min(d.d) })
        .ungroup()
        .derive({ o: (d) => d.d - d.c })
        .filter((d) => d.o <= 30)
        .groupby('c', 'o')
        .count({ as: 'v' }),
      ['c', 'o', 'v'],
    ),
  T4: () => {
    const ST = { visit: 1, view_item: 2, add_to_cart: 3, checkout: 4, purchase: 5 },
      users = table.groupby('user_id').rollup().numRows();
    let e = table
      .derive({ k: aq.escape((d) => ST[d.event] || 0) })
      .filter((d) => d.k > 0)
      .select('user_id', 'ts', 'k')
      .orderby('ts', 'k')
      .groupby('user_id');
    e = e.derive({ s1: aq.rolling((d) => op.max(d.k === 1 ? d.ts : -1e12)) });
    e = e.derive({ s2: aq.rolling((d) => op.max(d.k === 2 && d.ts - d.s1 <= 604800 ? d.s1 : -1e12)) });
    e = e.derive({ s3: aq.rolling((d) => op.max(d.k === 3 && d.ts - d.s2 <= 604800 ? d.s2 : -1e12)) });
    e = e.derive({ s4: aq.rolling((d) => op.max(d.k === 4 && d.ts - d.s3 <= 604800 ? d.s3 : -1e12)) });
    const l = e.rollup({
      l: (d) =>
        op.max(d.k === 5 && d.ts - d.s4 <= 604800 ? 5 : d.s4 > 0 ? 4 : d.s3 > 0 ? 3 : d.s2 > 0 ? 2 : d.s1 > 0 ? 1 : 0),
    });
    const r = rows(l.groupby('l').count({ as: 'v' }), ['l', 'v']),
      z = [0, users - l.numRows()];
    const o = r.filter((x) => x[0] > 0),
      q = r.find((x) => x[0] === 0);
    if (q) z[1] += q[1];
    return [...o, z];
  },
  T5: () => {
    const mxd = Math.floor(table.rollup({ m: (d) => op.max(d.ts) }).get('m', 0) / 86400);
    let p = table
      .params({ mxd })
      .filter((d) => d.event === 'purchase')
      .groupby('user_id')
      .rollup({ lt: (d) => op.max(d.ts), f: (d) => op.count(), a: (d) => op.sum(d.amount) })
      .derive({ rd: (d, $) => $.mxd - op.floor(d.lt / 86400) });
    const n = p.numRows();
    p = p.params({ n });
    p = p
      .orderby(aq.desc('rd'))
      .derive({ r: (d, $) => 1 + op.floor((5 * (op.rank() - 1)) / $.n) })
      .orderby('f')
      .derive({ q: (d, $) => 1 + op.floor((5 * (op.rank() - 1)) / $.n) })
      .orderby('a')
      .derive({ m: (d, $) => 1 + op.floor((5 * (op.rank() - 1)) / $.n) })
      .unorder();
    return rows(p.groupby('r', 'q', 'm').count({ as: 'v' }), ['r', 'q', 'm', 'v']);
  },
  T6: () => {
    const g = rows(
      ud()
        .orderby('user_id', 'd')
        .groupby('user_id')
        .derive({ n: (d) => op.lead(d.d, 1, 100000) })
        .ungroup()
        .unorder()
        .derive({ g: (d) => (d.n - d.d < 30 ? d.n - d.d : 30) })
        .groupby('d', 'g')
        .count({ as: 'v' }),
      ['d', 'g', 'v'],
    );
    const W = [1, 7, 30],
      D = W.map(() => new Int32Array(420));
    for (const [d, gp, v] of g)
      W.forEach((w, i) => {
        D[i][d] += v;
        D[i][d + Math.min(w, gp)] -= v;
      });
    const c = [0, 0, 0],
      r = [];
    for (let d = 0; d < ND; d++) {
      W.forEach((w, i) => {
        c[i] += D[i][d];
      });
      r.push([d, ...c]);
    }
    return r;
  },
  T7: () => {
    const x = table
      .derive({ w: (d) => op.floor((op.floor((d.ts - 1735689600) / 86400) + 2) / 7) })
      .groupby('user_id', 'w')
      .rollup()
      .orderby('user_id', 'w')
      .groupby('user_id')
      .derive({ p: (d) => op.lag(d.w, 1, -9), n: (d) => op.lead(d.w, 1, 999) })
      .ungroup()
      .unorder()
      .derive({ st: (d) => (d.p === -9 ? 1 : d.p === d.w - 1 ? 2 : 3), ch: (d) => (d.n > d.w + 1 ? 1 : 0) });
    const g = rows(x.groupby('w', 'st', 'ch').count({ as: 'v' }), ['w', 'st', 'ch', 'v']),
      a = Array.from({ length: 54 }, (_, w) => [w, 0, 0, 0, 0]);
    for (const [w, st, ch, v] of g) {
      a[w][st] += v;
      if (ch) a[w + 1][4] += v;
    }
    return a.slice(0, 53);
  },
};
window.peer = {
  version: '8.0.3',
  async init() {
    lists = await filterLists();
  },
  async load(file) {
    const q = (s, j) => (s.charCodeAt(j) - 48) * 10 + s.charCodeAt(j + 1) - 48;
    let lk = '',
      ld = 0;
    const ts = (s) => {
      const k = s.slice(0, 10);
      if (k !== lk) {
        lk = k;
        ld = Date.parse(k + 'T00:00:00Z') / 1000;
      }
      return ld + q(s, 11) * 3600 + q(s, 14) * 60 + q(s, 17);
    };
    table = await aq.fromCSVStream(file.stream().pipeThrough(new TextDecoderStream()), {
      autoType: false,
      parse: { ts, amount: (s) => (s === '' || s == null ? null : Math.round(s * 100)) },
    });
    return table.numRows();
  },
  async run(task) {
    if (task === 'check') {
      const r = table.rollup({
        n: (d) => op.count(),
        u: (d) => op.distinct(d.user_id),
        a: (d) => op.sum(d.amount),
      });
      return ['n', 'u', 'a'].map((k) => r.get(k, 0));
    }
    return flat(task, tasks[task]());
  },
};
