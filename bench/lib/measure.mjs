// One peer, one browser, all tasks: start, T1 (open the file), the queries, the check.
import fs from 'node:fs';
import { launch, within } from './browser.mjs';
import { FLOOR } from './report.mjs';

/** `options`: chromium, address, file, rows, tasks, again (repeats of a query in the tab), limit (milliseconds per step). */
export async function measure(peer, options) {
  const { page, errors, version, memory, close } = await launch(options.chromium, watchStart);
  const record = { peer: peer.id, browser: version, tasks: {} };
  const inPage = (work, argument) => within(options.limit, page, page.evaluate(work, argument));
  try {
    await page.goto(options.address + peer.url);
    record.start = await inPage(waitForStart);
    await page.setInputFiles('#file', options.file);
    const { milliseconds, rows } = await inPage(load);
    record.tasks.T1 = { milliseconds: [milliseconds] };
    // The load alone; queries may need more.
    record.loaded = memory();
    const expected = peer.id === FLOOR ? fs.statSync(options.file).size : options.rows;
    if (rows !== expected) throw new Error(`${rows} rows came out of T1, the file has ${expected}`);
    record.version = await inPage(() => window.peer.version);
    const skipped = await inPage(() => window.peer.skip ?? []);
    for (const task of options.tasks.filter((task) => !skipped.includes(task))) {
      record.tasks[task] = await inPage(query, [task, options.again]).catch((error) => {
        if (/crashed|no answer/.test(error.message)) throw error;
        return { error: firstLine(error) };
      });
    }
    if (peer.id !== FLOOR) {
      const { milliseconds, result } = await inPage(query, ['check', 0]);
      record.check = result;
      record.checked = milliseconds[0];
    }
  } catch (error) {
    record.error = firstLine(error);
  }
  record.memory = memory();
  if (errors.length) record.console = errors.slice(0, 5);
  await close();
  return record;
}

const firstLine = (error) => String(error.message).split('\n')[0].slice(0, 300);

/** In the page, before its scripts: a peer's init() starts when the page assigns window.peer. */
function watchStart() {
  let peer;
  Object.defineProperty(window, 'peer', {
    get: () => peer,
    set(value) {
      peer = value;
      window.started = Promise.resolve(value.init()).then(() => performance.now());
    },
  });
}

async function waitForStart() {
  while (!window.started) await new Promise((resolve) => setTimeout(resolve, 5));
  return window.started;
}

async function load() {
  await window.peer.prepare?.();
  const file = document.querySelector('#file').files[0];
  const start = performance.now();
  const rows = await window.peer.load(file);
  return { milliseconds: performance.now() - start, rows };
}

async function query([task, again]) {
  const milliseconds = [];
  let result;
  for (let run = 0; run <= again; run++) {
    const start = performance.now();
    result = await window.peer.run(task);
    milliseconds.push(performance.now() - start);
  }
  return { milliseconds, result: Array.from(result) };
}
