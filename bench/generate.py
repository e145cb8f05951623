#!/usr/bin/env python3
"""A deterministic event log: generate.py N FOLDER writes FOLDER/events_N.csv. The same N gives the same bytes (fixed seed, PCG64)."""

import os
import sys

import numpy as np
import polars as pl

SEED = 20251121
DAY = 86_400
YEAR = 365 * DAY
FIRST_SECOND = 1_735_689_600  # 2025-01-01 UTC
SESSION_EVENTS = 5
ROWS_AT_ONCE = 2_000_000

EVENTS = ["visit", "view_item", "add_to_cart", "checkout", "purchase", "share", "login", "refund"]
EVENT_SHARES = np.array([0.40, 0.27, 0.10, 0.05, 0.035, 0.04, 0.09, 0.015])
PURCHASE = EVENTS.index("purchase")
CHANNELS = [
    "organic", "paid_search", "email", "social", "direct", "referral",
    "affiliate", "display", "video", "sms", "push", "partner",
]  # fmt: skip
CHANNEL_SHARES = np.array([0.24, 0.16, 0.12, 0.11, 0.10, 0.07, 0.05, 0.05, 0.04, 0.03, 0.02, 0.01])
CITY_FIRST = ["San", "Santa", "Port", "Lake", "New", "Old", "Fort", "Mount", "East", "West"]
# Some hold a comma, so that they must be quoted; some are not ASCII.
CITY_SECOND = [
    "Alder", "Briar", "Cedar", "Dover", "Elm", "Fairview", "Granada", "Hudson", "Iona", "Jasper", "Kent", "Lund", "Marin",
    "Newark", "Orchard", "Paloma", "Quincy", "Rowan", "Salem", "Tomé", "Ulm", "Verona", "Zürich", "Xalapa", "York", "Łódź",
    "Springfield, IL", "Portland, OR", "Ås", "長野",
]  # fmt: skip
CITIES = [f"{first} {second}" for second in CITY_SECOND for first in CITY_FIRST]


def draw(rows):
    """The columns of the log in the order of its rows, and the users' ids. The order of the draws fixes the bytes."""
    random = np.random.Generator(np.random.PCG64(SEED))
    users = max(1, rows // 20)

    # Users: activity by a power law, joining over the year with growth, staying longer the more active they are.
    rank = random.permutation(users) + 1
    weight = rank.astype(float) ** -0.7
    events_of = 1 + random.multinomial(rows - users, weight / weight.sum())
    joined = (YEAR * random.random(users) ** 0.8).astype(np.int64)
    lifetime = random.exponential(50 * DAY, users) * (1 + np.log(events_of) / 2)
    popularity = 1 / np.arange(1, len(CITIES) + 1) ** 0.9
    popularity /= popularity.sum()
    home = random.choice(len(CITIES), users, p=popularity).astype(np.int16)
    shuffled = random.permutation(len(CITIES)).astype(np.int16)
    home = shuffled[home]
    ids = random.permutation(users * 2 if users * 2 < 10_000_000 else 10_000_000)[:users].astype(np.int32)

    # Sessions of up to five events each; a user's first session is when they join.
    user = np.repeat(np.arange(users, dtype=np.int32), events_of)
    first_event = np.concatenate(([0], np.cumsum(events_of)))
    place = np.arange(rows, dtype=np.int64) - first_event[user]
    sessions_of = (events_of + SESSION_EVENTS - 1) // SESSION_EVENTS
    first_session = np.concatenate(([0], np.cumsum(sessions_of)))
    sessions = int(first_session[-1])
    session_user = np.repeat(np.arange(users, dtype=np.int32), sessions_of)
    start = joined[session_user] + (lifetime[session_user] * random.exponential(1.0, sessions)).astype(np.int64)
    start[first_session[:-1]] = joined
    late = start >= YEAR - 1000
    again = joined[session_user[late]]
    start[late] = (again + random.random(int(late.sum())) * (YEAR - again)).astype(np.int64)
    session_channel = random.choice(len(CHANNELS), sessions, p=CHANNEL_SHARES).astype(np.int8)

    # Events.
    session = first_session[user] + place // SESSION_EVENTS
    second = np.minimum(start[session] + (place % SESSION_EVENTS) * random.integers(5, 120, rows), YEAR - 1)
    channel = session_channel[session]
    event = random.choice(len(EVENTS), rows, p=EVENT_SHARES).astype(np.int8)
    cents = np.clip((np.exp(random.normal(3.4, 0.9, rows)) * 100).astype(np.int64), 1, 999_999)
    city = home[user]
    away = random.random(rows) < 0.08
    city[away] = shuffled[random.choice(len(CITIES), int(away.sum()), p=popularity)]

    # By time, but with up to half a minute of disorder.
    order = np.argsort(second + random.integers(0, 30, rows), kind="stable")
    columns = {"user": user, "second": second, "event": event, "channel": channel, "cents": cents, "city": city}
    return {name: column[order] for name, column in columns.items()}, ids


def frame(columns, names):
    """Rows as they are written."""
    event, cents = columns["event"], pl.Series("cents", columns["cents"])
    whole, rest = pl.col("cents") // 100, (pl.col("cents") % 100).cast(pl.String).str.zfill(2)
    time = pl.Series((columns["second"] + FIRST_SECOND) * 1000).cast(pl.Datetime("ms"))
    table = pl.DataFrame(
        {
            "user_id": names.gather(columns["user"]),
            "event": pl.Series(EVENTS).gather(event),
            "ts": time.dt.strftime("%Y-%m-%d %H:%M:%S"),
            "channel": pl.Series(CHANNELS).gather(columns["channel"]),
            "cents": cents,
            "is_purchase": event == PURCHASE,
            "city": pl.Series(CITIES).gather(columns["city"]),
        }
    )
    amount = pl.when(pl.col("is_purchase")).then(pl.format("{}.{}", whole, rest))
    return table.with_columns(amount=amount).select("user_id", "event", "ts", "channel", "amount", "city")


def main():
    rows, folder = int(sys.argv[1]), sys.argv[2]
    columns, ids = draw(rows)
    names = pl.Series("user_id", [f"u{number:07d}" for number in ids.tolist()])
    path = os.path.join(folder, f"events_{rows}.csv")
    # A run that is stopped leaves no half a file under the final name.
    with open(f"{path}.part", "wb") as file:
        for start in range(0, rows, ROWS_AT_ONCE):
            part = {name: column[start : start + ROWS_AT_ONCE] for name, column in columns.items()}
            frame(part, names).write_csv(file, include_header=start == 0)
    os.replace(f"{path}.part", path)


main()
