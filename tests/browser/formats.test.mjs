// Files as they really come: in letters of their own, packed, as workbooks, as JSON. Each opens, and the figures are right.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, gzipSync } from "node:zlib";

import { everywhere } from "./environments.mjs";
import { appears, ask, click, disappears, download, says, textOf, waitFor } from "./hands.mjs";
import { temporaryFolder } from "./lib.mjs";

/** 用户ID,下单时间,实付金额,渠道 and three orders of two users, with a row of totals below, as Excel in China saves it. */
const gbk = { name: "订单.csv", text: Buffer.from(
  "d3c3bba749442ccfc2b5a5cab1bce42ccab5b8b6bdf0b6ee2cc7feb5c00d0a30303031372c323032352f312f3120393a30352c38382e30302cd0a1baec"
  + "cae90d0a30303031382c323032352f312f322031323a30302c31322e35302cb6b6d2f40d0a30303031372c323032352f312f31352032303a31302c3939"
  + "2e39392cb6b6d2f40d0abacfbcc62c2c3230302e34392c0d0a", "hex") };

const rows = [
  ["user_id", "order_time", "amount", "channel"],
  ["00017", "2025-01-01 09:05:00", "88.00", "小红书"],
  ["00018", "2025-01-02 12:00:00", "12.50", "抖音"],
  ["00017", "2025-01-15 20:10:30", "99.99", "抖音"],
];
const csv = rows.map((row) => `${row.join(",")}\n`).join("");
const figures = { users: "2", orders: "3", revenue: "200.49" };

/** A zip file whose members are stored as they are. */
function zip(members) {
  const [parts, entries] = [[], []];
  let offset = 0;
  for (const [name, content] of Object.entries(members)) {
    const [file, data] = [Buffer.from(name), Buffer.from(content)];
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x800, 2);
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(data.length, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt16LE(file.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    entries.push(Buffer.from("PK\x01\x02\x14\0", "latin1"), head, tail, file);
    const local = [Buffer.from("PK\x03\x04", "latin1"), head, file, data];
    offset += local.reduce((sum, part) => sum + part.length, 0);
    parts.push(...local);
  }
  const size = entries.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(members).length, 4);
  end.writeUInt16LE(Object.keys(members).length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...entries, Buffer.from("PK\x05\x06", "latin1"), end]);
}

