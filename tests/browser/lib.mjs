// The harness of the browser tests: opens the page in a real browser, over http and from disk, and writes down every
// request and every complaint. A test ends with `await tab.close()`, which fails on anything that was not allowed.
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, extname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const dist = join(root, "dist");

/** The path of a file that the build made. */
export const distFile = (name) => join(dist, name);

/** Where screenshots go. */
export const screenshots = process.env.STRATA_SCREENSHOTS ?? join(root, "target", "screenshots");

/** The two builds: `served` over http under a sub-path, `single` is dist/strata.html from disk. */
export const builds = ["served", "single"];

/** What the served page may load, from the build's own list. */
export const ownFiles = new Set(JSON.parse(readList()));

function readList() {
  const path = distFile("files.json");
  assert(existsSync(path), "dist/ is not built: run cargo xtask bundle first");
  return readFileSync(path, "utf8");
}

const mediaTypes = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".json": "application/json", ".wasm": "application/wasm", ".svg": "image/svg+xml",
};

/**
 * Serves dist/ on this machine under a path, so that a link that is not relative breaks. `extra` maps further paths to
 * HTML. With `compress`, files go gzipped, as from most hosts of static files. `missed` lists every path asked for, by
 * whomever, that is not one of the page's files.
 */
export async function serveDist({ under = "/some/where/", extra = {}, compress = false } = {}) {
  const missed = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const name = path.startsWith(under) ? path.slice(under.length) || "index.html" : undefined;
    const send = (status, type, body) => {
      const headers = { "content-type": type, "cache-control": "no-store" };
      if (compress) headers["content-encoding"] = "gzip";
      response.writeHead(status, headers);
      response.end(compress ? gzipSync(body) : body);
    };
    if (extra[path] !== undefined) send(200, mediaTypes[extname(path)] ?? mediaTypes[".html"], extra[path]);
    else if (ownFiles.has(name)) send(200, mediaTypes[extname(name)] ?? "text/plain", readFileSync(join(dist, name)));
    else {
      missed.push(path);
      send(404, "text/plain", "not found");
    }
  });
  const port = await listen(server);
  const origin = `http://127.0.0.1:${port}`;
  return { origin, address: origin + under, missed, close: () => stop(server) };
}

/** Listens on another port and writes down whatever arrives; answers as an obliging server would. */
export async function openSink() {
  const heard = [];
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      heard.push(data.toString("latin1").split("\r\n")[0]);
      socket.end("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: text/javascript\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  });
  const port = await listen(server);
  return { host: `127.0.0.1:${port}`, heard, close: () => stop(server) };
}

async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

async function stop(server) {
  server.closeAllConnections?.();
  server.close();
  await once(server, "close");
}

/** A browser's program: where the environment says, else the first of these names on the path. */
function findProgram(variable, names) {
  if (process.env[variable]) return process.env[variable];
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** Undefined when there is no Firefox here: `test(name, { skip: firefoxMissing }, ...)`. */
export const firefoxProgram = findProgram("FIREFOX", ["firefox", "firefox-esr"]);
export const firefoxMissing = firefoxProgram ? false : "there is no Firefox: install it or set FIREFOX to its path";

const chromiumFlags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

/** Starts headless Chromium, with further `flags`; at `port`, if one is given, other tools can drive it too. */
export function launchChromium({ port, flags = [] } = {}) {
  const executablePath = findProgram("CHROMIUM", ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]);
  assert(executablePath, "there is no Chromium: install it or set CHROMIUM to its path");
  const args = [...chromiumFlags, ...flags, ...(port ? [`--remote-debugging-port=${port}`] : [])];
  return chromium.launch({ executablePath, args });
}

/** Starts headless Firefox, which Playwright cannot drive without its own build of it; `language` is the user's. */
export function launchFirefox({ language = "en-US" } = {}) {
  return puppeteer.launch({
    browser: "firefox", executablePath: firefoxProgram, headless: true, protocolTimeout: 120_000,
    extraPrefsFirefox: {
      "intl.accept_languages": language,
      // Its own background requests have nothing to do with the page.
      "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false,
    },
  });
}

/** The address of a build; `server` is needed for `served`. */
export function addressOf(build, server) {
  if (build === "served") return server.address;
  assert(existsSync(distFile("strata.html")), "dist/strata.html is not built: run cargo xtask bundle first");
  return pathToFileURL(distFile("strata.html")).href;
}

/**
 * Opens the page in a context of its own, in Chromium (`tab.page` is Playwright's) or Firefox (puppeteer's).
 *
 * `build` is one of `builds`; `hash` is what follows # in the address; `language`, `colorScheme`, `width`, `height`,
 * `scale` and `zone` are the user's (Firefox takes its language when it is launched, and neither colour scheme nor zone).
 * `prepare` runs in the page before its own scripts, with `prepareArgument`. `expectedComplaints` are patterns of console
 * messages that the test provokes. `address` opens another page of `server` instead.
 */
export async function openTab(browser, {
  build = "served", server, hash = "", address = addressOf(build, server), language = "en-US", colorScheme = "light",
  width = 1440, height = 900, scale = 1, zone, prepare, prepareArgument, expectedComplaints = [],
} = {}) {
  const requests = [];
  const complaints = [];
  const complain = (type, text) => {
    if (["error", "warning", "warn"].includes(type)) complaints.push(`${type}: ${text}`);
  };
  const parts = { requests, complaints, expectedComplaints, address, build, server };
  if (isPlaywright(browser)) {
    const context = await browser.newContext({
      locale: language, colorScheme, viewport: { width, height }, deviceScaleFactor: scale, timezoneId: zone, acceptDownloads: true,
    });
    // The context hears the page and its workers alike.
    context.on("request", (request) => requests.push(request.url()));
    context.on("console", (message) => complain(message.type(), message.text()));
    context.on("weberror", (error) => complain("error", `uncaught ${error.error()?.stack ?? error.error()}`));
    const page = await context.newPage();
    page.on("crash", () => complain("error", "the page crashed"));
    if (prepare) await page.addInitScript(prepare, prepareArgument);
    await page.goto(address + hash);
    return new Tab({ ...parts, page, context });
  }
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  // Workers' requests do not come here: for them, `server.missed` and a sink are the witnesses.
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complain(message.type(), message.text()));
  page.on("pageerror", (error) => complain("error", `uncaught ${error?.stack ?? error}`));
  await page.setViewport({ width, height, deviceScaleFactor: scale });
  if (prepare) await page.evaluateOnNewDocument(prepare, prepareArgument);
  await page.goto(address + hash);
  return new Tab({ ...parts, page, context });
}

