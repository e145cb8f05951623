// T0: how long until Strata's page shows itself and answers a click, against the smallest Leptos page; and how much is sent
// for it.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { launch, within } from './browser.mjs';
import { circumstances, markdown, median, time } from './report.mjs';
import { fileOf } from './serve.mjs';

/**
 * Ready: the first frame after an element that `ready` selects, put there by the wasm, is in the page. Interactive: the first
 * frame with what a click on the control `press` opens; the click comes as soon as all of `controls` can be pressed.
 */
const PAGES = [
  {
    id: 'strata',
    url: '/dist/index.html',
    ready: '#strata > *',
    controls: ['#choose-file:enabled', '#try-sample:enabled', '#proof-open:enabled'],
    press: '#proof-open',
    opens: '#proof[open]',
    needs: 'dist/index.html',
  },
  { id: 'leptos-empty', url: '/vendor/leptos-empty/index.html', ready: 'body > main' },
];
const MEASURES = ['painted', 'ready', 'interactive', 'blocked'];

export async function startup({ chromium, address, repeats, limit, built }) {
  const pages = PAGES.filter((page) => !page.needs || built(page.needs));
  const runs = new Map(pages.map((page) => [page.id, { cold: [], warm: [], files: new Set() }]));
  for (let repeat = 0; repeat < repeats; repeat++) {
    // Each goes first as often as the other.
    for (const page of repeat % 2 ? pages.toReversed() : pages)
      await visit(page, runs.get(page.id), { chromium, address, limit });
  }
  const middle = (id, kind, measure) => median(runs.get(id)[kind].map((run) => run[measure]).filter(Number.isFinite));
  const show = (value) => (value === undefined ? '–' : time(value));
  const times = pages.flatMap(({ id }) =>
    ['cold', 'warm'].map((kind) => [`${id}, ${kind}`, ...MEASURES.map((measure) => show(middle(id, kind, measure)))]),
  );
  const head = ['page', 'first paint', 'ready', 'a click is answered', 'main thread blocked'];
  const sent = pages.map(({ id }) => {
    const all = [...runs.get(id).files];
    const read = (names) => names.map((name) => fs.readFileSync(fileOf(name)));
    return [id, sizes(read(all.filter((name) => name.endsWith('.wasm')))), sizes(read(all))];
  });
  const where = circumstances([{ browser: runs.get(pages[0].id).version }]);
  console.log(`\n${where}; ${repeats} browsers for each page\n\n${markdown(head, times)}\n`);
  console.log(markdown(['page', 'wasm: raw / gzip / brotli', 'everything: raw / gzip / brotli'], sent));
  if (pages.length < PAGES.length)
    return console.log('\ndist/index.html is missing: run `cargo xtask build` first to measure Strata.');
  const ratio = (kind) => (middle('strata', kind, 'ready') / middle('leptos-empty', kind, 'ready')).toFixed(2);
  console.log(`\nStrata against the empty page, ready: ${ratio('cold')}x cold, ${ratio('warm')}x warm`);
}

/** Cold in a new browser with an empty profile, then warm: the same address again in it. */
async function visit(entry, run, { chromium, address, limit }) {
  const { page, errors, version, close } = await launch(chromium, watchStart, entry);
  run.version = version;
  page.on('response', (response) => {
    const { origin, pathname } = new URL(response.url());
    // A worker's Blob has the page's origin too, but comes from no file.
    if (origin === address && response.ok() && pathname.startsWith('/')) run.files.add(pathname);
  });
  try {
    for (const kind of ['cold', 'warm', 'warm']) {
      await page.goto(address + entry.url);
      run[kind].push(
        await within(
          limit,
          page,
          page.evaluate(() => window.started),
        ),
      );
    }
  } catch (error) {
    throw new Error(`${entry.id} did not get ready: ${error.message}. Console: ${errors.join('; ') || 'empty'}`);
  } finally {
    await close();
  }
}

/** In the page, before its scripts: times from the start of the navigation, in milliseconds. */
function watchStart({ ready, controls, press, opens }) {
  const tasks = [];
  new PerformanceObserver((seen) => tasks.push(...seen.getEntries())).observe({ type: 'longtask', buffered: true });
  const comes = (fits) =>
    new Promise((resolve) => {
      const observer = new MutationObserver(look);
      function look() {
        if (!fits()) return;
        observer.disconnect();
        resolve();
      }
      observer.observe(document, { childList: true, subtree: true, attributes: true });
      look();
    });
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now())));
  const task = () => new Promise((resolve) => setTimeout(resolve));
  const interactive = async () => {
    if (!press) return undefined;
    await comes(() => controls.every((selector) => document.querySelector(selector)));
    // A click that a person makes is a task of its own.
    await task();
    document.querySelector(press).click();
    await comes(() => document.querySelector(opens));
    await frame();
    await task();
    return performance.now();
  };
  window.started = Promise.all([comes(() => document.querySelector(ready)).then(frame), interactive()]).then(
    async ([ready, interactive]) => {
      // Long tasks and paints are reported some time after they happened.
      await new Promise((resolve) => setTimeout(resolve, 300));
      const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
      const before = tasks.filter((task) => task.startTime < (interactive ?? ready));
      const blocked = before.reduce((sum, task) => sum + Math.max(0, task.duration - 50), 0);
      return { painted, ready, interactive, blocked };
    },
  );
}

function sizes(buffers) {
  const total = (measure) => buffers.reduce((sum, buffer) => sum + measure(buffer), 0);
  const brotli = (buffer) =>
    zlib.brotliCompressSync(buffer, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: buffer.length } });
  const all = [total((b) => b.length), total((b) => zlib.gzipSync(b, { level: 9 }).length), total((b) => brotli(b).length)];
  return all.map((bytes) => `${(bytes / 1000).toFixed(0)} kB`).join(' / ');
}
