#!/usr/bin/env python3
"""A deterministic event log: generate.py N FOLDER writes FOLDER/events_N.csv. The same N gives the same bytes (fixed seed, PCG64)."""

import sys, os, numpy as np, polars as pl

N = int(sys.argv[1])
out = sys.argv[2]
rng = np.random.Generator(np.random.PCG64(20251121))
U = max(1, N // 20)
DAY = 86400
END = 365 * DAY
EVENTS = ["visit", "view_item", "add_to_cart", "checkout", "purchase", "share", "login", "refund"]
EVP = np.array([0.40, 0.27, 0.10, 0.05, 0.035, 0.04, 0.09, 0.015])
CHANNELS = [
    "organic",
    "paid_search",
    "email",
    "social",
    "direct",
    "referral",
    "affiliate",
    "display",
    "video",
    "sms",
    "push",
    "partner",
]
CHP = np.array([0.24, 0.16, 0.12, 0.11, 0.10, 0.07, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01])
PRE = ["San", "Santa", "Port", "Lake", "New", "Old", "Fort", "Mount", "East", "West"]
BASE = [
    "Alder",
    "Briar",
    "Cedar",
    "Dover",
    "Elm",
    "Fairview",
    "Granada",
    "Hudson",
    "Iona",
    "Jasper",
    "Kent",
    "Lund",
    "Marin",
    "Newark",
    "Orchard",
    "Paloma",
    "Quincy",
    "Rowan",
    "Salem",
    "Tomé",
    "Ulm",
    "Verona",
    "Zürich",
    "Xalapa",
    "York",
    "Łódź",
    "Springfield, IL",
    "Portland, OR",
    "Ås",
    "長野",
]
CITIES = [f"{p} {b}" for b in BASE for p in PRE]
assert len(CITIES) == 300
# users: power-law activity, start day with growth, lifetime
rank = rng.permutation(U) + 1
w = rank.astype(float) ** -0.7
w /= w.sum()
cnt = 1 + rng.multinomial(N - U, w)
start = (END * rng.random(U) ** 0.8).astype(np.int64)
life = rng.exponential(50 * DAY, U) * (1 + np.log(cnt) / 2)
cp = 1.0 / np.arange(1, 301) ** 0.9
cp /= cp.sum()
home = rng.choice(300, U, p=cp)[:].astype(np.int16)
perm = rng.permutation(300).astype(np.int16)
home = perm[home]
ids = rng.permutation(U * 2 if U * 2 < 10_000_000 else 10_000_000)[:U].astype(np.int32)
# sessions of up to 5 events
user = np.repeat(np.arange(U, dtype=np.int32), cnt)
off = np.zeros(U + 1, np.int64)
np.cumsum(cnt, out=off[1:])
k = np.arange(N, dtype=np.int64) - off[user]
scnt = (cnt + 4) // 5
soff = np.zeros(U + 1, np.int64)
np.cumsum(scnt, out=soff[1:])
S = int(soff[-1])
suser = np.repeat(np.arange(U, dtype=np.int32), scnt)
st = start[suser] + (life[suser] * rng.exponential(1.0, S)).astype(np.int64)
st[soff[:-1]] = start  # first session at start
bad = st >= END - 1000
st[bad] = (start[suser[bad]] + rng.random(int(bad.sum())) * (END - start[suser[bad]])).astype(np.int64)
sch = rng.choice(12, S, p=CHP).astype(np.int8)
sid = soff[user] + k // 5
t = st[sid] + (k % 5) * rng.integers(5, 120, N)
np.minimum(t, END - 1, out=t)
ch = sch[sid]
del sid, k, st, sch, suser
ev = rng.choice(8, N, p=EVP).astype(np.int8)
amt = np.exp(rng.normal(3.4, 0.9, N))
cents = np.clip((amt * 100).astype(np.int64), 1, 999999)
del amt
city = home[user]
mv = rng.random(N) < 0.08
city[mv] = perm[rng.choice(300, int(mv.sum()), p=cp)]
order = np.argsort(t + rng.integers(0, 30, N), kind="stable")
user = user[order]
t = t[order]
ev = ev[order]
ch = ch[order]
cents = cents[order]
city = city[order]
del order
os.makedirs(out, exist_ok=True)
path = os.path.join(out, f"events_{N}.csv")
T0 = 1735689600  # 2025-01-01
idstr = pl.Series("u", ["u%07d" % i for i in ids.tolist()])
CH = 2_000_000
with open(path, "wb") as f:
    for a in range(0, N, CH):
        b = min(N, a + CH)
        c = cents[a:b]
        isp = ev[a:b] == 4
        cs = pl.Series("c", c)
        df = pl.DataFrame(
            {
                "user_id": idstr.gather(user[a:b]),
                "event": pl.Series(EVENTS).gather(ev[a:b]),
                "ts": pl.Series((t[a:b] + T0) * 1000).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M:%S"),
                "channel": pl.Series(CHANNELS).gather(ch[a:b]),
                "c": cs,
                "isp": isp,
                "city": pl.Series(CITIES).gather(city[a:b]),
            }
        )
        df = df.with_columns(
            amount=pl.when(pl.col("isp")).then(
                pl.format("{}.{}", pl.col("c") // 100, (pl.col("c") % 100).cast(pl.String).str.zfill(2))
            )
        ).select("user_id", "event", "ts", "channel", "amount", "city")
        df.write_csv(f, include_header=(a == 0))
print(path, os.path.getsize(path), "users", U)
