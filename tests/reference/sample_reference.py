#!/usr/bin/env python3
"""Reference results for the sample data, computed by DuckDB; see README.md here.

sample_reference.py SAMPLE.csv [OUTPUT.json]
"""

import hashlib
import json
import pathlib
import re
import sys

import duckdb

AS_OF = "2026-01-01"
LAST_DATE = "2025-12-31"
DAY_OFFSETS = 30
N_DAYS = [1, 3, 7, 14, 30]
BRACKETS = [(1, 7), (8, 14), (15, 30)]
SEGMENTS = [
    ["[1-2][1-2]", "hibernating"],
    ["[1-2][3-4]", "at_risk"],
    ["[1-2]5", "cant_lose"],
    ["3[1-2]", "about_to_sleep"],
    ["33", "need_attention"],
    ["[3-4][4-5]", "loyal_customers"],
    ["41", "promising"],
    ["51", "new_customers"],
    ["[4-5][2-3]", "potential_loyalists"],
    ["5[4-5]", "champions"],
]
EIGHT_CELLS = {
    "111": "重要价值客户",
    "101": "重要发展客户",
    "011": "重要保持客户",
    "001": "重要挽留客户",
    "110": "一般价值客户",
    "100": "一般发展客户",
    "010": "一般保持客户",
    "000": "一般挽留客户",
}

connection = duckdb.connect()


def rows(sql):
    return connection.execute(sql).fetchall()


