//! Reads the bytes back with a small parser of its own and looks for what was planted.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::csv;

/// The bytes never change by accident: the reference results and the guide are computed from them.
const SHA_256: &str = "002617f32862a87247c1903c3df87dded4747967ebb2101706508aaf8bd00a9d";

struct Event {
    user: String,
    time: String,
    event: String,
    order: String,
    fen: u64,
    channel: String,
    level: String,
    referrer: String,
    campaign: String,
}

impl Event {
    fn date(&self) -> &str {
        self.time.split(' ').next().unwrap()
    }

    /// Months since year 0.
    fn month(&self) -> u32 {
        let mut parts = self.time.split('-').map(|part| part.parse::<u32>());
        let (Some(Ok(year)), Some(Ok(month))) = (parts.next(), parts.next()) else { panic!("{}", self.time) };
        year * 12 + month - 1
    }
}

fn fen(amount: &str) -> u64 {
    if amount.is_empty() {
        return 0;
    }
    let (yuan, fen) = amount.split_once('.').unwrap();
    assert_eq!(fen.len(), 2, "{amount}");
    yuan.parse::<u64>().unwrap() * 100 + fen.parse::<u64>().unwrap()
}

fn events() -> Vec<Event> {
    let text = String::from_utf8(csv()).unwrap();
    let mut lines = text.lines();
    let header = "user_id,time,event,order_id,amount,channel,city,member_level,referrer,campaign";
    assert_eq!(lines.next(), Some(header));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let [user, time, event, order, amount, channel, city, level, referrer, campaign] = fields[..]
            else {
                panic!("{line}");
            };
            assert!(!city.is_empty() && !channel.is_empty() && !level.is_empty(), "{line}");
            Event {
                user: user.into(),
                time: time.into(),
                event: event.into(),
                order: order.into(),
                fen: fen(amount),
                channel: channel.into(),
                level: level.into(),
                referrer: referrer.into(),
                campaign: campaign.into(),
            }
        })
        .collect()
}

/// Of the users (those for whom `keep` holds on their first event), the share that is active `offset` months after the month
/// of their first event; only cohorts for which that month is in the data.
fn month_retention(events: &[Event], offset: u32, keep: impl Fn(&Event) -> bool) -> f64 {
    let last = events.last().unwrap().month();
    let mut first: HashMap<&str, (u32, bool)> = HashMap::new();
    let mut months: HashSet<(&str, u32)> = HashSet::new();
    for event in events {
        first.entry(&event.user).or_insert_with(|| (event.month(), keep(event)));
        months.insert((&event.user, event.month()));
    }
    let cohort: Vec<_> = first.iter().filter(|(_, (month, kept))| *kept && month + offset <= last).collect();
    let back = cohort.iter().filter(|(user, (month, _))| months.contains(&(**user, month + offset))).count();
    back as f64 / cohort.len() as f64
}

#[test]
fn the_bytes_are_always_the_same() {
    let bytes = csv();
    assert_eq!(bytes, csv());
    assert!(!bytes.contains(&b'\r') && bytes.ends_with(b"\n"));
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, SHA_256);
}

#[test]
fn the_frame_is_as_documented() {
    let events = events();
    assert!((190_000..210_000).contains(&events.len()), "{} rows", events.len());
    let users: HashSet<&str> = events.iter().map(|event| event.user.as_str()).collect();
    assert_eq!(users.len(), 5_000);
    assert!(users.iter().all(|user| user.len() == 6 && user.starts_with('0')));
    assert!(events.is_sorted_by_key(|event| event.time.as_str()));
    assert_eq!(events.first().unwrap().date(), "2024-07-01");
    assert_eq!(events.last().unwrap().date(), "2025-12-31");
    let days: HashSet<&str> = events.iter().map(Event::date).collect();
    assert_eq!(days.len(), 549);
}

