"""Opens exports of Strata as a spreadsheet does: LibreOffice makes a workbook of each, openpyxl compares its cells.

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


def convert(folder, office, files):
    workbooks = folder / "xlsx"
    profile = (folder / "profile").resolve().as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", f"--infilter={FILTER}", "--convert-to", "xlsx",
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


def main():
    folder, office = pathlib.Path(sys.argv[1]), sys.argv[2]
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    for name in expected:
        assert (folder / name).read_bytes().startswith(b"\xef\xbb\xbf"), f"{name}: Excel needs the mark"
    workbooks = convert(folder, office, [folder / name for name in expected])
    problems, cells, days, numbers = [], 0, 0, 0
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