def row(sql):
    """The only row, as a dictionary."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    values = cursor.fetchall()
    assert len(values) == 1
    return dict(zip(names, values[0]))


def load(path):
    connection.execute("SET threads = 1")
    connection.execute(
        """
        CREATE TABLE events AS
        SELECT user_id, CAST(time AS TIMESTAMP) AS time, CAST(time AS DATE) AS day, event, order_id,
          CAST(CAST(amount AS DECIMAL(12, 2)) * 100 AS BIGINT) AS fen, channel, city, member_level, referrer, campaign
        FROM read_csv(?, header = true, all_varchar = true, nullstr = '')
        """,
        [str(path)],
    )
    connection.execute("CREATE TABLE active_days AS SELECT DISTINCT user_id, day FROM events")
    connection.execute(
        "CREATE TABLE users AS SELECT user_id, min(day) AS first_day, min(time) AS first_time FROM events GROUP BY user_id"
    )


def overview():
    result = row("""
        SELECT count(*) AS rows, count(DISTINCT user_id) AS users,
          min(day)::VARCHAR AS first_day, max(day)::VARCHAR AS last_day,
          count(DISTINCT user_id) FILTER (event = 'purchase') AS buyers,
          count(*) FILTER (event = 'purchase') AS purchase_rows,
          count(DISTINCT order_id) FILTER (event = 'purchase') AS orders,
          (sum(fen) FILTER (event = 'purchase'))::BIGINT AS gross_revenue,
          (sum(fen) FILTER (event = 'refund'))::BIGINT AS refunds,
          count(*) FILTER (event = 'refund') AS refund_rows,
          count(DISTINCT order_id) FILTER (event = 'refund') AS refunded_orders
        FROM events
        """)
    result["net_revenue"] = result["gross_revenue"] - result["refunds"]
    result["average_order_value"] = result["gross_revenue"] / result["orders"]
    result["repeat_buyers"] = rows(
        "SELECT count(*) FROM (SELECT user_id FROM events WHERE event = 'purchase' GROUP BY user_id HAVING count(DISTINCT order_id) >= 2)"
    )[0][0]
    result["repeat_purchase_rate"] = result["repeat_buyers"] / result["buyers"]
    result["events"] = dict(rows("SELECT event, count(*) FROM events GROUP BY event ORDER BY event"))
    result["users_by_channel"] = dict(
        rows("SELECT channel, count(DISTINCT user_id) FROM events GROUP BY channel ORDER BY channel")
    )
    return result


def active_users():
    table = rows("""
        WITH days AS (SELECT unnest(generate_series((SELECT min(day) FROM events), (SELECT max(day) FROM events), INTERVAL 1 DAY))::DATE AS day)
        SELECT days.day::VARCHAR, count(DISTINCT user_id) FILTER (active.day = days.day),
          count(DISTINCT user_id) FILTER (active.day > days.day - 7), count(DISTINCT user_id)
        FROM days LEFT JOIN active_days AS active ON active.day BETWEEN days.day - 29 AND days.day
        GROUP BY days.day ORDER BY days.day
        """)
    ratios = [daily / monthly for _, daily, _, monthly in table[29:]]
    return {
        "first_day": table[0][0],
        "daily": [line[1] for line in table],
        "weekly": [line[2] for line in table],
        "monthly": [line[3] for line in table],
        "stickiness_mean": sum(ratios) / len(ratios),
    }


def cohorts(period, longest=None):
    """Every cohort from the first to the last period; entry k runs to the last period of the data, or to `longest`."""
    first, last = rows(f"SELECT min(date_trunc('{period}', day)), max(date_trunc('{period}', day)) FROM events")[0]
    starts = [
        line[0]
        for line in rows(
            f"SELECT unnest(generate_series(DATE '{first:%Y-%m-%d}', DATE '{last:%Y-%m-%d}', INTERVAL 1 {period}))::DATE"
        )
    ]
    counts = {(start, offset): users for start, offset, users in rows(f"""
            SELECT date_trunc('{period}', first_day)::DATE AS cohort,
              datediff('{period}', date_trunc('{period}', first_day), date_trunc('{period}', day)) AS k, count(DISTINCT user_id)
            FROM active_days JOIN users USING (user_id) GROUP BY ALL
            """)}
    result = []
    for index, start in enumerate(starts):
        length = len(starts) - index
        if longest is not None:
            length = min(length, longest + 1)
        active = [counts.get((start, offset), 0) for offset in range(length)]
        result.append({"start": str(start), "size": active[0], "active": active})
    return result


def growth(period):
    active = {
        start: set(users)
        for start, users in rows(
            f"SELECT date_trunc('{period}', day)::DATE AS p, list(DISTINCT user_id) FROM active_days GROUP BY p"
        )
    }
    table = rows(f"""
        WITH periods AS (SELECT DISTINCT user_id, date_trunc('{period}', day)::DATE AS p FROM active_days),
        neighbours AS (SELECT *, lag(p) OVER w AS before, lead(p) OVER w AS after FROM periods WINDOW w AS (PARTITION BY user_id ORDER BY p)),
        here AS (SELECT p, count(*) AS active, count(*) FILTER (before IS NULL) AS new,
          count(*) FILTER (before + INTERVAL 1 {period} = p) AS retained, count(*) FILTER (before + INTERVAL 1 {period} < p) AS resurrected
          FROM neighbours GROUP BY p),
        gone AS (SELECT (p + INTERVAL 1 {period})::DATE AS p, count(*) AS churned FROM neighbours
          WHERE after IS NULL OR after > p + INTERVAL 1 {period} GROUP BY 1)
        SELECT p, active, new, retained, resurrected, coalesce(churned, 0) FROM here LEFT JOIN gone USING (p) ORDER BY p
        """)
    result, seen, before = [], set(), set()
    for start, count, new, retained, resurrected, churned in table:
        # The same by sets: the two ways must agree.
        now = active[start]
        assert (count, new, retained, resurrected, churned) == (
            len(now),
            len(now - seen),
            len(now & before),
            len((now & seen) - before),
            len(before - now),
        ), start
        seen |= now
        before = now
        result.append(
            {
                "start": str(start),
                "active": count,
                "new": new,
                "retained": retained,
                "resurrected": resurrected,
                "churned": churned,
                "quick_ratio": (new + resurrected) / churned if churned else None,
            }
        )
    return result


def n_day_retention():
    days, brackets = {}, {}
    for n in N_DAYS:
        result = row(f"""
            WITH per_user AS (
              SELECT user_id, first_day + {n} <= DATE '{LAST_DATE}' AS mature, bool_or(day = first_day + {n}) AS classic,
                bool_or(day >= first_day + {n}) AS unbounded
              FROM active_days JOIN users USING (user_id) GROUP BY user_id, first_day)
            SELECT count(*) AS all_users, count(*) FILTER (mature) AS mature_users,
              count(*) FILTER (mature AND classic) AS classic_mature, count(*) FILTER (mature AND unbounded) AS unbounded_mature
            FROM per_user
            """)
        result["classic_rate"] = result["classic_mature"] / result["mature_users"]
        result["unbounded_rate"] = result["unbounded_mature"] / result["mature_users"]
        days[str(n)] = result
    for low, high in BRACKETS:
        result = row(f"""
            WITH per_user AS (
              SELECT user_id, bool_or(day BETWEEN first_day + {low} AND first_day + {high}) AS back
              FROM active_days JOIN users USING (user_id) WHERE first_day + {high} <= DATE '{LAST_DATE}' GROUP BY user_id)
            SELECT count(*) AS mature_users, count(*) FILTER (back) AS retained FROM per_user
            """)
        result["rate"] = result["retained"] / result["mature_users"]
        brackets[f"{low}-{high}"] = result
    return {"days": days, "brackets": brackets}


def rfm():
    connection.execute(f"""
        CREATE OR REPLACE TABLE rfm AS
        SELECT user_id, datediff('day', max(day) FILTER (event = 'purchase'), DATE '{AS_OF}') AS r,
          count(DISTINCT order_id) FILTER (event = 'purchase') AS f,
          (coalesce(sum(fen) FILTER (event = 'purchase'), 0) - coalesce(sum(fen) FILTER (event = 'refund'), 0))::BIGINT AS m
        FROM events GROUP BY user_id HAVING f > 0
        """)
    summary = {
        name: row(
            f"SELECT min({name}) AS min, max({name}) AS max, sum({name})::BIGINT AS sum, avg({name}) AS mean, median({name}) AS median FROM rfm"
        )
        for name in ("r", "f", "m")
    }
    methods = {
        "tie_min_rank": "floor(5 * (rank() OVER (ORDER BY {order}) - 1) / count(*) OVER ())::INTEGER + 1",
        "ntile": "ntile(5) OVER (ORDER BY {order}, user_id)",
    }
    return {
        "customers": rows("SELECT count(*) FROM rfm")[0][0],
        "summary": summary,
        "methods": {name: scored(expression) for name, expression in methods.items()},
        "eight_cells": eight_cells(summary),
    }


def scored(expression):
    scores = rows(f"""
        SELECT user_id, m, {expression.format(order='r DESC')}, {expression.format(order='f')}, {expression.format(order='m')}
        FROM rfm ORDER BY user_id
        """)
    histogram = {name: {str(score): 0 for score in range(1, 6)} for name in "RFM"}
    cells, segments, lines = {}, {}, []
    for user, money, *three in scores:
        code = "".join(map(str, three))
        lines.append(f"{user},{code}\n")
        for name, score in zip("RFM", three):
            histogram[name][str(score)] += 1
        segment = next(name for pattern, name in SEGMENTS if re.fullmatch(pattern, code[:2]))
        for table, key in ((cells, code), (segments, segment)):
            cell = table.setdefault(key, {"users": 0, "revenue": 0})
            cell["users"] += 1
            cell["revenue"] += money
    return {
        "score_histogram": histogram,
        "codes": dict(sorted(cells.items())),
        "segments": dict(sorted(segments.items())),
        "sha256_of_id_code_lines": hashlib.sha256("".join(lines).encode()).hexdigest(),
    }


def eight_cells(summary):
    customers = rows("SELECT r, f, m FROM rfm")
    count = len(customers)
    cells = {code: {"label": label, "users": 0, "revenue": 0} for code, label in EIGHT_CELLS.items()}
    for r, f, m in customers:
        # Compared as whole numbers, so that no rounding of the mean decides.
        better = (r * count < summary["r"]["sum"], f * count > summary["f"]["sum"], m * count > summary["m"]["sum"])
        cell = cells["".join("1" if yes else "0" for yes in better)]
        cell["users"] += 1
        cell["revenue"] += m
    return {"thresholds": {name: summary[name]["mean"] for name in ("r", "f", "m")}, "cells": cells}


def month_retention(condition, offset):
    """Users whose first row meets the condition and whose cohort's month + offset is in the data; how many were active in it."""
    result = row(f"""
        WITH firsts AS (SELECT user_id, first_day, channel, campaign FROM events JOIN users USING (user_id)
          WHERE time = first_time QUALIFY row_number() OVER (PARTITION BY user_id) = 1),
        cohort AS (SELECT user_id, date_trunc('month', first_day) + INTERVAL {offset} MONTH AS later FROM firsts
          WHERE later <= DATE '{LAST_DATE}' AND ({condition}))
        SELECT count(*) AS users, count(*) FILTER (EXISTS (FROM active_days AS a WHERE a.user_id = cohort.user_id AND date_trunc('month', a.day) = later)) AS active
        FROM cohort
        """)
    result["rate"] = result["active"] / result["users"]
    return result