/** A workbook with a merged title above the header. */
function workbook() {
  const cell = (text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
  const line = (cells) => `<row>${cells.map(cell).join("")}</row>`;
  const xml = '<?xml version="1.0" encoding="UTF-8"?>';
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const relations = "http://schemas.openxmlformats.org/package/2006/relationships";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  return zip({
    "[Content_Types].xml": `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`
      + '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
      + '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
      + '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": `${xml}<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="订单" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${xml}<Relationships xmlns="${relations}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `${xml}<worksheet xmlns="${main}"><sheetData>${line(["一月订单导出"])}${rows.map(line).join("")}</sheetData>`
      + '<mergeCells count="1"><mergeCell ref="A1:D1"/></mergeCells></worksheet>',
  });
}

const objects = rows.slice(1).map((row) => Object.fromEntries(row.map((cell, index) => [rows[0][index], cell])));

everywhere([
  ["a file in Chinese letters, with totals below", async (tab) => {
    await tab.upload(gbk);
    await appears(tab, "#encoding");
    assert.equal(await ask(tab, () => document.querySelector("#encoding").value), "gb18030");
    assert.match(await textOf(tab, "#preview"), /小红书/);
    await analyze(tab);
    await figuresAre(tab, figures);
  }],
  ["a gzipped file", async (tab) => {
    await tab.upload({ name: "orders.csv.gz", text: gzipSync(csv) });
    await analyze(tab);
    await figuresAre(tab, figures);
  }],
  ["a zip of two tables and what a Mac leaves behind: both are read, each can be left out", async (tab) => {
    const [header, ...lines] = csv.trimEnd().split("\n");
    const members = {
      "__MACOSX/._一月.csv": "\0\u0005", "readme.txt": "Exported on Monday.\n", ".DS_Store": "\0",
      "一月.csv": `${header}\n${lines.slice(0, 2).join("\n")}\n`, "二月.csv": `${header}\n${lines[2]}\n`,
    };
    await tab.upload({ name: "export.zip", text: zip(members) });
    await appears(tab, "#files");
    const names = () => ask(tab, () => [...document.querySelectorAll("#files [data-file]")].map((row) => row.dataset.file));
    assert.deepEqual(await names(), ["export.zip / 一月.csv", "export.zip / 二月.csv"]);
    const boxes = () => ask(tab, () => [...document.querySelectorAll("#parts input")].map((box) => [box.dataset.part, box.checked, box.disabled]));
    assert.deepEqual(await boxes(), [["readme.txt", false, false], ["一月.csv", true, false], ["二月.csv", true, false]]);
    await analyze(tab);
    await figuresAre(tab, figures);
    // One of them left out, and taken in again.
    await click(tab, "#columns");
    await appears(tab, "#parts");
    await click(tab, "[data-part='二月.csv']");
    await waitFor(tab, () => !document.querySelector("[data-part='二月.csv']").checked, undefined, "it is still read");
    assert.deepEqual((await boxes())[1], ["一月.csv", true, true], "one at least is read");
    await analyze(tab);
    await figuresAre(tab, { orders: "2", revenue: "100.50" });
    await click(tab, "#columns");
    await appears(tab, "#parts");
    await click(tab, "[data-part='二月.csv']");
    await waitFor(tab, () => document.querySelectorAll("#files [data-file]").length === 2, undefined, "it is not read");
    await analyze(tab);
    await figuresAre(tab, figures);
  }],
  ["a workbook with a title above its header", async (tab) => {
    await tab.upload({ name: "订单.xlsx", text: workbook() });
    await appears(tab, "#preview");
    assert.match(await textOf(tab, "#preview thead"), /user_id/);
    await analyze(tab);
    await figuresAre(tab, figures);
  }],
  ["JSON, as an array and line by line", async (tab) => {
    await tab.upload({ name: "orders.json", text: JSON.stringify(objects) });
    await analyze(tab);
    await figuresAre(tab, figures);
  }],
  ["JSON lines", async (tab) => {
    await tab.upload({ name: "orders.jsonl", text: objects.map((object) => `${JSON.stringify(object)}\n`).join("") });
    await analyze(tab);
    await figuresAre(tab, figures);
  }],
  ["Parquet", async (tab) => {
    const path = parquet();
    // Without a Python that has the writers there is none to open; `cargo xtask test` brings one.
    if (!path) return;
    await tab.upload({ name: "orders.parquet", text: readFileSync(path) });
    await analyze(tab);
    await figuresAre(tab, figures);
  }],
  ["order lines in Parquet: quantity times price, and rows set aside as text", async (tab) => {
    const path = orderLines();
    if (!path) return;
    await tab.upload({ name: "lines.parquet", text: readFileSync(path) });
    await analyze(tab);
    await figuresAre(tab, { users: "1", orders: "1", revenue: "11.50" });
    await click(tab, "#set-aside-open");
    const { bytes } = await download(tab, "#set-aside-download");
    assert.deepEqual(bytes.toString("utf8").trim().split("\n"), [
      "order_no,buyer_id,pay_time,quantity,unit_price,memo", "2,b,soon,5,3.00,\"c, c\"", "3,,2024-01-04,1,9.00,d",
    ]);
    await click(tab, "#ledger-close");
    await disappears(tab, "#ledger");
  }],
  ["a broken workbook is refused by name, and the page goes on", async (tab) => {
    await tab.upload({ name: "broken.xlsx", text: workbook().subarray(0, 700) });
    await waitFor(tab, () => document.querySelector("#error p")?.textContent.includes("broken.xlsx"), undefined, "nothing is said");
    await tab.upload({ name: "orders.csv", text: csv });
    await analyze(tab);
    await figuresAre(tab, figures);
  }],
]);

let written;
function parquet() {
  const python = process.env.STRATA_FOREIGN;
  if (!python) return undefined;
  written ??= join(temporaryFolder("formats"), "orders.parquet");
  const columns = rows[0].map((name, index) => `${JSON.stringify(name)}: ${JSON.stringify(rows.slice(1).map((row) => row[index]))}`);
  execFileSync(python, ["-c", `
import decimal, datetime, pyarrow as pa, pyarrow.parquet as pq
data = {${columns.join(", ")}}
data["amount"] = pa.array([decimal.Decimal(cell) for cell in data["amount"]], pa.decimal128(10, 2))
data["order_time"] = pa.array([datetime.datetime.fromisoformat(cell) for cell in data["order_time"]], pa.timestamp("us"))
pq.write_table(pa.table(data), ${JSON.stringify(written)}, compression="zstd", row_group_size=2)
`]);
  return written;
}

/** Two lines of one order, a line at no time, and one of nobody. */
function orderLines() {
  const python = process.env.STRATA_FOREIGN;
  if (!python) return undefined;
  const path = join(temporaryFolder("formats"), "lines.parquet");
  execFileSync(python, ["-c", `
import decimal, pyarrow as pa, pyarrow.parquet as pq
prices = pa.array([decimal.Decimal(price) for price in ("5.25", "1.00", "3.00", "9.00")], pa.decimal128(10, 2))
pq.write_table(pa.table({
    "order_no": ["1", "1", "2", "3"], "buyer_id": ["a", "a", "b", ""], "pay_time": ["2024-01-02", "2024-01-02", "soon", "2024-01-04"],
    "quantity": [2, 1, 5, 1], "unit_price": prices, "memo": ["a", "b", "c, c", "d"],
}), ${JSON.stringify(path)}, row_group_size=2)
`]);
  return path;
}

async function analyze(tab) {
  await appears(tab, "#analyze", 60);
  await waitFor(tab, () => !document.querySelector("#analyze").disabled, undefined, "it cannot be read");
  await click(tab, "#analyze");
  await appears(tab, "#answer", 60);
}

async function figuresAre(tab, figures) {
  for (const [key, figure] of Object.entries(figures)) await says(tab, `#kpi-${key}`, figure);
}
