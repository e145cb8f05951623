#!/usr/bin/env python3
"""Definition-level oracle, independent of every peer's algorithm: sets and loops over the csv module. oracle.py N prints one line of JSON (small N only)."""

import csv, sys, json, os, datetime as D
from collections import defaultdict
from bisect import bisect_left

n = int(sys.argv[1])
H = os.path.dirname(os.path.abspath(__file__))
F = json.load(open(H + "/queries/filter.json"))
R = []
for r in csv.DictReader(open(f"{H}/data/events_{n}.csv", encoding="utf-8", newline="")):
    t = D.datetime.strptime(r["ts"], "%Y-%m-%d %H:%M:%S")
    R.append(
        (
            r["user_id"],
            r["event"],
            t,
            r["channel"],
            None if r["amount"] == "" else round(float(r["amount"]) * 100),
            r["city"],
        )
    )
base = D.date(2025, 1, 1)
day = lambda t: (t.date() - base).days


def t2(rows):
    ms = defaultdict(set)
    for r in rows:
        ms[r[0]].add(r[2].month - 1)
    a = [0] * 144
    for u, s in ms.items():
        c = min(s)
        for m in s:
            a[c * 12 + m - c] += 1
    return a


out = {"T2": t2(R), "T8": t2([r for r in R if r[3] in F["channels"] and r[5] in F["cities"]])}
days = defaultdict(set)
for r in R:
    days[r[0]].add(day(r[2]))
a = [0] * (365 * 31)
for u, s in days.items():
    c = min(s)
    for k in range(31):
        if c + k in s:
            a[c * 31 + k] += 1
out["T3"] = a
steps = ["visit", "view_item", "add_to_cart", "checkout", "purchase"]
ev = defaultdict(lambda: [[] for _ in steps])
for r in R:
    if r[1] in steps:
        ev[r[0]][steps.index(r[1])].append(r[2].timestamp())
a = [0] * 6
for u in days:
    best = 0
    if u in ev:
        L = [sorted(x) for x in ev[u]]
        for t0 in L[0]:
            lvl, t = 1, t0
            for k in range(1, 5):
                i = bisect_left(L[k], t)
                if i == len(L[k]) or L[k][i] > t0 + 7 * 86400:
                    break
                t = L[k][i]
                lvl = k + 1
            best = max(best, lvl)
    a[best] += 1
out["T4"] = a
pu = defaultdict(list)
for r in R:
    if r[1] == "purchase":
        pu[r[0]].append((r[2], r[4]))
last = max(r[2] for r in R).date()
m = {u: (-(last - max(x[0] for x in p).date()).days, len(p), sum(x[1] for x in p)) for u, p in pu.items()}
N = len(m)
col = [sorted(v[i] for v in m.values()) for i in range(3)]
a = [0] * 125
for v in m.values():
    q = [5 * bisect_left(col[i], v[i]) // N for i in range(3)]
    a[q[0] * 25 + q[1] * 5 + q[2]] += 1
out["T5"] = a
by = [set() for _ in range(365)]
for u, s in days.items():
    for d in s:
        by[d].add(u)
a = []
for d in range(365):
    w = set().union(*by[max(0, d - 6) : d + 1])
    mo = set().union(*by[max(0, d - 29) : d + 1])
    a += [len(by[d]), len(w), len(mo)]
out["T6"] = a
wk = [set() for _ in range(53)]
for u, s in days.items():
    for d in s:
        wk[(d + 2) // 7].add(u)
a = []
seen = set()
for w in range(53):
    p = wk[w - 1] if w else set()
    a += [len(wk[w] - seen), len(wk[w] & p), len((wk[w] & seen) - p), len(p - wk[w])]
    seen |= wk[w]
out["T7"] = a
print(
    json.dumps(
        {
            "id": "oracle",
            "n": n,
            "tasks": {k: {"ms": [0], "result": v} for k, v in out.items()},
            "check": [n, len(days), sum(r[4] or 0 for r in R)],
        }
    )
)
