#!/usr/bin/env python3
"""The tasks by their definitions, with sets and loops: oracle.py FILE prints one line of JSON. Shares no algorithm with any peer; for small files."""

import csv
import datetime
import json
import pathlib
import sys
from bisect import bisect_left
from collections import defaultdict, namedtuple

FIRST_DAY = datetime.date(2025, 1, 1)
DAYS, WEEKS, MONTHS, OFFSETS = 365, 53, 12, 31
STEPS = ["visit", "view_item", "add_to_cart", "checkout", "purchase"]
WINDOW = 7 * 86_400
FILTER = json.loads(pathlib.Path(__file__).with_name("queries").joinpath("filter.json").read_text(encoding="utf-8"))

Row = namedtuple("Row", "user event time day channel cents city")


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            time = datetime.datetime.strptime(line["ts"], "%Y-%m-%d %H:%M:%S")
            cents = round(float(line["amount"]) * 100) if line["amount"] else None
            day = (time.date() - FIRST_DAY).days
            yield Row(line["user_id"], line["event"], time, day, line["channel"], cents, line["city"])


def by_user(rows, key):
    """For every user the set of what `key` says of their rows."""
    result = defaultdict(set)
    for row in rows:
        result[row.user].add(key(row))
    return result


def cohorts(active, count, offsets):
    result = [0] * (count * offsets)
    for periods in active.values():
        first = min(periods)
        for offset in range(offsets):
            if first + offset in periods:
                result[first * offsets + offset] += 1
    return result


def month_cohorts(rows):
    return cohorts(by_user(rows, lambda row: row.time.month - 1), MONTHS, MONTHS)


def filtered_month_cohorts(rows):
    return month_cohorts([row for row in rows if row.channel in FILTER["channels"] and row.city in FILTER["cities"]])


def day_cohorts(rows):
    return cohorts(by_user(rows, lambda row: row.day), DAYS, OFFSETS)


def funnel(rows):
    times = {row.user: [[] for _ in STEPS] for row in rows}
    for row in rows:
        if row.event in STEPS:
            times[row.user][STEPS.index(row.event)].append(row.time.timestamp())
    result = [0] * (len(STEPS) + 1)
    for steps in times.values():
        steps = [sorted(step) for step in steps]
        result[max((level(steps, start) for start in steps[0]), default=0)] += 1
    return result


def level(steps, start):
    """The steps taken in order within the window from this start, each at the first time that fits."""
    reached, time = 1, start
    for step in steps[1:]:
        place = bisect_left(step, time)
        if place == len(step) or step[place] > start + WINDOW:
            break
        reached, time = reached + 1, step[place]
    return reached


def rfm(rows):
    purchases = defaultdict(list)
    for row in rows:
        if row.event == "purchase":
            purchases[row.user].append(row)
    # Larger is better in all three.
    values = [(max(row.day for row in own), len(own), sum(row.cents for row in own)) for own in purchases.values()]
    columns = [sorted(column) for column in zip(*values)]
    result = [0] * 125
    for value in values:
        r, f, m = (5 * bisect_left(column, own) // len(values) for column, own in zip(columns, value))
        result[r * 25 + f * 5 + m] += 1
    return result


def active_users(rows):
    users = [set() for _ in range(DAYS)]
    for row in rows:
        users[row.day].add(row.user)
    return [len(set().union(*users[max(0, day - length + 1) : day + 1])) for day in range(DAYS) for length in (1, 7, 30)]


def growth(rows):
    users = [set() for _ in range(WEEKS)]
    for row in rows:
        users[(row.day + 2) // 7].add(row.user)
    result, seen, before = [], set(), set()
    for now in users:
        result += [len(now - seen), len(now & before), len((now & seen) - before), len(before - now)]
        seen |= now
        before = now
    return result


TASKS = {
    "T2": month_cohorts, "T3": day_cohorts, "T4": funnel, "T5": rfm, "T6": active_users, "T7": growth, "T8": filtered_month_cohorts,
}  # fmt: skip


def main():
    rows = list(read(sys.argv[1]))
    tasks = {name: {"result": task(rows)} for name, task in TASKS.items()}
    check = [len(rows), len({row.user for row in rows}), sum(row.cents or 0 for row in rows)]
    print(json.dumps({"tasks": tasks, "check": check}))


main()
