// duckdb-wasm; ?bundle=eh runs on one thread, ?bundle=coi on two (the page is cross-origin isolated).
import * as duckdb from '@duckdb/duckdb-wasm';
import { filterLists, flat } from './canonical.js';

const bundle = new URLSearchParams(location.search).get('bundle') || 'eh';
const threads = bundle === 'coi' ? 2 : 1;
const base = `${location.origin}/node_modules/@duckdb/duckdb-wasm/dist/`;
const texts = {};
let database, connection, filtered;

const quoted = (list) => list.map((text) => `'${text.replaceAll("'", "''")}'`).join(',');
const query = async (sql) => (await connection.query(sql)).toArray();

function rowsOf(table) {
  const columns = table.schema.fields.map((_, index) => table.getChildAt(index));
  return Array.from({ length: table.numRows }, (_, row) => columns.map((column) => Number(column.get(row))));
}

window.peer = {
  version: '',
  async init() {
    database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(`${base}duckdb-browser-${bundle}.worker.js`));
    const pthread = bundle === 'coi' ? `${base}duckdb-browser-coi.pthread.worker.js` : undefined;
    await database.instantiate(`${base}duckdb-${bundle}.wasm`, pthread);
    const limit = bundle === 'coi' ? { maximumThreads: threads } : {};
    await database.open({ ...limit, query: { castBigIntToDouble: true, castDecimalToDouble: true } });
    connection = await database.connect();
    await query('SELECT 1');
  },
  // Not timed: the texts of the queries.
  async prepare() {
    this.version = `${(await query('SELECT version() AS v'))[0].v}, threads ${threads}`;
    for (const name of ['load', 'check', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7']) {
      texts[name] = await (await fetch(`/queries/duckdb/${name}.sql`)).text();
    }
    const { channels, cities } = await filterLists();
    filtered = `(SELECT user_id, ts FROM ev WHERE channel IN (${quoted(channels)}) AND city IN (${quoted(cities)}))`;
  },
  async load(file) {
    // duckdb-wasm 1.32.0 does not hand a registered File to its threads: a threaded read_csv over it comes out empty without
    // an error, or fails. So with threads the whole file is copied into the wasm heap first.
    if (bundle === 'coi') await database.registerFileBuffer('events.csv', new Uint8Array(await file.arrayBuffer()));
    else await database.registerFileHandle('events.csv', file, duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true);
    await query(texts.load.replace('{FILE}', 'events.csv'));
    if (bundle === 'coi') await database.dropFile('events.csv');
    return Number((await query('SELECT count(*) AS n FROM ev'))[0].n);
  },
  async run(task) {
    const sql = task === 'T8' ? texts.T2.replace('{EV}', filtered) : texts[task].replace('{EV}', 'ev');
    const rows = rowsOf(await connection.query(sql));
    return task === 'check' ? rows[0].map(Math.round) : flat(task, rows);
  },
};
