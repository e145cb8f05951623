// Brings what the benchmark needs: npm packages, bundles, Python for the data, the data, the empty Leptos page.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { bench, inBench, project, target } from './folders.mjs';

const ARQUERO = 'arquero@8.0.3';
const PYTHON_PACKAGES = ['numpy==2.4.6', 'polars==2.1.0'];
const BUNDLED = ['duckdb', 'perspective', 'parquet-wasm', 'hyparquet'];
/** Bytes of CSV in a row, rounded up. */
const ROW_BYTES = 64;
const EMPTY = ['leptos-empty', 'vendor/leptos-empty'];

const exists = (...parts) => fs.existsSync(inBench(...parts));
const newer = (source, made) => !fs.existsSync(made) || fs.statSync(source).mtimeMs > fs.statSync(made).mtimeMs;

/** Stops with one clear line. */
export function stop(message) {
  console.error(`bench: ${message}`);
  process.exit(1);
}

function run(program, parameters, { cwd = bench, advice, ...options } = {}) {
  try {
    return execFileSync(program, parameters, { cwd, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28, ...options });
  } catch (error) {
    return stop(
      `${program} ${parameters.join(' ')} failed (${error.code ?? `status ${error.status}`}).${advice ? ` ${advice}` : ''}`,
    );
  }
}

/** The npm packages, and the peers that need bundling into one script each. */
export function packages() {
  if (newer(inBench('package-lock.json'), inBench('node_modules/.package-lock.json'))) {
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { advice: 'Node.js 20 or later with npm is needed.' });
  }
  fs.mkdirSync(inBench('vendor'), { recursive: true });
  if (!exists('vendor/arquero')) {
    // Its bundle holds all it needs. An ordinary installation would also fetch packages that some registries do not have.
    const archive = run('npm', ['pack', ARQUERO, '--silent', '--pack-destination', 'vendor']).toString().trim();
    run('tar', ['xzf', `vendor/${archive}`, '-C', 'vendor']);
    fs.renameSync(inBench('vendor/package'), inBench('vendor/arquero'));
    fs.rmSync(inBench('vendor', archive));
  }
  for (const peer of BUNDLED) {
    const [source, made] = [inBench('pages', `${peer}.js`), inBench('vendor', `${peer}.js`)];
    if (!newer(source, made) && !newer(inBench('package-lock.json'), made)) continue;
    const options = ['--bundle', '--format=esm', '--minify', '--target=esnext', '--log-level=error'];
    run(inBench('node_modules/.bin/esbuild'), [source, ...options, `--outfile=${made}`]);
  }
}

/** A browser: CHROMIUM, or the first that is found. */
export function chromium() {
  const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return (
    places.find((place) => place && fs.existsSync(place)) ?? stop('no Chromium found: install chromium, or name it in CHROMIUM.')
  );
}

/** The event log with n rows, made once. */
export function events(n) {
  const file = inBench('data', `events_${n}.csv`);
  if (!fs.existsSync(file)) {
    console.log(`making ${n} events ...`);
    fs.mkdirSync(inBench('data'), { recursive: true });
    const { bavail, bsize } = fs.statfsSync(inBench('data'));
    if (bavail * bsize < n * ROW_BYTES)
      stop(`${n} events take ${gigabytes(n * ROW_BYTES)}, ${gigabytes(bavail * bsize)} are free.`);
    run(python(), [inBench('generate.py'), String(n), inBench('data')]);
  }
  return file;
}

const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;

/** The same rows as Parquet, made once; the codec is `snappy` or `zstd`. */
export function parquet(n, codec) {
  const source = events(n);
  const made = source.replace(/csv$/, `${codec}.parquet`);
  if (newer(source, made) || newer(inBench('parquet.py'), made)) {
    console.log(`writing ${n} events as Parquet (${codec}) ...`);
    run(python(), [inBench('parquet.py'), source, codec]);
  }
  return made;
}

/** The oracle's results for n rows, computed once for this data by the definitions, slowly. */
export function oracle(n) {
  const made = inBench('data', `oracle_${n}.json`);
  if (newer(events(n), made) || newer(inBench('oracle.py'), made)) {
    console.log(`computing the oracle's results for ${n} events ...`);
    fs.writeFileSync(made, run(python(), [inBench('oracle.py'), events(n)]));
  }
  return JSON.parse(fs.readFileSync(made, 'utf8'));
}

function python() {
  const program = inBench('vendor/python/bin/python');
  if (!fs.existsSync(inBench('vendor/python/ready'))) {
    run('python3', ['-m', 'venv', inBench('vendor/python')], { advice: 'Python 3 with venv is needed to make the data.' });
    run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PYTHON_PACKAGES]);
    fs.writeFileSync(inBench('vendor/python/ready'), '');
  }
  return program;
}

/** The empty Leptos page in vendor/leptos-empty: cargo, wasm-bindgen, wasm-opt -O3, the steps and settings of Strata's own build. */
export function emptyPage() {
  const [source, made] = EMPTY.map((folder) => inBench(folder));
  const wasm = path.join(made, 'empty_bg.wasm');
  const sources = ['Cargo.toml', 'Cargo.lock', 'src/main.rs', 'index.html', 'boot.js'].map((name) => path.join(source, name));
  if (sources.some((file) => newer(file, wasm))) {
    console.log('building the empty Leptos page ...');
    const cargo = (...parameters) => run('cargo', [...parameters, '--locked', '--target-dir', target], { cwd: source });
    cargo('build', '--quiet', '--release', '--target', 'wasm32-unknown-unknown');
    cargo('build', '--quiet', '--package', 'leptos-empty-bindgen');
    fs.mkdirSync(made, { recursive: true });
    const compiled = path.join(target, 'wasm32-unknown-unknown/release/leptos-empty.wasm');
    run(path.join(target, 'debug/leptos-empty-bindgen'), [compiled, made]);
    for (const name of ['index.html', 'boot.js']) fs.copyFileSync(path.join(source, name), path.join(made, name));
    // No feature flags: wasm-opt reads what the module itself says it uses.
    run(inBench('node_modules/.bin/wasm-opt'), ['-O3', wasm, '-o', wasm]);
  }
  return made;
}

/** Strata's dist/, or nothing when it has not been built. */
export const built = (file) => fs.existsSync(path.join(project, file));
