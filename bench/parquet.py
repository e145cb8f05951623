#!/usr/bin/env python3
"""The event log as Parquet: parquet.py FILE.csv CODEC writes FILE.CODEC.parquet, with the types that an export would have."""

import os
import sys

import polars as pl

SCHEMA = {
    "user_id": pl.String,
    "event": pl.String,
    "ts": pl.String,
    "channel": pl.String,
    "amount": pl.Decimal(12, 2),
    "city": pl.String,
}
# What the writer takes for tables in memory.
ROW_GROUP = 512 * 512


def main():
    source, codec = sys.argv[1:]
    path = f"{source.removesuffix('.csv')}.{codec}.parquet"
    log = pl.scan_csv(source, schema=SCHEMA)
    # A time without a zone, as databases keep it.
    log = log.with_columns(pl.col("ts").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us"))
    # A run that is stopped leaves no half a file under the final name.
    log.sink_parquet(f"{path}.part", compression=codec, row_group_size=ROW_GROUP, maintain_order=True)
    os.replace(f"{path}.part", path)


main()