#[test]
fn money_is_on_purchases_and_refunds_only_and_adds_up() {
    let mut orders: HashMap<&str, (&str, &str, u64)> = HashMap::new();
    let mut lines = 0;
    let mut refunds = 0;
    let events = events();
    for event in &events {
        match event.event.as_str() {
            "purchase" => {
                assert!(event.fen > 0);
                let order = orders.entry(&event.order).or_insert((&event.user, &event.time, 0));
                assert_eq!((order.0, order.1), (event.user.as_str(), event.time.as_str()));
                order.2 += event.fen;
                lines += 1;
            }
            "refund" => {
                let (user, time, paid) = orders[event.order.as_str()];
                assert_eq!(user, event.user);
                assert!(time < event.time.as_str() && event.fen > 0 && event.fen <= paid);
                refunds += 1;
            }
            _ => assert!(event.order.is_empty() && event.fen == 0),
        }
    }
    assert!(lines > orders.len(), "some orders have several lines");
    assert!((0.03..0.08).contains(&(f64::from(refunds) / orders.len() as f64)));
}

#[test]
fn members_rise_and_are_invited_by_earlier_members() {
    let rank =
        |level: &str| ["普通", "银卡", "金卡", "黑金"].iter().position(|known| *known == level).unwrap();
    let events = events();
    let mut levels: HashMap<&str, usize> = HashMap::new();
    let mut invited: HashMap<&str, u32> = HashMap::new();
    let mut referred = 0;
    for event in &events {
        let newcomer = !levels.contains_key(event.user.as_str());
        let level = levels.entry(&event.user).or_insert(0);
        assert!(rank(&event.level) >= *level);
        *level = rank(&event.level);
        if event.event == "invite" {
            *invited.entry(&event.user).or_insert(0) += 1;
        }
        assert_eq!(event.channel == "老客推荐", !event.referrer.is_empty());
        if newcomer && !event.referrer.is_empty() {
            referred += 1;
            assert!(invited.contains_key(event.referrer.as_str()));
        }
    }
    assert_eq!(invited.values().sum::<u32>(), referred);
    assert!(referred > 300);
    assert_eq!(levels.values().collect::<BTreeSet<_>>().len(), 4);
}

#[test]
fn story_1_a_channel_whose_users_do_not_stay() {
    let events = events();
    let channels: BTreeSet<&str> = events.iter().map(|event| event.channel.as_str()).collect();
    let leaky = month_retention(&events, 1, |event| event.channel == "信息流广告");
    let leaky_later = month_retention(&events, 3, |event| event.channel == "信息流广告");
    assert!(channels.len() == 8);
    for channel in channels.into_iter().filter(|channel| *channel != "信息流广告") {
        assert!(leaky < 0.5 * month_retention(&events, 1, |event| event.channel == channel), "{channel}");
        assert!(
            leaky_later < 0.2 * month_retention(&events, 3, |event| event.channel == channel),
            "{channel}"
        );
    }
}

#[test]
fn story_2_a_release_that_broke_the_cart_for_two_weeks() {
    let events = events();
    let rate = |from: &str, to: &str| {
        let count = |name: &str| {
            events.iter().filter(|event| event.event == name && (from..=to).contains(&event.date())).count()
                as f64
        };
        count("add_to_cart") / count("view_item")
    };
    let broken = rate("2025-04-07", "2025-04-20");
    assert!(broken < 0.4 * rate("2025-03-10", "2025-04-06"));
    assert!(broken < 0.4 * rate("2025-04-21", "2025-05-18"));
    // Both weeks, not one of them.
    assert!(rate("2025-04-07", "2025-04-13") < 0.5 * rate("2025-03-31", "2025-04-06"));
    assert!(rate("2025-04-14", "2025-04-20") < 0.5 * rate("2025-04-21", "2025-04-27"));
}

