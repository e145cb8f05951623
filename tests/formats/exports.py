"""Opens exports of Strata as a spreadsheet does: LibreOffice makes a workbook of each, openpyxl compares its cells. Workbooks are
compared as they came, too.

Usage: exports.py FOLDER SOFFICE. FOLDER/expected.json has the cells of each export as texts.
"""

import datetime
import json
import pathlib
import re
import subprocess
import sys

import openpyxl

# Comma, double quotes, UTF-8, from line 1, American English; quoted cells are texts, dates are recognised.
FILTER = "Text - txt - csv (StarCalc):44,34,76,1,,1033,true,true"


def convert(folder, office, files, *options):
    workbooks = folder / "xlsx"
    profile = (folder / "profile").resolve().as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", *options, "--convert-to", "xlsx",
         "--outdir", workbooks, *files],
        check=True, stdout=subprocess.DEVNULL, timeout=300,
    )
    return workbooks


def differs(text, cell):
    """Why a cell is not what was exported; None when it is."""
    value = cell.value
    if cell.data_type == "f":
        return "is a formula"
    if text == "":
        return None if value is None else "is not empty"
    if isinstance(value, (datetime.datetime, datetime.date)):
        day = value.date() if isinstance(value, datetime.datetime) else value
        return None if day.isoformat() == text else "is another day"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # What has become a number must have been one: the same value, no zeros in front, no sign lost.
        plain = re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text)
        return None if plain and abs(value - float(text)) <= 1e-9 * abs(value) else "is another number"
    # The apostrophe before what looks like a formula is shown.
    return None if value in (text, "'" + text) else "is another text"


def is_typed(text, row, column, cell):
    """Whether a cell of our own workbook is of the right kind, and its text letter by letter: ids are texts, days are dates."""
    if row == 1 or column == 1:
        # One apostrophe more before what reading would take one from.
        own = "'" + text if re.match("'+[=+@-]", text) else text
        return cell.data_type in ("s", "inlineStr") and cell.value == own
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return cell.is_date and cell.number_format == "yyyy-mm-dd"
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        places = len(text.partition(".")[2])
        return cell.data_type == "n" and cell.number_format == ("0." + "0" * places if places else "0")
    return cell.value == text or (text == "" and cell.value is None)


def main():
    folder, office = pathlib.Path(sys.argv[1]), sys.argv[2]
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    own = [folder / name for name in expected if name.endswith(".xlsx")]
    tables = [folder / name for name in expected if not name.endswith(".xlsx")]
    for table in tables:
        assert table.read_bytes().startswith(b"\xef\xbb\xbf"), f"{table}: Excel needs the mark"
    workbooks = convert(folder, office, tables, f"--infilter={FILTER}")
    convert(folder, office, own)
    problems, cells, days, numbers = [], 0, 0, 0
    for path in own:
        sheet = openpyxl.load_workbook(path).worksheets[0]
        for row, texts in enumerate(expected[path.name], 1):
            for column, text in enumerate(texts, 1):
                if not is_typed(text, row, column, cell := sheet.cell(row, column)):
                    problems.append(f"{path.name} {cell.coordinate}: {cell.value!r} ({cell.number_format}): {text!r}")
    for name, rows in expected.items():
        sheet = openpyxl.load_workbook(workbooks / (pathlib.Path(name).stem + ".xlsx")).worksheets[0]
        if (sheet.max_row, sheet.max_column) != (len(rows), len(rows[0])):
            problems.append(f"{name}: {sheet.max_row} x {sheet.max_column}, not {len(rows)} x {len(rows[0])}")
        for row, texts in enumerate(rows, 1):
            for column, text in enumerate(texts, 1):
                cell = sheet.cell(row, column)
                cells += 1
                days += isinstance(cell.value, datetime.datetime)
                numbers += isinstance(cell.value, (int, float))
                if problem := differs(text, cell):
                    problems.append(f"{name} {cell.coordinate}: {cell.value!r} {problem}: {text!r}")
    print(f"{len(expected)} exports, {cells} cells, {days} days, {numbers} numbers")
    if not (days and numbers):
        problems.append("no days or no numbers among the cells")
    if problems:
        sys.exit("\n".join(problems))


main()
