// The tasks in plain JavaScript over typed arrays; months, weeks and days are bits of the one known year. A table is
// {n,nUsers,user:Uint32Array,event:Uint8Array,ts:Uint32Array(epoch s),channel:Uint8Array,amount:Int32Array cents,city:Uint16Array, dict:{event:[],channel:[],city:[]}}
const T0 = 1735689600,
  DAY = 86400,
  ND = 365;
const MON = new Uint8Array(ND);
for (let d = 0; d < ND; d++) MON[d] = new Date((T0 + d * DAY) * 1000).getUTCMonth();
function cohort(mask) {
  const a = new Array(144).fill(0);
  for (let u = 0; u < mask.length; u++) {
    let m = mask[u];
    if (!m) continue;
    const c = 31 - Math.clz32(m & -m);
    while (m) {
      const k = 31 - Math.clz32(m & -m);
      a[c * 12 + k - c]++;
      m &= m - 1;
    }
  }
  return a;
}
export const kernels = {
  T2(t) {
    const { n, user, ts } = t,
      mask = new Uint32Array(t.nUsers);
    for (let i = 0; i < n; i++) mask[user[i]] |= 1 << MON[((ts[i] - T0) / DAY) | 0];
    return cohort(mask);
  },
  T8(t, f) {
    const { n, user, ts, channel, city } = t,
      mask = new Uint32Array(t.nUsers);
    const okc = new Uint8Array(t.dict.channel.length),
      oky = new Uint8Array(t.dict.city.length);
    t.dict.channel.forEach((s, i) => {
      if (f.channels.includes(s)) okc[i] = 1;
    });
    t.dict.city.forEach((s, i) => {
      if (f.cities.includes(s)) oky[i] = 1;
    });
    for (let i = 0; i < n; i++)
      if (okc[channel[i]] && oky[city[i]]) mask[user[i]] |= 1 << MON[((ts[i] - T0) / DAY) | 0];
    return cohort(mask);
  },
  T3(t) {
    const { n, user, ts } = t,
      first = new Uint16Array(t.nUsers).fill(65535),
      m = new Uint32Array(t.nUsers);
    for (let i = 0; i < n; i++) {
      const d = ((ts[i] - T0) / DAY) | 0,
        u = user[i];
      if (d < first[u]) first[u] = d;
    }
    for (let i = 0; i < n; i++) {
      const u = user[i],
        o = (((ts[i] - T0) / DAY) | 0) - first[u];
      if (o <= 30) m[u] |= 1 << o;
    }
    const a = new Array(ND * 31).fill(0);
    for (let u = 0; u < m.length; u++) {
      let x = m[u];
      const b = first[u] * 31;
      while (x) {
        a[b + 31 - Math.clz32(x & -x)]++;
        x &= x - 1;
      }
    }
    return a;
  },
  T4(t) {
    const { n, user, ts, event } = t,
      W = 7 * DAY,
      names = ['visit', 'view_item', 'add_to_cart', 'checkout', 'purchase'];
    const step = new Uint8Array(256);
    t.dict.event.forEach((s, i) => {
      step[i] = names.indexOf(s) + 1;
    });
    const off = new Uint32Array(t.nUsers + 1);
    for (let i = 0; i < n; i++) if (step[event[i]]) off[user[i] + 1]++;
    for (let u = 0; u < t.nUsers; u++) off[u + 1] += off[u];
    const pos = off.slice(),
      x = new Uint32Array(off[t.nUsers]);
    for (let i = 0; i < n; i++) {
      const k = step[event[i]];
      if (k) x[pos[user[i]]++] = (ts[i] - T0) * 8 + k;
    }
    const out = [0, 0, 0, 0, 0, 0],
      s = new Float64Array(6);
    for (let u = 0; u < t.nUsers; u++) {
      const b = off[u],
        e = off[u + 1];
      for (let i = b + 1; i < e; i++) {
        const v = x[i];
        let j = i - 1;
        while (j >= b && x[j] > v) {
          x[j + 1] = x[j];
          j--;
        }
        x[j + 1] = v;
      }
      s.fill(-1e12);
      let lvl = 0;
      for (let i = b; i < e; i++) {
        const k = x[i] & 7,
          tt = x[i] >>> 3;
        if (k === 1) {
          s[1] = tt;
          if (lvl < 1) lvl = 1;
        } else if (tt - s[k - 1] <= W) {
          s[k] = s[k - 1];
          if (lvl < k) {
            lvl = k;
            if (k === 5) break;
          }
        }
      }
      out[lvl]++;
    }
    return out;
  },
  T5(t) {
    const { n, user, ts, event, amount } = t,
      P = t.dict.event.indexOf('purchase');
    const last = new Uint32Array(t.nUsers),
      cnt = new Uint32Array(t.nUsers),
      sum = new Float64Array(t.nUsers);
    let mx = 0;
    for (let i = 0; i < n; i++) {
      const s = ts[i];
      if (s > mx) mx = s;
      if (event[i] === P) {
        const u = user[i];
        if (s > last[u]) last[u] = s;
        cnt[u]++;
        sum[u] += amount[i];
      }
    }
    let np = 0;
    for (let u = 0; u < t.nUsers; u++) if (cnt[u]) np++;
    const r = new Float64Array(np),
      f = new Float64Array(np),
      m = new Float64Array(np),
      md = Math.floor(mx / DAY);
    for (let u = 0, j = 0; u < t.nUsers; u++)
      if (cnt[u]) {
        r[j] = -(md - Math.floor(last[u] / DAY));
        f[j] = cnt[u];
        m[j++] = sum[u];
      }
    const q = (v) => {
      const s = v.slice().sort(),
        o = new Uint8Array(np);
      for (let i = 0; i < np; i++) {
        let lo = 0,
          hi = np,
          x = v[i];
        while (lo < hi) {
          const h = (lo + hi) >> 1;
          if (s[h] < x) lo = h + 1;
          else hi = h;
        }
        o[i] = Math.floor((5 * lo) / np);
      }
      return o;
    };
    const R = q(r),
      F = q(f),
      M = q(m),
      a = new Array(125).fill(0);
    for (let i = 0; i < np; i++) a[R[i] * 25 + F[i] * 5 + M[i]]++;
    return a;
  },
  T6(t) {
    const { n, user, ts } = t,
      Wd = 12,
      bits = new Uint32Array(t.nUsers * Wd);
    for (let i = 0; i < n; i++) {
      const d = ((ts[i] - T0) / DAY) | 0;
      bits[user[i] * Wd + (d >> 5)] |= 1 << (d & 31);
    }
    const D = new Int32Array(400),
      Wk = new Int32Array(400),
      Mo = new Int32Array(400);
    for (let u = 0; u < t.nUsers; u++) {
      let p = -1;
      for (let w = 0; w < Wd; w++) {
        let x = bits[u * Wd + w];
        while (x) {
          const d = w * 32 + 31 - Math.clz32(x & -x);
          x &= x - 1;
          if (p >= 0) {
            const g = d - p;
            Wk[p + (g < 7 ? g : 7)]--;
            Mo[p + (g < 30 ? g : 30)]--;
          }
          D[d]++;
          Wk[d]++;
          Mo[d]++;
          p = d;
        }
      }
      if (p >= 0) {
        Wk[p + 7]--;
        Mo[p + 30]--;
      }
    }
    const a = new Array(1095);
    let w = 0,
      m = 0;
    for (let d = 0; d < ND; d++) {
      w += Wk[d];
      m += Mo[d];
      a[d * 3] = D[d];
      a[d * 3 + 1] = w;
      a[d * 3 + 2] = m;
    }
    return a;
  },
  T7(t) {
    const { n, user, ts } = t,
      lo = new Uint32Array(t.nUsers),
      hi = new Uint32Array(t.nUsers),
      WK = new Uint8Array(ND);
    for (let d = 0; d < ND; d++) WK[d] = Math.floor((d + 2) / 7);
    for (let i = 0; i < n; i++) {
      const w = WK[((ts[i] - T0) / DAY) | 0];
      if (w < 32) lo[user[i]] |= 1 << w;
      else hi[user[i]] |= 1 << (w - 32);
    }
    const a = new Array(212).fill(0);
    for (let u = 0; u < t.nUsers; u++) {
      let p = -1;
      for (let h = 0; h < 2; h++) {
        let x = h ? hi[u] : lo[u];
        while (x) {
          const w = h * 32 + 31 - Math.clz32(x & -x);
          x &= x - 1;
          if (p < 0) a[w * 4]++;
          else if (p === w - 1) a[w * 4 + 1]++;
          else {
            a[w * 4 + 2]++;
            a[(p + 1) * 4 + 3]++;
          }
          p = w;
        }
      }
      if (p >= 0 && p + 1 < 53) a[(p + 1) * 4 + 3]++;
    }
    return a;
  },
};
export function check(t) {
  let cents = 0;
  for (let i = 0; i < t.n; i++) cents += t.amount[i];
  return [t.n, t.nUsers, cents];
}
export class Columns {
  constructor(cap) {
    this.n = 0;
    this.cap = cap;
    this.user = new Uint32Array(cap);
    this.event = new Uint8Array(cap);
    this.ts = new Uint32Array(cap);
    this.channel = new Uint8Array(cap);
    this.amount = new Int32Array(cap);
    this.city = new Uint16Array(cap);
  }
  grow(min) {
    if (min <= this.cap) return;
    const cap = (this.cap = Math.ceil(min * 1.25));
    for (const k of ['user', 'event', 'ts', 'channel', 'amount', 'city']) {
      const o = this[k],
        b = new o.constructor(cap);
      b.set(o);
      this[k] = b;
    }
  }
}
