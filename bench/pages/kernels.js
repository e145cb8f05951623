// The tasks in plain JavaScript over typed arrays. Months, weeks and days are bits of the one known year, so this is no engine: it
// shows what loops by hand can do. Columns: user, event, second (epoch), channel, cents, city; text as codes into `words`.
const FIRST_SECOND = 1735689600; // 2025-01-01 UTC
const DAY = 86400;
const DAYS = 365;
const FUNNEL = ['visit', 'view_item', 'add_to_cart', 'checkout', 'purchase'];
const WINDOW = 7 * DAY;

const monthOfDay = Uint8Array.from({ length: DAYS }, (_, day) => new Date((FIRST_SECOND + day * DAY) * 1000).getUTCMonth());
const weekOfDay = Uint8Array.from({ length: DAYS }, (_, day) => Math.floor((day + 2) / 7));
const dayOf = (second) => ((second - FIRST_SECOND) / DAY) | 0;
const lowestBit = (bits) => 31 - Math.clz32(bits & -bits);

/** Columns that grow. */
export class Columns {
  static names = ['user', 'event', 'second', 'channel', 'cents', 'city'];

  constructor(capacity) {
    this.rows = 0;
    this.capacity = capacity;
    this.user = new Uint32Array(capacity);
    this.event = new Uint8Array(capacity);
    this.second = new Uint32Array(capacity);
    this.channel = new Uint8Array(capacity);
    this.cents = new Int32Array(capacity);
    this.city = new Uint16Array(capacity);
  }

