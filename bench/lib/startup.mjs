// T0: how long until Strata's page shows itself, against the smallest Leptos page; and how much is sent for it.
import fs from 'node:fs';
import zlib from 'node:zlib';
import { launch, within } from './browser.mjs';
import { markdown, median, time } from './report.mjs';
import { fileOf } from './serve.mjs';

/** Ready: the first frame after an element that `ready` selects, put there by the wasm, is in the page. */
const PAGES = [
  { id: 'strata', url: '/dist/index.html', ready: '#strata > *', needs: 'dist/index.html' },
  { id: 'leptos-empty', url: '/vendor/leptos-empty/index.html', ready: 'body > main' },
];

export async function startup({ chromium, address, repeats, limit, built }) {
  const pages = PAGES.filter((page) => !page.needs || built(page.needs));
  const runs = new Map(pages.map((page) => [page.id, { cold: [], warm: [], files: new Set() }]));
  for (let repeat = 0; repeat < repeats; repeat++) {
    // Each goes first as often as the other.
    for (const page of repeat % 2 ? pages.toReversed() : pages)
      await visit(page, runs.get(page.id), { chromium, address, limit });
  }
  const rows = pages.map(({ id }) => {
    const { cold, warm, files } = runs.get(id);
    const sent = [...files].map((name) => fs.readFileSync(fileOf(name)));
    const wasm = [...files].filter((name) => name.endsWith('.wasm')).map((name) => fs.readFileSync(fileOf(name)));
    return [id, time(median(cold)), time(median(warm)), sizes(wasm), sizes(sent)];
  });
  console.log(
    `\n${markdown(['page', 'ready, cold', 'ready, warm', 'wasm: raw / gzip / brotli', 'everything: raw / gzip / brotli'], rows)}`,
  );
  const [strata, empty] = ['strata', 'leptos-empty'].map((id) => runs.get(id));
  if (!strata) return console.log('\ndist/index.html is missing: run `cargo xtask build` first to measure Strata.');
  const ratio = (kind) => (median(strata[kind]) / median(empty[kind])).toFixed(2);
  console.log(`\nStrata against the empty page: ${ratio('cold')}x cold, ${ratio('warm')}x warm`);
}

/** Cold in a new browser with an empty profile, then warm: the same address again in it. */
async function visit(entry, run, { chromium, address, limit }) {
  const { page, errors, close } = await launch(chromium, watchReady, entry.ready);
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
          page.evaluate(() => window.pageReady),
        ),
      );
    }
  } catch (error) {
    throw new Error(`${entry.id} did not get ready: ${error.message}. Console: ${errors.join('; ') || 'empty'}`);
  } finally {
    await close();
  }
}

/** In the page, before its scripts. */
function watchReady(selector) {
  window.pageReady = new Promise((resolve) => {
    const observer = new MutationObserver(look);
    function look() {
      if (!document.querySelector(selector)) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now()));
    }
    observer.observe(document, { childList: true, subtree: true });
  });
}

function sizes(buffers) {
  const total = (measure) => buffers.reduce((sum, buffer) => sum + measure(buffer), 0);
  const brotli = (buffer) =>
    zlib.brotliCompressSync(buffer, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: buffer.length } });
  const all = [total((b) => b.length), total((b) => zlib.gzipSync(b, { level: 9 }).length), total((b) => brotli(b).length)];
  return all.map((bytes) => `${(bytes / 1000).toFixed(0)} kB`).join(' / ');
}