def stories():
    channels = [line[0] for line in rows("SELECT DISTINCT channel FROM events ORDER BY channel")]
    weeks = rows("""
        SELECT date_trunc('week', day)::DATE::VARCHAR, count(*) FILTER (event = 'view_item'), count(*) FILTER (event = 'add_to_cart'),
          count(DISTINCT user_id) FILTER (event = 'view_item'), count(DISTINCT user_id) FILTER (event = 'add_to_cart'),
          count(DISTINCT order_id) FILTER (event = 'purchase')
        FROM events WHERE day BETWEEN '2025-03-10' AND '2025-05-18' GROUP BY 1 ORDER BY 1
        """)
    names = ("week", "view_item", "add_to_cart", "users_view_item", "users_add_to_cart", "orders")
    november = "first_day BETWEEN '2024-11-01' AND '2024-11-30'"
    coupon = "campaign = '双11拉新'"
    spent = [
        line[0]
        for line in rows(
            "SELECT coalesce(sum(fen) FILTER (event = 'purchase'), 0)::BIGINT AS s FROM events GROUP BY user_id ORDER BY s DESC"
        )
    ]
    total, carried, carriers = sum(spent), 0, 0
    while 2 * carried < total:
        carried += spent[carriers]
        carriers += 1
    return {
        "leaky_channel": {
            channel: {str(k): month_retention(f"channel = '{channel}'", k) for k in (1, 3)} for channel in channels
        },
        "broken_cart": [dict(zip(names, line)) for line in weeks],
        "promotion_cohort": {
            "november_2024": {str(k): month_retention(november, k) for k in (1, 2, 3, 6)},
            "other_cohorts": {str(k): month_retention(f"NOT ({november})", k) for k in (1, 2, 3, 6)},
            "won_by_coupon": {str(k): month_retention(f"coalesce({coupon}, false)", k) for k in (1, 2, 3, 6)},
        },
        "half_of_revenue": {
            "users": carriers,
            "share_of_users": carriers / len(spent),
            "share_of_revenue": carried / total,
            "share_of_buyers": carriers / sum(1 for amount in spent if amount),
        },
        "referrals": row("""
            SELECT count(DISTINCT user_id) FILTER (referrer IS NOT NULL) AS referred_users, count(DISTINCT referrer) AS referrers,
              count(*) FILTER (event = 'invite') AS invite_rows FROM events
            """),
    }


