// A fresh headless Chromium for every measurement, and what the operating system knows about it.
import fs from 'node:fs';
import { chromium as driver } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens a page in a browser of its own. `prepare` runs in the page before its scripts. */
export async function launch(executablePath, prepare, argument) {
  const tag = `--strata-bench=${process.pid}-${Math.random().toString(36).slice(2)}`;
  const browser = await driver.launch({ executablePath, headless: true, args: [...FLAGS, tag] });
  const page = await (await browser.newContext()).newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text().slice(0, 300)));
  page.on('pageerror', (error) => errors.push(String(error).slice(0, 300)));
  await page.addInitScript(prepare, argument);
  return {
    page,
    errors,
    version: browser.version(),
    memory: () => memory(tag),
    // A tab that died may keep the browser from closing: do not wait for ever.
    close: () => Promise.race([browser.close().catch(() => {}), pause(10_000)]),
  };
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

/** Waits for something in a page, but not longer than the limit and not past the tab's end. */
export async function within(milliseconds, page, promise) {
  let timer, crashed;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds);
    crashed = () => reject(new Error('the tab crashed'));
    page.once('crash', crashed);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
    page.off('crash', crashed);
  }
}

/** The largest resident memory that any renderer of this browser ever had, in MB; nothing where there is no /proc. */
function memory(tag) {
  if (!fs.existsSync('/proc/self/status')) return null;
  const processes = new Map();
  for (const id of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = fs.readFileSync(`/proc/${id}/status`, 'utf8');
      const command = fs.readFileSync(`/proc/${id}/cmdline`, 'utf8');
      const field = (name) => +(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
      processes.set(+id, { parent: field('PPid'), peak: field('VmHWM') / 1024, command });
    } catch {
      // It ended while we looked.
    }
  }
  const ours = (process) => process && (process.command.includes(tag) || ours(processes.get(process.parent)));
  const renderers = [...processes.values()].filter((process) => process.command.includes('--type=renderer') && ours(process));
  return renderers.length ? Math.max(...renderers.map((process) => process.peak)) : null;
}
