// Strata through its public module. Reports are mapped to the canonical arrays in `tasks`, one function each.
import { open, prepare } from '/dist/strata.js';
import { filterLists, flat } from './canonical.js';

const mapping = {
  user: 'user_id',
  time: 'ts',
  event: 'event',
  value: 'amount',
  channel: 'channel',
  attributes: ['city'],
  purchaseEvents: ['purchase'],
  refundEvents: ['refund'],
};
let data, lists, segments;

const report = async (request) => (await data.run(request)).report;
const dayIndex = (date) => Math.round((Date.parse(`${date}T00:00:00Z`) - Date.UTC(2025, 0, 1)) / 86_400_000);
const monthIndex = (date) => (+date.slice(0, 4) - 2025) * 12 + +date.slice(5, 7) - 1;
const weekIndex = (date) => Math.floor((dayIndex(date) + 2) / 7);
const cohortRows = (cohorts, index) =>
  cohorts.flatMap((cohort) => cohort.active.map((users, offset) => [index(cohort.start), offset, users]));
/** Money is a whole number of minor units with the number of their decimals. */
const cents = (money) => money.units * 10 ** (2 - money.scale);

const tasks = {
  T2: async () => cohortRows((await report({ analysis: 'retention', params: { period: 'month' } })).cohorts, monthIndex),
  T3: async () => cohortRows((await report({ analysis: 'retention', params: { period: 'day', periods: 30 } })).cohorts, dayIndex),
  T4: async () => {
    const steps = ['visit', 'view_item', 'add_to_cart', 'checkout', 'purchase'].map((event) => ({ events: [event] }));
    const { steps: counted } = await report({ analysis: 'funnel', params: { steps, window: { amount: 7, unit: 'day' } } });
    const { users } = data.info.population;
    const reached = [users, ...counted.map((step) => step.reached), 0];
    return reached.slice(0, -1).map((users, level) => [level, users - reached[level + 1]]);
  },
  T5: async () => {
    const params = {
      asOf: '2025-12-31',
      frequency: 'rows',
      scoring: { by: 'quantile', ties: 'shared' },
      netOfRefunds: false,
    };
    const { codes } = await report({ analysis: 'rfm', params });
    return codes.map(({ key, users }) => [...key].map(Number).concat(users));
  },
  T6: async () => {
    const { firstDay, daily, weekly, monthly } = await report({ analysis: 'activeUsers', params: {} });
    return daily.map((users, index) => [dayIndex(firstDay) + index, users, weekly[index], monthly[index]]);
  },
  T7: async () => {
    const { periods } = await report({ analysis: 'growth', params: { period: 'week' } });
    return periods.map((week) => [weekIndex(week.start), week.new, week.retained, week.resurrected, week.churned]);
  },
  T8: async () => {
    const filter = {
      all: [
        { column: 'channel', in: lists.channels },
        { column: 'city', in: lists.cities },
      ],
    };
    return cohortRows((await report({ analysis: 'retention', params: { period: 'month' }, filter })).cohorts, monthIndex);
  },
};

async function check() {
  const { rows, users, grossRevenue } = await report({ analysis: 'overview', params: {} });
  return [rows, users, cents(grossRevenue)];
}

window.peer = {
  version: '',
  async init() {
    const questions = async () => (await fetch('/queries/segments.json')).json();
    [lists, segments] = await Promise.all([filterLists(), questions(), prepare()]);
  },
  async load(file) {
    data = await open([file], { mapping, timeZone: 'UTC' });
    return data.info.population.rowsRead;
  },
  async run(task) {
    // A question of its own, which has no peer: only how long it takes is wanted.
    if (task in segments) return report(segments[task]).then(() => []);
    return task === 'check' ? check() : flat(task, await tasks[task]());
  },
};