#[test]
fn story_3_a_cohort_won_by_a_promotion_leaves() {
    let events = events();
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    let mut seen = HashSet::new();
    for event in &events {
        if seen.insert(event.user.as_str()) {
            *sizes.entry(event.month()).or_default() += 1;
        }
    }
    let bargain = 2024 * 12 + 10;
    assert!(sizes.iter().all(|(month, size)| *month == bargain || *size < sizes[&bargain]));
    let of = |month: u32, offset: u32| month_retention(&events, offset, |event| event.month() == month);
    for offset in [1, 2, 3] {
        let others = sizes.keys().filter(|month| **month != bargain && **month + offset <= 2025 * 12 + 11);
        for month in others {
            assert!(of(bargain, offset) < 0.75 * of(*month, offset), "month {month} + {offset}");
        }
    }
    let coupons = month_retention(&events, 2, |event| event.campaign == "双11拉新");
    assert!(coupons < 0.4 * month_retention(&events, 2, |event| event.campaign != "双11拉新"));
}

#[test]
fn story_4_a_few_percent_carry_half_of_the_revenue() {
    let mut spent: HashMap<&str, u64> = HashMap::new();
    let events = events();
    for event in &events {
        *spent.entry(&event.user).or_default() += if event.event == "purchase" { event.fen } else { 0 };
    }
    let mut amounts: Vec<u64> = spent.into_values().collect();
    amounts.sort_unstable_by(|left, right| right.cmp(left));
    let total: u64 = amounts.iter().sum();
    let mut carried = 0;
    let carriers = amounts
        .iter()
        .take_while(|amount| {
            carried += **amount;
            carried < total / 2
        })
        .count()
        + 1;
    assert!((100..=200).contains(&carriers), "{carriers} of {} users", amounts.len());
}

#[test]
fn the_reference_and_the_guide_speak_of_these_bytes() {
    let reference: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/reference/sample.json")).unwrap();
    assert_eq!(
        reference["sha256_of_csv"], SHA_256,
        "compute the reference again, see tests/reference/README.md"
    );
    let number = |path: &str| reference.pointer(path).unwrap_or_else(|| panic!("{path}")).as_u64().unwrap();
    let grouped = |number: u64| match (number / 1_000_000, number / 1_000, number % 1_000) {
        (0, 0, small) => small.to_string(),
        (0, thousands, rest) => format!("{thousands},{rest:03}"),
        (millions, thousands, rest) => format!("{millions},{:03},{rest:03}", thousands % 1_000),
    };
    let yuan = |path: &str| format!("{}.{:02}", grouped(number(path) / 100), number(path) % 100);
    let overview = |name: &str| grouped(number(&format!("/overview/{name}")));
    let mut quoted: Vec<String> =
        ["rows", "users", "buyers", "orders", "purchase_rows", "refunded_orders", "repeat_buyers"]
            .map(overview)
            .into();
    quoted.extend(["gross_revenue", "refunds", "net_revenue"].map(|name| yuan(&format!("/overview/{name}"))));
    let segments = "/rfm/methods/tie_min_rank/segments";
    quoted.push(yuan(&format!("{segments}/champions/revenue")));
    quoted.push(yuan("/rfm/eight_cells/cells/111/revenue"));
    quoted.push(grouped(number(&format!("{segments}/loyal_customers/users"))));
    quoted.push(grouped(number("/stories/half_of_revenue/users")));
    quoted.push(grouped(number("/stories/promotion_cohort/november_2024/1/users")));
    quoted.push(grouped(number("/stories/promotion_cohort/november_2024/1/active")));
    quoted.push(grouped(number("/stories/leaky_channel/信息流广告/1/active")));
    quoted.push(grouped(number("/stories/broken_cart/4/users_add_to_cart")));
    for guide in [include_str!("../../docs/sample-data.md"), include_str!("../../docs/sample-data.zh-CN.md")]
    {
        for text in &quoted {
            assert!(guide.contains(text), "{text} is not in {}", guide.lines().next().unwrap());
        }
    }
}
