"""Writes files with the programs that people write them with, and beside them what is in them.

    python make.py FOLDER

`FOLDER/cases.json` lists the files. A file of columns comes with the values of each column (text; numbers without
trailing zeros; times in microseconds; the empty text where there is none), any other with its table as CSV.
"""

import datetime as dt
import decimal
import gzip
import io
import json
import pathlib
import random
import sys
import zipfile

import duckdb
import openpyxl
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from odf import opendocument, table as odf_table, text as odf_text

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
cases = []
choose = random.Random(4)
ROWS = 3000


# --- values, and what they are expected to become ---------------------------------------------------------------------


def sometimes(value, share=0.1):
    return None if choose.random() < share else value


def plain(number):
    """A number in plain digits, at most six places, without trailing zeros."""
    if number is None:
        return ""
    number = decimal.Decimal(repr(number)) if isinstance(number, float) else decimal.Decimal(number)
    if -number.as_tuple().exponent > 6:
        number = number.quantize(decimal.Decimal("0.000001"), rounding=decimal.ROUND_HALF_UP)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def micros(moment):
    if moment is None:
        return ""
    if isinstance(moment, dt.datetime):
        epoch = dt.datetime(1970, 1, 1, tzinfo=moment.tzinfo and dt.timezone.utc)
        return str((moment - epoch) // dt.timedelta(microseconds=1))
    return str((moment - dt.date(1970, 1, 1)).days * 86_400_000_000)


def day():
    return dt.date(1995, 1, 1) + dt.timedelta(days=choose.randrange(15_000))


def moment(step):
    return dt.datetime(1995, 1, 1) + dt.timedelta(microseconds=choose.randrange(0, 10**15, step))


def single():
    return float(pa.scalar(choose.randrange(10**6) / 100, pa.float32()).as_py())


shanghai = dt.timezone(dt.timedelta(hours=8))
words = ["下单", "退款", "visit", "", "login, again", 'say "hi"', "007", "渠道\n二"]
columns = {
    "id": (pa.int64(), [choose.randrange(10**18, 9 * 10**18) for _ in range(ROWS)], "text", str),
    "user": (pa.string(), [f"{choose.randrange(400):08}" for _ in range(ROWS)], "text", str),
    "note": (pa.string(), [sometimes(f"备注 {choose.random()}") for _ in range(ROWS)], "text", lambda x: x or ""),
    "word": (pa.string(), [sometimes(choose.choice(words)) for _ in range(ROWS)], "text", lambda x: (x or "")),
    "small": (pa.int16(), [sometimes(choose.randrange(-99, 99)) for _ in range(ROWS)], "number", plain),
    "large": (pa.uint64(), [sometimes(choose.randrange(2**62)) for _ in range(ROWS)], "number", plain),
    "price": (pa.decimal128(12, 2), [sometimes(decimal.Decimal(choose.randrange(-10**6, 10**8)) / 100) for _ in range(ROWS)], "number", plain),
    "exact": (pa.decimal128(30, 9), [decimal.Decimal(choose.randrange(10**9)).scaleb(-6) for _ in range(ROWS)], "number", plain),
    "ratio": (pa.float64(), [sometimes(choose.randrange(10**7) / 10 ** choose.randrange(7)) for _ in range(ROWS)], "number", plain),
    "rough": (pa.float64(), [choose.random() for _ in range(ROWS)], "number", plain),
    "flag": (pa.bool_(), [sometimes(choose.random() < 0.5) for _ in range(ROWS)], "text", lambda x: {None: "", True: "true", False: "false"}[x]),
    "day": (pa.date32(), [sometimes(day()) for _ in range(ROWS)], "time", micros),
    "ms": (pa.timestamp("ms"), [sometimes(moment(1000)) for _ in range(ROWS)], "time", micros),
    "us": (pa.timestamp("us"), [moment(1) for _ in range(ROWS)], "time", micros),
    "ns": (pa.timestamp("ns"), [moment(10**6) for _ in range(ROWS)], "time", micros),
    "there": (pa.timestamp("us", "Asia/Shanghai"), [moment(10**6).replace(tzinfo=shanghai) for _ in range(ROWS)], "instant", micros),
    "utc": (pa.timestamp("ms", "UTC"), [moment(10**6).replace(tzinfo=dt.timezone.utc) for _ in range(ROWS)], "instant", micros),
}
arrow = pa.table({name: pa.array(values, kind) for name, (kind, values, _, _) in columns.items()})


def case(name, form, **more):
    cases.append({"file": name, "format": form, **more})


def expect(table_names, extra=None):
    found = {}
    for name in table_names:
        _, values, target, text = columns[name]
        found[name] = {"type": target, "values": [text(value) for value in values]}
    return {**found, **(extra or {})}


def columns_case(name, form, **more):
    case(name, form, columns="all", **more)


# --- Parquet -----------------------------------------------------------------------------------------------------------

for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    for dictionary in [True, False]:
        for version in ["1.0", "2.0"]:
            name = f"pyarrow-{codec}-{'dictionary' if dictionary else 'plain'}-{version}.parquet"
            pq.write_table(arrow, folder / name, compression=codec, use_dictionary=dictionary,
                           data_page_version=version, row_group_size=1300, data_page_size=4096)
            columns_case(name, "parquet")

pq.write_table(arrow, folder / "pyarrow-delta.parquet", use_dictionary=False, column_encoding={
    "id": "DELTA_BINARY_PACKED", "user": "DELTA_BYTE_ARRAY", "note": "DELTA_LENGTH_BYTE_ARRAY",
    "ratio": "BYTE_STREAM_SPLIT", "us": "DELTA_BINARY_PACKED"}, version="2.6")
columns_case("pyarrow-delta.parquet", "parquet")
pq.write_table(arrow, folder / "pyarrow-fallback.parquet", dictionary_pagesize_limit=512, data_page_size=2048)
columns_case("pyarrow-fallback.parquet", "parquet")
pq.write_table(arrow, folder / "pyarrow-int96.parquet", use_deprecated_int96_timestamps=True, store_schema=False)
case("pyarrow-int96.parquet", "parquet", columns="some", names=["id", "us", "ns"])

nested = pa.table({
    "user": arrow["user"],
    "tags": pa.array([["a", "b"]] * ROWS),
    "who": pa.array([{"name": "甲", "age": 3}] * ROWS),
    "price": arrow["price"],
})
pq.write_table(nested, folder / "nested.parquet")
case("nested.parquet", "parquet", columns="some", names=["user", "price"], unreadable=["tags", "who"])

frame = pl.from_arrow(arrow)
for codec in ["uncompressed", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    frame.write_parquet(folder / f"polars-{codec}.parquet", compression=codec, row_group_size=1000)
    columns_case(f"polars-{codec}.parquet", "parquet")

engine = duckdb.connect()
engine.execute("set TimeZone = 'UTC'")
for codec in ["uncompressed", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    for version in ["V1", "V2"]:
        name = f"duckdb-{codec}-{version}.parquet"
        engine.execute(f"copy arrow to '{folder / name}' (format parquet, compression {codec}, parquet_version {version})")
        columns_case(name, "parquet")

# --- Arrow -------------------------------------------------------------------------------------------------------------

coded = arrow.set_column(3, "word", arrow["word"].dictionary_encode())
for codec in [None, "lz4", "zstd"]:
    options = pa.ipc.IpcWriteOptions(compression=codec)
    for kind, make in [("file", pa.ipc.new_file), ("stream", pa.ipc.new_stream)]:
        name = f"pyarrow-{codec}-{kind}.arrow"
        with make(str(folder / name), coded.schema, options=options) as writer:
            writer.write_table(coded, max_chunksize=700)
        columns_case(name, "arrowFile" if kind == "file" else "arrowStream")
pa.feather.write_feather(arrow, str(folder / "two.feather"))
columns_case("two.feather", "arrowFile")
for codec in ["uncompressed", "lz4", "zstd"]:
    frame.write_ipc(folder / f"polars-{codec}.arrow", compression=codec)
    columns_case(f"polars-{codec}.arrow", "arrowFile")
frame.write_ipc_stream(folder / "polars-stream.arrows")
columns_case("polars-stream.arrows", "arrowStream")

# --- workbooks ---------------------------------------------------------------------------------------------------------

header = ["订单号", "用户", "金额", "下单日", "下单时间", "几点", "会员", "备注"]
orders = [
    ["20240305000000000001", "00071", 89.97999999999999, dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 8, 5), dt.time(8, 5), True, "甲,乙"],
    ["20240305000000000002", "00072", -1234.5, dt.date(1999, 12, 31), dt.datetime(2024, 12, 31, 23, 59, 59), dt.time(23, 59, 59), False, None],
    ["3", "张三", 0.1 + 0.2, dt.date(2000, 2, 29), dt.datetime(2024, 2, 29, 0, 0, 1), dt.time(0, 0, 1), True, 'say "hi"'],
    ["4", "李四", 13800138000, None, dt.datetime(2024, 7, 1, 12, 0), None, None, "两\n行"],
]
orders_csv = (
    "订单号,用户,金额,下单日,下单时间,几点,会员,备注\n"
    '20240305000000000001,00071,89.98,2024-03-05,2024-03-05 08:05:00,8:05:00,TRUE,"甲,乙"\n'
    "20240305000000000002,00072,-1234.5,1999-12-31,2024-12-31 23:59:59,23:59:59,FALSE,\n"
    '3,张三,0.3,2000-02-29,2024-02-29 00:00:01,0:00:01,TRUE,"say ""hi"""\n'
    '4,李四,13800138000,,2024-07-01 12:00:00,,,"两\n行"\n'
)


def book(epoch=None):
    made = openpyxl.Workbook()
    if epoch:
        made.epoch = epoch
    made.active.title = "空表"
    sheet = made.create_sheet("订单")
    sheet.append(["三月订单"])
    sheet.merge_cells("A1:H1")
    sheet.append([])
    sheet.append(header)
    for row in orders:
        sheet.append(row)
    sheet.cell(30, 9).number_format = "0.00"
    other = made.create_sheet("次表")
    other.append(["a", "b"])
    other.append([1, "=1/0"])
    other.append([2, "#N/A"])
    other["B3"].data_type = "e"
    hidden = made.create_sheet("藏")
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    return made


sheets = [["空表", False], ["订单", False], ["次表", False], ["藏", True]]
book().save(folder / "orders.xlsx")
case("orders.xlsx", "xlsx", csv=orders_csv, parts=sheets, notices=["title_rows"])
case("orders.xlsx", "xlsx", part="次表", csv="a,b\n1,\n2,\n", notices=["cell_errors"])
case("orders.xlsx", "xlsx", part="藏", csv="x\n")
book(openpyxl.utils.datetime.CALENDAR_MAC_1904).save(folder / "mac.xlsx")
case("mac.xlsx", "xlsx", csv=orders_csv, parts=sheets)

old = xlwt.Workbook(encoding="utf-8")
sheet = old.add_sheet("订单")
date, stamp, clock = (xlwt.easyxf(num_format_str=form) for form in ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss"])
for row, values in enumerate([header, *orders]):
    for column, value in enumerate(values):
        style = {dt.date: date, dt.datetime: stamp, dt.time: clock}.get(type(value))
        if value is not None:
            sheet.write(row, column, value, *([style] if style else []))
old.save(folder / "old.xls")
case("old.xls", "xls", csv=orders_csv, parts=[["订单", False]])

document = opendocument.OpenDocumentSpreadsheet()
sheet = odf_table.Table(name="订单")
for values in [header, *orders]:
    row = odf_table.TableRow()
    for value in values:
        shown = odf_text.P(text="" if value is None else str(value))
        if value is None:
            cell = odf_table.TableCell()
        elif isinstance(value, bool):
            cell = odf_table.TableCell(valuetype="boolean", booleanvalue=str(value).lower())
        elif isinstance(value, (int, float)):
            cell = odf_table.TableCell(valuetype="float", value=repr(value))
        elif isinstance(value, (dt.datetime, dt.date)):
            cell = odf_table.TableCell(valuetype="date", datevalue=value.isoformat())
        elif isinstance(value, dt.time):
            cell = odf_table.TableCell(valuetype="time", timevalue=value.strftime("PT%HH%MM%SS"))
        else:
            cell = odf_table.TableCell(valuetype="string")
        if value is not None:
            for line in str(value).split("\n"):
                cell.addElement(odf_text.P(text=line))
        row.addElement(cell)
    sheet.addElement(row)
document.spreadsheet.addElement(sheet)
document.save(str(folder / "orders.ods"))
case("orders.ods", "ods", csv=orders_csv, parts=[["订单", False]])

plain_book = io.BytesIO((folder / "orders.xlsx").read_bytes())
with open(folder / "locked.xlsx", "wb") as out:
    OOXMLFile(plain_book).encrypt("geheim", out)
case("locked.xlsx", "xlsx", error="password_protected")

# --- packed ------------------------------------------------------------------------------------------------------------

first = "user,when\n007,2024-03-05\n甲,2024-03-06\n"
second = "user;city\n007;上海\n"
with zipfile.ZipFile(folder / "two.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("导出/events.csv", first)
    archive.writestr("users.csv", second.encode("gb18030"))
    archive.writestr("__MACOSX/._users.csv", b"\0\5\26\7")
    archive.writestr("导出/.DS_Store", b"\0")
    archive.writestr("空/", b"")
both = [["导出/events.csv", False], ["users.csv", False]]
case("two.zip", "zip", text=first, parts=both)
case("two.zip", "zip", part="users.csv", bytes=list(second.encode("gb18030")))
case("two.zip", "zip", part="none.csv", error="unknown_part")

with zipfile.ZipFile(folder / "book.zip", "w") as archive:
    archive.write(folder / "orders.xlsx", "表/orders.xlsx")
case("book.zip", "zip", csv=orders_csv, parts=[[f"表/orders.xlsx/{name}", hidden] for name, hidden in sheets])
case("book.zip", "zip", part="表/orders.xlsx/藏", csv="x\n")
with zipfile.ZipFile(folder / "twice.zip", "w") as archive:
    archive.write(folder / "two.zip", "two.zip")
case("twice.zip", "zip", error="packed_twice")
with zipfile.ZipFile(folder / "empty.zip", "w"):
    pass
case("empty.zip", "zip", error="nothing_inside")

# Programs on Chinese Windows write names in GBK and do not say so; these bytes stand for theirs.
with zipfile.ZipFile(folder / "gbk.zip", "w") as archive:
    archive.writestr("xxxxxxxx.csv", first)
raw = (folder / "gbk.zip").read_bytes().replace(b"xxxxxxxx.csv", "用户数据".encode("gbk") + b".csv")
(folder / "gbk.zip").write_bytes(raw)
case("gbk.zip", "zip", text=first, parts=[["用户数据.csv", False]])

# The lowest bit of the flags says that a member is encrypted.
raw = bytearray((folder / "gbk.zip").read_bytes())
raw[6] |= 1
raw[raw.index(b"PK\1\2") + 8] |= 1
(folder / "locked.zip").write_bytes(raw)
case("locked.zip", "zip", error="password_protected")
raw = bytearray((folder / "gbk.zip").read_bytes())
raw[raw.index(b"007")] ^= 1
(folder / "damaged.zip").write_bytes(raw)
case("damaged.zip", "zip", error="broken_file")

(folder / "events.csv.gz").write_bytes(gzip.compress(first.encode()) + gzip.compress(b"b,2024-03-07\n"))
case("events.csv.gz", "gzip", text=first + "b,2024-03-07\n")
(folder / "cut.csv.gz").write_bytes(gzip.compress(first.encode() * 500)[:-20])
case("cut.csv.gz", "gzip", error="broken_file")
with pa.CompressedOutputStream(str(folder / "events.csv.zst"), "zstd") as out:
    out.write(first.encode() * 50_000)
case("events.csv.zst", "zstd", text=first * 50_000)
(folder / "cut.csv.zst").write_bytes((folder / "events.csv.zst").read_bytes()[:-20])
case("cut.csv.zst", "zstd", error="broken_file")
(folder / "orders.xlsx.gz").write_bytes(gzip.compress((folder / "orders.xlsx").read_bytes()))
case("orders.xlsx.gz", "gzip", csv=orders_csv, parts=sheets)
(folder / "table.parquet.gz").write_bytes(gzip.compress((folder / "pyarrow-snappy-dictionary-1.0.parquet").read_bytes()))
columns_case("table.parquet.gz", "gzip")

# --- bombs -------------------------------------------------------------------------------------------------------------

(folder / "bomb.gz").write_bytes(gzip.compress(b"0" * (64 << 20)))
case("bomb.gz", "gzip", error="inflates_too_much")
with pa.CompressedOutputStream(str(folder / "bomb.zst"), "zstd") as out:
    for _ in range(64):
        out.write(b"0" * (1 << 20))
case("bomb.zst", "zstd", error="inflates_too_much")
with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("bomb.csv", b"0" * (64 << 20))
case("bomb.zip", "zip", error="inflates_too_much")
# A size that lies: the directory says ten bytes.
raw = bytearray((folder / "bomb.zip").read_bytes())
place = raw.index(b"PK\1\2") + 24
raw[place:place + 4] = (10).to_bytes(4, "little")
(folder / "lying.zip").write_bytes(raw)
case("lying.zip", "zip", error="broken_file")
with zipfile.ZipFile(folder / "orders.xlsx") as source, \
        zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
    for name in source.namelist():
        if name != "xl/sharedStrings.xml":
            archive.writestr(name, source.read(name))
    archive.writestr("xl/sharedStrings.xml", b"<sst>" + b"<si><t>0</t></si>" * (4 << 20))
case("bomb.xlsx", "xlsx", error="inflates_too_much")
pq.write_table(arrow, folder / "sums.parquet", write_page_checksum=True)
columns_case("sums.parquet", "parquet")
raw = bytearray((folder / "sums.parquet").read_bytes())
(folder / "cut.parquet").write_bytes(raw[:-100])
case("cut.parquet", "parquet", error="broken_file")
raw[2000:2400] = bytes(400)
(folder / "damaged.parquet").write_bytes(raw)
case("damaged.parquet", "parquet", error="broken_file")

# --- JSON --------------------------------------------------------------------------------------------------------------

objects = [
    {"id": 1234567890123456789, "who": {"name": "甲", "where": {"city": "上海"}}, "tags": ["a", "b c"], "paid": True},
    {"id": 2, "who": {"name": 'say "hi"'}, "amount": 1.5, "none": None},
    {"id": 3, "tags": [], "text": "two\nlines, 逗号"},
]
objects_csv = (
    "id,who.name,who.where,tags,paid,amount,none,text\n"
    '1234567890123456789,甲,"{""city"":""上海""}","[""a"",""b c""]",true,,,\n'
    '2,"say ""hi""",,,,1.5,,\n'
    '3,,,[],,,,"two\nlines, 逗号"\n'
)
(folder / "objects.json").write_text(json.dumps(objects, indent=2, ensure_ascii=False), encoding="utf-8")
case("objects.json", "json", csv=objects_csv)
lines = "".join(json.dumps(each, ensure_ascii=False) + "\r\n" for each in objects)
(folder / "objects.ndjson").write_text("\ufeff" + lines, encoding="utf-8", newline="")
case("objects.ndjson", "jsonLines", csv=objects_csv)
(folder / "objects.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
case("objects.ndjson.gz", "gzip", csv=objects_csv)
frame.select("id", "user", "word", "small").write_ndjson(folder / "polars.ndjson")
case("polars.ndjson", "jsonLines", rows=ROWS)
(folder / "broken.ndjson").write_text('{"a":1,"b":2}\n{"a":\n{"a":3,"b":4}\n')
case("broken.ndjson", "jsonLines", csv='a,b\n1,2\n"{""a"":"\n3,4\n', notices=["broken_line"])
(folder / "plain.csv").write_text(first, encoding="utf-8")
case("plain.csv", "none", error="unknown_format")

(folder / "expected.json").write_text(json.dumps(expect(columns), ensure_ascii=False), encoding="utf-8")
(folder / "cases.json").write_text(json.dumps(cases, ensure_ascii=False), encoding="utf-8")
