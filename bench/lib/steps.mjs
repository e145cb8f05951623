// The journey: what a person does with a file of a million rows, in this order, each step from where the one before ended.

const pressed = (selector) => ({ there: `${selector}[aria-pressed="true"]` });
const open = (selector) => ({ there: `${selector}[aria-expanded="true"]` });
const at = (page) => ({ there: `#nav-${page}[aria-current="page"]` });
const click = (selector) => (hand) => hand.click(selector);
const press =
  (...keys) =>
  (hand) =>
    hand.press(...keys);
const sort = (section, column) => {
  const heading = `${section} th:nth-child(${column})`;
  return [click(`${heading} .sort`), { there: `${heading}:not([aria-sort="none"])` }];
};
const close = (panel) => ['close', press('Escape'), { gone: panel }];

/** A part of the journey: its name, then [name, what is done, what has to come about]. */
const part = (name, steps) => steps.map(([step, act, wanted]) => ({ name: `${name}: ${step}`, act, wanted }));

export const STEPS = [
  ...part('overview', [
    ['pointer over the chart', (hand) => hand.sweep('#active-users canvas')],
    ['keys through the chart', walk('#active-users canvas')],
    ['select dates in the chart', (hand) => hand.drag('#active-users canvas', 0.3, 0.6), { there: '#active-users .chart-zoom' }],
    ['all dates again', click('#active-users .chart-reset'), { gone: '#active-users .chart-zoom' }],
    ['hide a line', click('#active-users .legend-item'), { there: '#active-users .legend-item[aria-pressed="false"]' }],
    ['show the line', click('#active-users .legend-item'), { gone: '#active-users .legend-item[aria-pressed="false"]' }],
    ['chart as table', click('#active-users-table'), { there: '#active-users table.data' }],
    ['table as chart', click('#active-users-table'), { gone: '#active-users table.data' }],
    ['definition', click('#definition-open'), { there: '#guide' }],
    ['orders by day', (hand) => hand.choose('#orders', 'ArrowDown'), {}],
    ['close the definition', press('Escape'), { gone: '#definition-panel' }],
    ['undo', click('#undo'), {}],
    ['redo', click('#redo'), {}],
  ]),
  ...part('overview table', [
    ['sort', ...sort('#active-by-day', 2)],
    ['wheel', (hand) => hand.wheel('#active-by-day .table-scroll', 30, [0, 300])],
    ['keys to the end and back', table('#active-by-day')],
    ['search', (hand) => find(hand, '#active-by-day-search', '12'), { there: '#active-by-day-clear' }],
    ['clear', click('#active-by-day-clear'), { gone: '#active-by-day-clear' }],
    ['open a filter', click('#active-by-day th:nth-child(2) .column-menu'), { there: '#active-by-day-column' }],
    ['filter', (hand) => find(hand, '#active-by-day-least', '900'), { there: '#active-by-day-clear' }],
    ['close the filter', press('Escape'), { gone: '#active-by-day-column' }],
    ['clear the filter', click('#active-by-day-clear'), { gone: '#active-by-day-clear' }],
  ]),
  ...part('users', [
    ['open those of a figure', click('#kpi-users'), { there: '#users-table tbody td' }],
    ['sort', ...sort('#users-table', 2)],
    ['search', (hand) => find(hand, '#users-table-search', '123'), {}],
    ['wheel', (hand) => hand.wheel('#users-table .table-scroll', 40, [0, 600])],
    ['keys to the end and back', table('#users-table')],
    ['close', press('Escape'), { gone: '#users-panel' }],
  ]),
  ...part('bar', [
    ['open dates', click('#dates'), open('#dates')],
    ['last 90 days', click('#date-range-days-90'), pressed('#date-range-days-90')],
    ['keys in the calendar', calendar],
    ['close dates', press('Escape'), { gone: '#dates-panel' }],
    ['open comparison', click('#compare'), open('#compare')],
    ['compare with the time before', click('#compare-previous'), { there: '#comparison' }],
    ['open comparison again', click('#compare'), open('#compare')],
    ['compare with nothing', click('#compare-nothing'), { gone: '#comparison' }],
    ['open filters', click('#filter-add'), { there: '#filter-form' }],
    ['choose a column', (hand) => find(hand, '#filter-column', 'channel', 'Enter'), { there: '#filter-values input' }],
    ['search a value', (hand) => find(hand, '#filter-search', 'a'), {}],
    ['tick a value', click('#filter-values label'), { there: '#filter-apply:not([disabled])' }],
    ['apply', click('#filter-apply'), { there: '#filter-clear' }],
    ['no filter', click('#filter-clear'), { gone: '#filter-clear' }],
    ['open the zone', click('#zone'), open('#zone')],
    ['search a zone', (hand) => find(hand, '#zone-name', 'new'), {}],
    ['close the zone', press('Escape', 'Escape'), { gone: '#zone-panel' }],
    ['undo by key', press('Control+z', 'Control+z'), {}],
    ['redo by key', press('Control+y', 'Control+y'), {}],
    ['open the palette', press('Control+k'), { there: 'dialog[open] [role="combobox"]' }],
    ['type in the palette', (hand) => hand.type('retention'), {}],
    ['walk in the palette', press('ArrowDown', 'ArrowUp', 'End', 'Home'), {}],
    ['close the palette', press('Escape'), { gone: 'dialog[open]' }],
    ['all dates', allDates, {}],
  ]),
  ...part('looks', [
    ['Chinese', click('#language-zh'), { there: 'html[lang="zh-CN"]' }],
    ['English', click('#language-en'), { there: 'html[lang="en"]' }],
    ['dark', click('#theme-dark'), { there: 'html[data-theme="dark"]' }],
    ['light', click('#theme-light'), { there: 'html[data-theme="light"]' }],
  ]),
  ...part('segments', [
    ['go', click('#nav-segments'), { there: '#rfm-groups tbody td' }],
    ['pointer over the tiles', (hand) => hand.sweep('#rfm-tiles canvas')],
    ['pointer over the grid', (hand) => hand.sweep('#rfm-grid canvas')],
    ['keys through the grid', walk('#rfm-grid canvas')],
    ['ten segments', click('#view-ten'), pressed('#view-ten')],
    ['eight cells', click('#view-eight'), pressed('#view-eight')],
    ['eleven segments', click('#view-eleven'), pressed('#view-eleven')],
    ['by revenue', click('#measure-revenue'), pressed('#measure-revenue')],
    ['other ties', (hand) => hand.choose('#ties', 'ArrowDown'), {}],
    ['other scores', (hand) => hand.choose('#scoring', 'ArrowDown'), {}],
    ['the scores before', (hand) => hand.choose('#scoring', 'ArrowUp'), {}],
    ['definition', click('#definition-open'), { there: '#guide' }],
    ['without refunds', click('label[for="net-of-refunds"]'), {}],
    ['close the definition', press('Escape'), { gone: '#definition-panel' }],
    ['sort the groups', ...sort('#rfm-groups', 2)],
    ['users of a cell', (hand) => hand.click('#rfm-grid canvas', { at: [0.9, 0.5] }), { there: '#users-table tbody td' }],
    close('#users-panel'),
    ['Chinese', click('#language-zh'), { there: 'html[lang="zh-CN"]' }],
    ['English', click('#language-en'), { there: 'html[lang="en"]' }],
    ['dark', click('#theme-dark'), { there: 'html[data-theme="dark"]' }],
    ['light', click('#theme-light'), { there: 'html[data-theme="light"]' }],
  ]),
  ...part('retention', [
    ['go', click('#nav-retention'), { there: '#retention-cohorts tbody td' }],
    ['by week', click('#period-week'), pressed('#period-week')],
    ['by day', click('#period-day'), pressed('#period-day')],
    ['counts', click('#numbers-counts'), pressed('#numbers-counts')],
    ['pointer over the heat map', (hand) => hand.sweep('#retention-heat canvas')],
    ['keys through the heat map', walk('#retention-heat canvas')],
    ['pointer over the curves', (hand) => hand.sweep('#retention-curves canvas')],
    ['hide the curves', click('#retention-curves .legend-item'), { there: '#retention-curves .legend-item[aria-pressed="false"]' }],
    ['show the curves', click('#retention-curves .legend-item'), { gone: '#retention-curves .legend-item[aria-pressed="false"]' }],
    ['wheel down the table', (hand) => hand.wheel('#retention-cohorts .table-scroll', 30, [0, 300])],
    ['sort the table', ...sort('#retention-cohorts', 3)],
    ['wheel along the table', (hand) => hand.wheel('#retention-cohorts .table-scroll', 30, [200, 0])],
    ['by day in Chinese', click('#language-zh'), { there: 'html[lang="zh-CN"]' }],
    ['by day in English', click('#language-en'), { there: 'html[lang="en"]' }],
    ['by day, dark', click('#theme-dark'), { there: 'html[data-theme="dark"]' }],
    ['by day, light', click('#theme-light'), { there: 'html[data-theme="light"]' }],
    ['by month', click('#period-month'), pressed('#period-month')],
    ['users of a cohort', click('#retention-cohorts tbody tr td:nth-child(3) button'), { there: '#users-table tbody td' }],
    close('#users-panel'),
    ['undo', press('Control+z', 'Control+z'), {}],
    ['redo', press('Control+y', 'Control+y'), {}],
  ]),
  ...part('retention by day, all 365 days', [
    ['by day', click('#period-day'), pressed('#period-day')],
    ['all days', (hand) => hand.choose('#periods', 'End'), {}],
    ['rates', click('#numbers-rates'), pressed('#numbers-rates')],
    ['wheel down the table', (hand) => hand.wheel('#retention-cohorts .table-scroll', 30, [0, 300])],
    ['sort the table', ...sort('#retention-cohorts', 3)],
    ['Chinese', click('#language-zh'), { there: 'html[lang="zh-CN"]' }],
    ['English', click('#language-en'), { there: 'html[lang="en"]' }],
    ['by month again', click('#period-month'), pressed('#period-month')],
  ]),
  ...part('growth', [
    ['go', click('#nav-growth'), { there: '#growth-users canvas' }],
    ['by day', click('#period-day'), pressed('#period-day')],
    ['by month', click('#period-month'), pressed('#period-month')],
    ['by week', click('#period-week'), pressed('#period-week')],
    ['pointer over the columns', (hand) => hand.sweep('#growth-users canvas')],
    ['stickiness', click('#growth-part-stickiness'), { there: '#growth-power canvas' }],
    ['users again', click('#growth-part-users'), { there: '#growth-users canvas' }],
  ]),
  ...part('funnel', [
    ['go', click('#nav-funnel'), { there: '#funnel-steps canvas' }],
    ['attempts', click('#count-attempts'), pressed('#count-attempts')],
    ['users', click('#count-users'), pressed('#count-users')],
    ['definition', click('#definition-open'), { there: '#guide' }],
    ['any order', click('#order-any'), pressed('#order-any')],
    ['in order', click('#order-ordered'), pressed('#order-ordered')],
    ['close the definition', press('Escape'), { gone: '#definition-panel' }],
    ['groups', (hand) => hand.choose('#breakdown', 'ArrowDown'), {}],
    ['no groups', (hand) => hand.choose('#breakdown', 'ArrowUp'), {}],
    ['by week', click('#trend-week'), pressed('#trend-week')],
    ['by month', click('#trend-month'), pressed('#trend-month')],
  ]),
  ...part('paths', [
    ['go', click('#nav-paths'), { there: '#paths-flows canvas' }],
    ['pointer over the flows', (hand) => hand.sweep('#paths-flows canvas')],
    ['matrix', click('#paths-view-matrix'), { there: '#paths-matrix canvas' }],
    ['transitions', click('#paths-view-transitions'), { there: '#paths-transitions canvas' }],
    ['flows', click('#paths-view-flows'), { there: '#paths-flows canvas' }],
  ]),
  ...part('repurchase', [['go', click('#nav-repurchase'), { there: '#repurchase-intervals canvas' }]]),
  ...part('between pages', [
    ['overview', click('#nav-overview'), at('overview')],
    ['segments', click('#nav-segments'), at('segments')],
    ['retention', click('#nav-retention'), at('retention')],
    ['overview by key', press('1'), at('overview')],
    ['back and forward', press('Alt+ArrowLeft', 'Alt+ArrowRight'), at('overview')],
  ]),
];

