import perspective, { init_server, init_client } from '@perspective-dev/client';
import { filterLists } from './canonical.js';
// Perspective: the engine pivots users by months or weeks, the page does the arithmetic of cohorts and quintiles over the view's
// typed arrays. T3, T4 and T6 would need a pivot of 365 columns and are left out.
const base = location.origin + '/node_modules/@perspective-dev/';
let worker, table, lists;
init_server(fetch(base + 'server/dist/wasm/perspective-server.wasm'));
init_client(fetch(base + 'client/dist/wasm/perspective-js.wasm'));
async function cols(cfg, fn) {
  // run a view, hand typed arrays to fn, drop the view
  const v = await table.view(cfg);
  let out;
  try {
    await v.with_typed_arrays({ float32: false }, (...a) => {
      out = fn(...a);
    });
  } finally {
    await v.delete();
  }
  return out;
}
const MON = `month_of_year("ts")`; // a string: "01 January"
async function t2(filter) {
  // engine: user x month pivot (count); host: lowest month = cohort
  return cols(
    {
      group_by: ['user_id'],
      split_by: ['m'],
      group_rollup_mode: 'flat',
      columns: ['one'],
      aggregates: { one: 'count' },
      expressions: { m: MON, one: '1' },
      filter,
      filter_op: 'and',
    },
    (names, arrs, valid) => {
      const a = new Array(144).fill(0),
        ix = names.map((s, j) => [parseInt(s, 10) - 1, j]).filter((x) => x[0] >= 0),
        g = [];
      for (const [m, j] of ix) g[m] = [arrs[j], valid?.[j]];
      const n = arrs[ix[0][1]].length;
      for (let i = 0; i < n; i++) {
        let c = -1;
        for (let m = 0; m < 12; m++)
          if (g[m] && (g[m][1] ? (g[m][1][i >> 3] >> (i & 7)) & 1 : g[m][0][i] > 0)) {
            if (c < 0) c = m;
            a[c * 12 + m - c]++;
          }
      }
      return a;
    },
  );
}
window.peer = {
  version: '5.5.1',
  skip: ['T3', 'T4', 'T6'],
  async init() {
    worker = await perspective.worker();
    lists = await filterLists();
  },
  async load(file) {
    table = await worker.table({
      user_id: 'string',
      event: 'string',
      ts: 'datetime',
      channel: 'string',
      amount: 'float',
      city: 'string',
    });
    const CH = 16 << 20;
    let carry = new Uint8Array(0),
      head = null,
      want = 0;
    for (let o = 0; o < file.size; o += CH) {
      const ab = new Uint8Array(await file.slice(o, o + CH).arrayBuffer()),
        end = o + CH >= file.size ? ab.length : ab.lastIndexOf(10) + 1;
      const h = head || new Uint8Array(0),
        b = new Uint8Array(h.length + carry.length + end);
      b.set(h);
      b.set(carry, h.length);
      b.set(ab.subarray(0, end), h.length + carry.length);
      if (!head) head = b.slice(0, b.indexOf(10) + 1);
      carry = ab.slice(end);
      for (let i = 0; i < b.length; i++) if (b[i] === 10) want++;
      want--; // less the header line of each chunk
      await table.update(b.buffer, { format: 'csv' });
    }
    // update() resolves and even a view counts before all queued updates are applied (858,710 of 1M seen), so wait for the known number of rows
    while (Number(await table.size()) < want) await new Promise((r) => setTimeout(r, 1));
    return Number(await table.size());
  },
  async run(task) {
    if (task === 'T2') return t2([]);
    if (task === 'T8')
      return t2([
        ['channel', 'in', lists.channels],
        ['city', 'in', lists.cities],
      ]);
    if (task === 'T5') {
      return cols(
        {
          group_by: ['user_id'],
          group_rollup_mode: 'flat',
          columns: ['ts', 'one', 'amount'],
          aggregates: { ts: 'high', one: 'count', amount: 'sum' },
          expressions: { one: '1' },
          filter: [['event', '==', 'purchase']],
        },
        (names, arrs) => {
          const at = (k) => arrs[names.findIndex((s) => s === k)],
            n = at('one').length,
            md = Math.floor(1767225599 / 86400); // the date of the last row, known here
          const v = [
            Float64Array.from(at('ts'), (x) => -(md - Math.floor(Number(x) / 864e5))),
            Float64Array.from(at('one'), Number),
            Float64Array.from(at('amount'), (x) => Math.round(Number(x) * 100)),
          ];
          const Q = v.map((v) => {
            const s = v.slice().sort(),
              o = new Uint8Array(n);
            for (let i = 0; i < n; i++) {
              let lo = 0,
                hi = n;
              while (lo < hi) {
                const h = (lo + hi) >> 1;
                if (s[h] < v[i]) lo = h + 1;
                else hi = h;
              }
              o[i] = Math.floor((5 * lo) / n);
            }
            return o;
          });
          const a = new Array(125).fill(0);
          for (let i = 0; i < n; i++) a[Q[0][i] * 25 + Q[1][i] * 5 + Q[2][i]]++;
          return a;
        },
      );
    }
    if (task === 'T7') {
      return cols(
        {
          group_by: ['user_id'],
          split_by: ['w'],
          group_rollup_mode: 'flat',
          columns: ['one'],
          aggregates: { one: 'count' },
          expressions: { w: 'floor((floor((float("ts") / 1000 - 1735689600) / 86400) + 2) / 7)', one: '1' },
        },
        (names, arrs, valid) => {
          const g = [];
          names.forEach((s, j) => {
            const w = parseInt(s);
            if (w >= 0) g[w] = [arrs[j], valid?.[j]];
          });
          const n = g[0][0].length,
            a = Array.from({ length: 54 * 4 }, () => 0);
          for (let i = 0; i < n; i++) {
            let p = -1;
            for (let w = 0; w < 53; w++)
              if (g[w] && (g[w][1] ? (g[w][1][i >> 3] >> (i & 7)) & 1 : g[w][0][i] > 0)) {
                if (p < 0) a[w * 4]++;
                else if (p === w - 1) a[w * 4 + 1]++;
                else {
                  a[w * 4 + 2]++;
                  a[(p + 1) * 4 + 3]++;
                }
                p = w;
              }
            if (p >= 0) a[(p + 1) * 4 + 3]++;
          }
          return a.slice(0, 212);
        },
      );
    }
    if (task === 'check')
      return cols(
        {
          group_by: ['one'],
          group_rollup_mode: 'flat',
          columns: ['one', 'user_id', 'amount'],
          aggregates: { one: 'count', user_id: 'distinct count', amount: 'sum' },
          expressions: { one: '1' },
        },
        (names, arrs) => {
          const g = (k) => Number(arrs[names.indexOf(k)][0]);
          return [g('one'), g('user_id'), Math.round(g('amount') * 100)];
        },
      );
  },
};