def main():
    source = pathlib.Path(sys.argv[1])
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).with_name("sample.json")
    load(source)
    result = {
        "tool": {"duckdb": duckdb.__version__},
        "sha256_of_csv": hashlib.sha256(source.read_bytes()).hexdigest(),
        "time_zone": "Asia/Shanghai",
        "as_of": AS_OF,
        "overview": overview(),
        "active_users": active_users(),
        "rfm": rfm(),
        "retention": {"month": cohorts("month"), "week": cohorts("week"), "day": cohorts("day", DAY_OFFSETS)},
        "n_day": n_day_retention(),
        "growth": {"week": growth("week"), "month": growth("month")},
        "stories": stories(),
    }
    target.write_text(compact(result) + "\n", encoding="utf-8")


def compact(value, indent=0):
    """JSON that a person can read and a version control can compare: one line for whatever fits."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= 140 or not isinstance(value, (dict, list)):
        return line
    if isinstance(value, list) and all(isinstance(item, (int, float)) for item in value):
        return line
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        body = [f"{json.dumps(key, ensure_ascii=False)}: {compact(item, indent + 1)}" for key, item in value.items()]
    else:
        body = [compact(item, indent + 1) for item in value]
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    return f"{opening}\n{inner}" + f",\n{inner}".join(body) + f"\n{' ' * indent}{closing}"


main()