/** After the address has led to the gallery: a table with a million rows. */
export const GALLERY_STEPS = part('a million rows', [
  ['wheel', (hand) => hand.wheel('#table-million .table-scroll', 60, [0, 900])],
  ['keys to the end and back', table('#table-million')],
  ['sort 60 rows', ...sort('#table-sixty', 2)],
  ['sort 100,000 rows', ...sort('#table-many', 2)],
  ['search 100,000 rows', (hand) => find(hand, '#table-many-search', '12'), {}],
]);

/** Through the marks of a chart. */
function walk(canvas) {
  return async (hand) => {
    await hand.focus(canvas);
    await hand.press('ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowDown', 'PageDown', 'End', 'Home', 'ArrowLeft', 'Escape');
  };
}

/** Through the cells of a table, from the one that takes the focus. */
function table(section) {
  return async (hand) => {
    await hand.focus(`${section} table`);
    await hand.press('ArrowDown', 'PageDown', 'PageDown', 'Control+End', 'PageUp', 'Control+Home', 'ArrowDown');
  };
}

/** Writes into a field letter by letter. */
async function find(hand, field, text, ...then) {
  await hand.click(field);
  await hand.press('Control+a');
  await hand.type(text);
  await hand.press(...then);
}

async function calendar(hand) {
  await hand.focus('#date-range-calendar [tabindex="0"]');
  await hand.press('PageUp', 'ArrowLeft', 'Enter', 'ArrowDown', 'Enter');
}

async function allDates(hand) {
  await hand.click('#dates');
  await hand.click('#date-range-all');
  await hand.press('Escape');
}