/** Playwright's browsers have `newContext`, puppeteer's `createBrowserContext`. */
function isPlaywright(browser) {
  return typeof browser.newContext === "function";
}

/** One open page with what it asked for and complained about. */
export class Tab {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Requests that left the page's own static files; those made of data already here do not count. */
  strangeRequests() {
    return strangeRequests(this.requests, this.build, this.address);
  }

  /** Console errors, warnings and uncaught errors that the test did not announce. */
  strangeComplaints() {
    return this.complaints.filter((text) => !this.expectedComplaints.some((pattern) => pattern.test(text)));
  }

  /** Chooses files; each is a path or `{ name, text }`. Large files should be paths. */
  async upload(files, selector = "input[type=file]") {
    const paths = [files].flat().map(asPath);
    if (this.page.setInputFiles) return this.page.setInputFiles(selector, paths);
    const input = await this.page.$(selector);
    return input.uploadFile(...paths);
  }

  /** Drops files onto an element, as from the desktop. Their text crosses into the page: for small files. */
  async drop(files, selector) {
    const contents = [files].flat().map((file) =>
      typeof file === "string" ? { name: basename(file), text: readFileSync(file, "utf8") } : file);
    await this.page.evaluate(({ contents, selector }) => {
      const dataTransfer = new DataTransfer();
      for (const { name, text } of contents) dataTransfer.items.add(new File([text], name));
      for (const type of ["dragenter", "dragover", "drop"]) {
        const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
        document.querySelector(selector).dispatchEvent(event);
      }
    }, { contents, selector });
  }

  /** Does something that starts a download and gives its name and bytes (Chromium only). */
  async download(action) {
    const [download] = await Promise.all([this.page.waitForEvent("download"), action()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  /** Writes target/screenshots/<name>.png of the whole page; returns its path. */
  async screenshot(name, options = {}) {
    mkdirSync(screenshots, { recursive: true });
    const path = join(screenshots, `${name}.png`);
    await this.page.screenshot({ path, fullPage: true, ...options });
    return path;
  }

  /** Waits until the application has told the page how to start workers. */
  async started() {
    await this.until(() => typeof globalThis.strataSpawnWorker === "function", "the application did not start");
  }

  /** Asks the page until the answer is yes; the page's policy forbids the drivers' own way of waiting. */
  async until(question, complaint, seconds = 15) {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(25)) {
      if (await this.page.evaluate(question)) return;
    }
    assert.fail(`${complaint}; the console says: ${this.complaints.join("; ") || "nothing"}`);
  }

  /** Starts an engine worker as the page does and waits until it is ready. */
  async startWorker() {
    await this.started();
    await this.page.evaluate(() => new Promise((resolve, reject) => {
      const worker = globalThis.strataSpawnWorker();
      worker.addEventListener("message", () => resolve(true), { once: true });
      worker.addEventListener("error", (event) => reject(new Error(event.message)), { once: true });
    }));
  }

  /** Closes the page whatever it did. */
  async discard() {
    await this.context.close();
  }

  /** Closes the page; fails on a request or a complaint that was not allowed. */
  async close() {
    await this.discard();
    assert.deepEqual(this.strangeRequests(), [], "requests to something other than the page's own files");
    assert.deepEqual(this.server?.missed ?? [], [], "files that the server does not have");
    assert.deepEqual(this.strangeComplaints(), [], "complaints in the console");
  }
}

/** Of these addresses, those that a build may not ask for. */
export function strangeRequests(requests, build, address) {
  const allowed = (url) => {
    if (url.startsWith("data:") || url.startsWith("blob:")) return true;
    const plain = url.split(/[?#]/)[0];
    if (build === "single") return plain === address;
    if (!plain.startsWith(address)) return false;
    return ownFiles.has(plain.slice(address.length) || "index.html");
  };
  return requests.filter((url) => !allowed(url));
}

const folders = [];
process.once("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that is gone when the tests are. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "strata-test-"));
  folders.push(folder);
  return folder;
}

/** The path of a file; one that is given as text is written down first. */
function asPath(file) {
  if (typeof file === "string") return file;
  const path = join(temporaryFolder(), file.name);
  writeFileSync(path, file.text);
  return path;
}
