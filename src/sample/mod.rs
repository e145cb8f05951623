//! The sample data: eighteen months of a Chinese online shop that never was.
//!
//! 5,000 members and about 200,000 events from 2024-07-01 to 2025-12-31, written as a CSV file: the very bytes that a user
//! could have dropped on the page, so that the sample takes the same way through the house as any other file. Everything is
//! drawn from a fixed seed with whole numbers only; the bytes are the same on every machine, and a test pins their hash.
//!
//! Each file is one part of the tale: `season` the calendar of the shop, `member` the people, `visit` what they do,
//! `story` what is planted for the reader to find, `random` chance.

mod member;
mod random;
mod season;
mod story;
#[cfg(test)]
mod tests;
mod visit;

use std::collections::HashMap;
use std::io::Write;

use member::Member;
use random::Random;
use season::{DAY_SECONDS, ShopDay};
use visit::Row;

/// The name that the page gives the file.
pub const FILE_NAME: &str = "sample.csv";

/// The zone in which the times of the sample are wall-clock times.
pub const TIME_ZONE: &str = "Asia/Shanghai";

/// The columns, in the order of the file.
pub const COLUMNS: [&str; 10] = [
    "user_id",
    "time",
    "event",
    "order_id",
    "amount",
    "channel",
    "city",
    "member_level",
    "referrer",
    "campaign",
];

const SEED: u64 = 20_240_701;

/// The sample as a CSV file: UTF-8, a header that begins with `user_id,time,event,order_id,amount`, lines ended by LF, rows in
/// the order of time.
#[must_use]
pub fn csv() -> Vec<u8> {
    let days = season::days();
    let members = member::members(&days, SEED);
    let mut orders = 0;
    let mut rows: Vec<Row> = Vec::new();
    for (index, member) in (0..).zip(&members) {
        rows.extend(visit::Life::live(member, index, &days, Random::stream(SEED, index), &mut orders));
    }
    // A stable sort: rows of the same second keep the order of members, and the lines of an order stay together.
    rows.sort_by_key(|row| row.second);
    let mut bytes = Vec::with_capacity(rows.len() * 80);
    // Writing to memory cannot fail.
    let _ = write_rows(&mut bytes, &rows, &members, &days);
    bytes
}

fn write_rows(
    bytes: &mut Vec<u8>,
    rows: &[Row],
    members: &[Member],
    days: &[ShopDay],
) -> std::io::Result<()> {
    let dates: Vec<String> = days.iter().map(|day| day.day.to_string()).collect();
    let mut order_ids = OrderIds::default();
    writeln!(bytes, "{}", COLUMNS.join(","))?;
    for row in rows {
        let Some(member) = members.get(row.member as usize) else { continue };
        let date = dates.get((row.second / DAY_SECONDS) as usize).map_or("", String::as_str);
        let clock = row.second % DAY_SECONDS;
        let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
        write!(bytes, "{:06},{date} {hour:02}:{minute:02}:{second:02},{},", member.number, row.event)?;
        match row.order {
            Some(order) => {
                let id = order_ids.id(order, date);
                write!(bytes, "{id},{}.{:02},", row.amount / 100, row.amount % 100)?;
            }
            None => bytes.extend_from_slice(b",,"),
        }
        write!(bytes, "{},{},{},", member.channel, member.city, row.level)?;
        if let Some(referrer) = member.referrer.and_then(|index| members.get(index as usize)) {
            write!(bytes, "{:06}", referrer.number)?;
        }
        writeln!(bytes, ",{}", row.campaign)?;
    }
    Ok(())
}

/// Numbers orders as a shop does: the date, then a count that begins anew each day.
#[derive(Debug, Default)]
struct OrderIds {
    ids: HashMap<u32, String>,
    date: String,
    count: u32,
}

impl OrderIds {
    fn id(&mut self, order: u32, date: &str) -> &str {
        if self.date != date {
            self.count = 0;
            date.clone_into(&mut self.date);
        }
        self.ids.entry(order).or_insert_with(|| {
            self.count += 1;
            format!("SO{}{:04}", date.replace('-', ""), self.count)
        })
    }
}
