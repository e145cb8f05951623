// The JavaScript module on a page of somebody else: open, ask, list users, refuse, abort, close; and the command line, which
// gives the very same answers.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { elevenSegments, reference } from "./expected.mjs";
import { firefoxMissing, launchChromium, launchFirefox, openTab, serveDist, temporaryFolder } from "./lib.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = temporaryFolder();

/** A page of somebody else; it holds the file that it will open. */
const host = "<!doctype html><meta charset=utf-8><title>host</title><link rel=icon href=data:,><input type=file>";

const mapping = {
  user: "user_id", time: "time", event: "event", value: "amount", order: "order_id", channel: "channel",
  purchaseEvents: ["purchase"], refundEvents: ["refund"],
};

/** Questions of every kind, with settings, a filter, and the users behind a cell. */
const questions = [
  { analysis: "overview" },
  { analysis: "activeUsers" },
  { analysis: "rfm", params: { segmentMap: "eleven" } },
  { analysis: "rfm", params: { scoring: { by: "quantile", ties: "ntile" } }, filter: { all: [{ from: "2025-01-01" }] } },
  { analysis: "retention", params: { period: "week", periods: 12 }, filter: { all: [{ column: "channel", in: ["抖音"] }] } },
  { analysis: "nDay" },
  { analysis: "growth", params: { period: "month" } },
  { analysis: "retention", params: { period: "month" }, users: { cell: { cohort: "2024-07-01", offset: 1 }, limit: 20 } },
];

/** The program, where cargo builds it; the newest of those that are there would not be surely that of this source. */
function commandLine() {
  const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: root, maxBuffer: 1e8 }));
  execFileSync("cargo", ["build", "--quiet", "--package", "strata", "--bin", "strata"], { cwd: root, stdio: "inherit" });
  const program = join(metadata.target_directory, "debug", process.platform === "win32" ? "strata.exe" : "strata");
  assert(existsSync(program), `${program} is not there`);
  return (...words) => execFileSync(program, words, { maxBuffer: 1e9 });
}

let strata, sample;
before(() => {
  strata = commandLine();
  sample = join(folder, "sample.csv");
  writeFileSync(sample, strata("sample"));
});

const browsers = {
  chromium: { launch: launchChromium, skip: false },
  firefox: { launch: launchFirefox, skip: firefoxMissing },
};

