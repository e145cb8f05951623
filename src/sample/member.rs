//! Who the members are: when and how they came, where they live, how they are disposed.

use super::random::Random;
use super::season::{DAY_SECONDS, ShopDay, hours};
use super::story;

/// The number of members.
pub(super) const MEMBERS: u32 = 5_000;

/// The channel of members whom another member invited.
const REFERRAL_CHANNEL: &str = "老客推荐";

const CHANNELS: [(&str, u32); 8] = [
    ("抖音", 24),
    ("小红书", 17),
    (story::LEAKY_CHANNEL, 14),
    ("微信私域", 12),
    ("搜索", 11),
    ("应用商店", 9),
    (REFERRAL_CHANNEL, 8),
    ("线下门店", 5),
];

const CITIES: [(&str, u32); 22] = [
    ("上海", 130),
    ("北京", 116),
    ("广州", 88),
    ("深圳", 86),
    ("杭州", 74),
    ("成都", 70),
    ("武汉", 52),
    ("南京", 48),
    ("重庆", 46),
    ("西安", 40),
    ("苏州", 38),
    ("长沙", 34),
    ("郑州", 32),
    ("天津", 30),
    ("青岛", 24),
    ("宁波", 22),
    ("合肥", 20),
    ("厦门", 18),
    ("昆明", 14),
    ("哈尔滨", 12),
    ("呼和浩特", 4),
    ("乌鲁木齐", 4),
];

/// How a member is disposed. Chances are per million.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Temper {
    /// To leave for good, each day.
    pub(super) leaves: u32,
    /// To visit, each ordinary day.
    pub(super) visits: u32,
    /// To put an item that was looked at into the cart.
    pub(super) carts: u32,
    /// The price of what is bought, in percent of the ordinary.
    pub(super) spend: u32,
}

/// Passers-by, casual and regular buyers; the devoted are story 4.
const TEMPERS: [(Temper, u32); 3] = [
    (Temper { leaves: 130_000, visits: 130_000, carts: 200_000, spend: 90 }, 30),
    (Temper { leaves: 11_000, visits: 104_000, carts: 270_000, spend: 95 }, 46),
    (Temper { leaves: 2_200, visits: 176_000, carts: 300_000, spend: 110 }, 24),
];
const DEVOTED: Temper = Temper { leaves: 700, visits: 300_000, carts: 430_000, spend: 100 };

/// One member. Members are in the order in which they joined.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The member number, written with leading zeros.
    pub(super) number: u32,
    /// The day they joined, counted from the first day of the sample.
    pub(super) join_day: u32,
    /// The second they joined, counted from the start of the sample.
    pub(super) join_second: u32,
    /// The channel that won them.
    pub(super) channel: &'static str,
    /// Where they live.
    pub(super) city: &'static str,
    /// The campaign that won them, or nothing.
    pub(super) campaign: &'static str,
    /// Who invited them: a place in the list of members.
    pub(super) referrer: Option<u32>,
    /// When the invitations they sent went out.
    pub(super) invitations: Vec<u32>,
    /// How they are disposed.
    pub(super) temper: Temper,
}

/// All members, the first to join first.
pub(super) fn members(days: &[ShopDay], seed: u64) -> Vec<Member> {
    let mut random = Random::stream(seed, u32::MAX);
    let mut number = 1_000;
    let mut members: Vec<Member> = Vec::new();
    for (join_second, join_day) in join_times(days, &mut random) {
        number += random.between(1, 9);
        let member = newcomer(number, join_day, join_second, days, &mut random);
        members.push(member);
        if members.last().is_some_and(|member| member.channel == REFERRAL_CHANNEL) {
            invite_last(&mut members, &mut random);
        }
    }
    members
}

/// The second and the day at which each member joins, in order.
fn join_times(days: &[ShopDay], random: &mut Random) -> Vec<(u32, u32)> {
    let weights: Vec<(u32, u32)> = (0..).zip(days).map(|(index, day)| (index, day.newcomers)).collect();
    let mut times: Vec<(u32, u32)> = (0..MEMBERS)
        .map(|_| {
            let index = random.weighted(&weights);
            let weekend = days.get(index as usize).is_some_and(|day| day.weekend);
            let second = index * DAY_SECONDS + random.weighted(hours(weekend)) * 3_600 + random.below(3_600);
            (second, index)
        })
        .collect();
    times.sort_unstable();
    times
}

fn newcomer(number: u32, join_day: u32, join_second: u32, days: &[ShopDay], random: &mut Random) -> Member {
    let mut channel = random.weighted(&CHANNELS);
    let bargain = days.get(join_day as usize).is_some_and(|day| day.bargain)
        && random.below(100) < story::BARGAIN_SHARE_PERCENT
        && channel != REFERRAL_CHANNEL;
    // The coupons went out on two channels only, neither of them the leaky one: the stories do not explain each other.
    if bargain {
        channel = random.weighted(&[("抖音", 60), ("小红书", 40)]);
    }
    Member {
        number,
        join_day,
        join_second,
        channel,
        city: random.weighted(&CITIES),
        campaign: if bargain { story::BARGAIN_CAMPAIGN } else { "" },
        referrer: None,
        invitations: Vec::new(),
        temper: temper(channel, bargain, random),
    }
}

fn temper(channel: &str, bargain: bool, random: &mut Random) -> Temper {
    let leaky = channel == story::LEAKY_CHANNEL;
    if !leaky && !bargain && random.below(1_000) < story::DEVOTED_PER_MILLE {
        let (low, high) = story::DEVOTED_SPEND_PERCENT;
        // The smaller of two draws: many near the low end, few near the high one.
        let spend = random.between(low, high).min(random.between(low, high));
        return Temper { spend, ..DEVOTED };
    }
    let mut temper = random.weighted(&TEMPERS);
    let percent = match (leaky, bargain) {
        (true, _) => story::LEAKY_LEAVE_PERCENT,
        (_, true) => story::BARGAIN_LEAVE_PERCENT,
        _ => 100,
    };
    temper.leaves = (temper.leaves * percent / 100).min(500_000);
    if bargain {
        // They came to buy, and cheaply.
        temper.carts = 480_000;
        temper.spend = 70;
    }
    temper
}

/// Gives the last member somebody who invited them up to a day and a half before; the keenest of a few is chosen.
fn invite_last(members: &mut [Member], random: &mut Random) {
    let Some((member, earlier)) = members.split_last_mut() else { return };
    let count = u32::try_from(earlier.len()).unwrap_or(0);
    let sent = member.join_second.saturating_sub(random.between(300, 129_600));
    let mut keenest: Option<(u32, u32)> = None;
    for _ in 0..6 {
        let candidate = random.below(count);
        if let Some(other) = earlier.get(candidate as usize)
            && other.join_second < sent
        {
            keenest = keenest.max(Some((other.temper.visits, candidate)));
        }
    }
    member.referrer = keenest.map(|(_, index)| index);
    match keenest.and_then(|(_, index)| earlier.get_mut(index as usize)) {
        Some(referrer) => referrer.invitations.push(sent),
        // Nobody was there yet to invite them.
        None => member.channel = "微信私域",
    }
}