  grow() {
    this.capacity = Math.ceil(this.capacity * 1.25) + 16;
    for (const name of Columns.names) {
      const larger = new this[name].constructor(this.capacity);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}

function monthCohorts(months) {
  const result = new Array(144).fill(0);
  for (let bits of months) {
    if (!bits) continue;
    const cohort = lowestBit(bits);
    for (; bits; bits &= bits - 1) result[cohort * 12 + lowestBit(bits) - cohort]++;
  }
  return result;
}

/** For each value the score 0 to 4: by the share of users with a strictly smaller one. */
function scores(values) {
  const count = values.length;
  const sorted = values.slice().sort();
  return Uint8Array.from(values, (value) => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return Math.floor((5 * low) / count);
  });
}

/** The highest funnel level in the events [from, to), each second * 8 + step, in any order on entry. */
function funnelLevel(events, from, to, starts) {
  for (let i = from + 1; i < to; i++) {
    const event = events[i];
    let j = i - 1;
    for (; j >= from && events[j] > event; j--) events[j + 1] = events[j];
    events[j + 1] = event;
  }
  // For each step the latest first-step time of a chain that has come this far.
  starts.fill(-1e12);
  let level = 0;
  for (let i = from; i < to; i++) {
    const step = events[i] & 7;
    const second = events[i] >>> 3;
    if (step > 1 && second - starts[step - 1] > WINDOW) continue;
    starts[step] = step === 1 ? second : starts[step - 1];
    if (step > level) level = step;
    if (level === FUNNEL.length) break;
  }
  return level;
}

export const kernels = {
  T2({ rows, users, user, second }) {
    const months = new Uint32Array(users);
    for (let i = 0; i < rows; i++) months[user[i]] |= 1 << monthOfDay[dayOf(second[i])];
    return monthCohorts(months);
  },

  T3({ rows, users, user, second }) {
    const first = new Uint16Array(users).fill(65535);
    const offsets = new Uint32Array(users);
    for (let i = 0; i < rows; i++) {
      const day = dayOf(second[i]);
      if (day < first[user[i]]) first[user[i]] = day;
    }
    for (let i = 0; i < rows; i++) {
      const offset = dayOf(second[i]) - first[user[i]];
      if (offset <= 30) offsets[user[i]] |= 1 << offset;
    }
    const result = new Array(DAYS * 31).fill(0);
    for (let id = 0; id < users; id++) {
      for (let bits = offsets[id]; bits; bits &= bits - 1) result[first[id] * 31 + lowestBit(bits)]++;
    }
    return result;
  },

  T4({ rows, users, user, second, event, words }) {
    const stepOf = new Uint8Array(256);
    words.event.forEach((word, code) => (stepOf[code] = FUNNEL.indexOf(word) + 1));
    const start = new Uint32Array(users + 1);
    for (let i = 0; i < rows; i++) if (stepOf[event[i]]) start[user[i] + 1]++;
    for (let id = 0; id < users; id++) start[id + 1] += start[id];
    const next = start.slice();
    const events = new Uint32Array(start[users]);
    for (let i = 0; i < rows; i++) {
      const step = stepOf[event[i]];
      if (step) events[next[user[i]]++] = (second[i] - FIRST_SECOND) * 8 + step;
    }
    const result = new Array(FUNNEL.length + 1).fill(0);
    const starts = new Float64Array(FUNNEL.length + 1);
    for (let id = 0; id < users; id++) result[funnelLevel(events, start[id], start[id + 1], starts)]++;
    return result;
  },

  T5({ rows, users, user, second, event, cents, words }) {
    const purchase = words.event.indexOf('purchase');
    const last = new Uint32Array(users);
    const count = new Uint32Array(users);
    const sum = new Float64Array(users);
    for (let i = 0; i < rows; i++) {
      if (event[i] !== purchase) continue;
      const id = user[i];
      if (second[i] > last[id]) last[id] = second[i];
      count[id]++;
      sum[id] += cents[i];
    }
    // Ranks need no distance to the last row's date: a later day of the last purchase is the smaller distance.
    const buyers = Uint32Array.from(count.keys()).filter((id) => count[id]);
    const values = [(id) => dayOf(last[id]), (id) => count[id], (id) => sum[id]];
    const [r, f, m] = values.map((value) => scores(Float64Array.from(buyers, value)));
    const result = new Array(125).fill(0);
    for (let i = 0; i < buyers.length; i++) result[r[i] * 25 + f[i] * 5 + m[i]]++;
    return result;
  },

  T6({ rows, users, user, second }) {
    const width = 12;
    const days = new Uint32Array(users * width);
    for (let i = 0; i < rows; i++) {
      const day = dayOf(second[i]);
      days[user[i] * width + (day >> 5)] |= 1 << (day & 31);
    }
    // Each active day begins a stretch of 1, 7 or 30 days in which the user counts; it ends early when the next one begins.
    const [daily, weekly, monthly] = [0, 0, 0].map(() => new Int32Array(DAYS + 31));
    for (let id = 0; id < users; id++) {
      let before = -1;
      for (let word = 0; word < width; word++) {
        for (let bits = days[id * width + word]; bits; bits &= bits - 1) {
          const day = word * 32 + lowestBit(bits);
          if (before >= 0) {
            weekly[Math.min(before + 7, day)]--;
            monthly[Math.min(before + 30, day)]--;
          }
          daily[day]++;
          weekly[day]++;
          monthly[day]++;
          before = day;
        }
      }
      if (before >= 0) {
        weekly[before + 7]--;
        monthly[before + 30]--;
      }
    }
    const result = [];
    for (let day = 0, week = 0, month = 0; day < DAYS; day++) {
      week += weekly[day];
      month += monthly[day];
      result.push(daily[day], week, month);
    }
    return result;
  },

  T7({ rows, users, user, second }) {
    const low = new Uint32Array(users);
    const high = new Uint32Array(users);
    for (let i = 0; i < rows; i++) {
      const week = weekOfDay[dayOf(second[i])];
      if (week < 32) low[user[i]] |= 1 << week;
      else high[user[i]] |= 1 << (week - 32);
    }
    const [NEW, RETAINED, RESURRECTED, CHURNED] = [0, 1, 2, 3];
    const result = new Array(54 * 4).fill(0);
    for (let id = 0; id < users; id++) {
      let before = -1;
      for (let half = 0; half < 2; half++) {
        for (let bits = half ? high[id] : low[id]; bits; bits &= bits - 1) {
          const week = half * 32 + lowestBit(bits);
          if (before < 0) result[week * 4 + NEW]++;
          else if (before === week - 1) result[week * 4 + RETAINED]++;
          else {
            result[week * 4 + RESURRECTED]++;
            result[(before + 1) * 4 + CHURNED]++;
          }
          before = week;
        }
      }
      if (before >= 0) result[(before + 1) * 4 + CHURNED]++;
    }
    return result.slice(0, 53 * 4);
  },

  T8({ rows, users, user, second, channel, city, words }, { channels, cities }) {
    const channelIn = Uint8Array.from(words.channel, (word) => channels.includes(word));
    const cityIn = Uint8Array.from(words.city, (word) => cities.includes(word));
    const months = new Uint32Array(users);
    for (let i = 0; i < rows; i++) {
      if (channelIn[channel[i]] && cityIn[city[i]]) months[user[i]] |= 1 << monthOfDay[dayOf(second[i])];
    }
    return monthCohorts(months);
  },

  check({ rows, users, cents }) {
    let total = 0;
    for (let i = 0; i < rows; i++) total += cents[i];
    return [rows, users, total];
  },
};