for (const [name, { launch, skip }] of Object.entries(browsers)) {
  describe(name, { skip }, () => {
    let browser, server, tab;
    before(async () => {
      server = await serveDist({ extra: { "/host.html": host } });
      browser = await launch();
      tab = await openTab(browser, { server, address: `${server.origin}/host.html` });
      await tab.upload(sample);
      await tab.page.evaluate(async (address) => {
        globalThis.strata = await import(`${address}strata.js`);
        globalThis.file = document.querySelector("input").files[0];
      }, server.address);
    });
    after(async () => {
      await tab?.discard();
      await browser?.close();
      await server?.close();
    });

    /** What a call rejects with, as plain data; null when it does not. */
    const refusal = (call, argument) => tab.page.evaluate(async ([call, argument]) => {
      const calls = {
        open: (options) => globalThis.strata.open([globalThis.file], options),
        openNothing: () => globalThis.strata.open([]),
        openText: () => globalThis.strata.open(["sample.csv"]),
        openBlob: (text) => globalThis.strata.open([new Blob([text])]),
        run: (request) => globalThis.data.run(request),
      };
      try {
        await calls[call](argument);
        return null;
      } catch (error) {
        return { ...error, name: error.name, message: error.message, isError: error instanceof Error };
      }
    }, [call, argument]);

    test("opens a file with its options and tells how far it is", async () => {
      const found = await tab.page.evaluate(async ({ mapping, timeZone }) => {
        const told = [];
        const { signal } = new AbortController();
        const onProgress = (progress) => told.push(progress);
        globalThis.data = await globalThis.strata.open([globalThis.file], { mapping, timeZone, onProgress, signal });
        return { told, info: globalThis.data.info };
      }, { mapping, timeZone: reference.time_zone });
      const { told, info } = found;
      assert(told.length > 0, "nothing was told");
      for (const { bytes, totalBytes, rows, seconds } of told) {
        assert(bytes <= totalBytes && rows <= reference.overview.rows && seconds >= 0, JSON.stringify(told));
      }
      assert.deepEqual(told.map(({ rows }) => rows), told.map(({ rows }) => rows).toSorted((a, b) => a - b));
      assert.deepEqual(info.population, {
        rowsRead: reference.overview.rows, rowsUsed: reference.overview.rows, rowsExcluded: info.population.rowsExcluded,
        users: reference.overview.users,
      });
      assert.equal(info.timeZone, reference.time_zone);
      assert.equal(info.mapping.user, "user_id");
      assert.deepEqual(info.span, [reference.overview.first_day, reference.overview.last_day]);
      assert.deepEqual(Object.fromEntries(info.events), reference.overview.events);
    });

    test("answers with the reference's figures, and lists the users behind them", async () => {
      const answer = (request) => tab.page.evaluate((request) => globalThis.data.run(request), request);
      const { report, timeZone, population } = await answer({ analysis: "rfm", params: { segmentMap: "eleven" } });
      assert.equal(timeZone, reference.time_zone);
      assert.equal(population.users, reference.overview.users);
      const segments = Object.fromEntries(report.segments.map(({ key, users }) => [key, users]));
      const expected = Object.entries(elevenSegments()).map(([key, { users }]) => [key, users]);
      assert.deepEqual(segments, Object.fromEntries(expected));
      const users = await answer({
        analysis: "rfm", params: { segmentMap: "eleven" }, users: { cell: { segment: "champions" }, offset: 250, limit: 10 },
      });
      assert.equal(users.total, segments.champions);
      assert.equal(users.offset, 250);
      assert.equal(users.rows.length, Math.min(10, segments.champions - 250));
    });

    test("the command line prints the same answers", async () => {
      for (const question of questions) {
        const answer = await tab.page.evaluate((request) => globalThis.data.run(request), question);
        const spec = join(folder, "spec.json");
        writeFileSync(spec, JSON.stringify({ mapping, timeZone: reference.time_zone, ...question }));
        assert.deepEqual(JSON.parse(strata("run", spec, sample)), answer, JSON.stringify(question));
      }
    });

    test("what is not known is refused with its kind, its place and what would be right", async () => {
      const field = await refusal("run", { analysis: "retention", params: { perod: "week" } });
      assert.equal(field.isError, true);
      assert.equal(field.name, "StrataError");
      assert.equal(field.kind, "unknown_field");
      assert.match(field.path, /^params(\.perod)?$/);
      assert.equal(field.found, "perod");
      assert.match(field.expected, /\bperiod\b/);
      const value = await refusal("run", { analysis: "retention", params: { period: "fortnight" } });
      assert.deepEqual([value.kind, value.path], ["bad_value", "params.period"]);
      assert.match(value.expected, /\bweek\b/);
      assert.equal((await refusal("run", { analysis: "fortune" })).path, "analysis");
      assert.equal((await refusal("open", { timezone: "UTC" })).kind, "unknown_field");
      assert.equal((await refusal("open", { timeZone: "Mars/Phobos" })).kind, "unknown_time_zone");
      assert.equal((await refusal("open", { mapping: { user: "nobody", time: "time" } })).kind, "unknown_column");
      assert.deepEqual([await refusal("openNothing"), await refusal("openText")].map(({ kind }) => kind), ["bad_value", "bad_value"]);
      assert.equal((await refusal("openBlob", "")).kind, "empty_file");
    });

    test("an aborted signal stops reading", async () => {
      const error = await tab.page.evaluate(async () => {
        const controller = new AbortController();
        // A hundred times the sample, so that reading is still under way when it is stopped.
        const body = globalThis.file.slice((await globalThis.file.slice(0, 1000).text()).indexOf("\n") + 1);
        const long = new Blob([globalThis.file, ...Array.from({ length: 100 }, () => body)]);
        const onProgress = () => controller.abort();
        return globalThis.strata.open([long], { signal: controller.signal, onProgress })
          .then(() => "it was read to the end", (error) => error.kind);
      });
      assert.equal(error, "cancelled");
    });

    test("after closing nothing is open, and other data can be opened", async () => {
      const found = await tab.page.evaluate(async () => {
        globalThis.data.close();
        const closed = await globalThis.data.run({ analysis: "overview" }).then(() => "an answer", (error) => error.kind);
        const data = await globalThis.strata.open([new Blob(["user,time\na,2025-01-01\nb,2025-01-02\n"])]);
        const { report } = await data.run({ analysis: "overview" });
        data.close();
        return { closed, users: report.users };
      });
      assert.deepEqual(found, { closed: "nothing_open", users: 2 });
      assert.deepEqual(tab.strangeComplaints(), []);
      assert.deepEqual(server.missed, []);
    });
  });
}
