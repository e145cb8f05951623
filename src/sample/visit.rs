//! What members do: visits from the first page to the order, refunds, shares and invitations.

use super::member::Member;
use super::random::Random;
use super::season::{DAY_SECONDS, DAYS, ShopDay, hours};

/// What happened, as the `event` column names it.
pub(super) const VISIT: &str = "visit";
pub(super) const SEARCH: &str = "search";
pub(super) const VIEW_ITEM: &str = "view_item";
pub(super) const ADD_TO_CART: &str = "add_to_cart";
pub(super) const CHECKOUT: &str = "checkout";
pub(super) const PURCHASE: &str = "purchase";
pub(super) const REFUND: &str = "refund";
pub(super) const SHARE: &str = "share";
pub(super) const INVITE: &str = "invite";

/// A row of the file before it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Seconds from the start of the sample.
    pub(super) second: u32,
    /// A place in the list of members.
    pub(super) member: u32,
    /// What happened.
    pub(super) event: &'static str,
    /// The order's number among all orders, on purchases and refunds.
    pub(super) order: Option<u32>,
    /// Fen (1/100 yuan), on purchases and refunds.
    pub(super) amount: u32,
    /// The campaign that brought the visit, or nothing.
    pub(super) campaign: &'static str,
    /// The level of the member at that moment.
    pub(super) level: &'static str,
}

/// Levels by what was spent so far, in fen.
const LEVELS: [(u32, &str); 3] = [(2_000_000, "黑金"), (500_000, "金卡"), (100_000, "银卡")];
const LOWEST_LEVEL: &str = "普通";

/// From and to, in fen, with weights: what one line of an order costs an ordinary buyer.
const PRICES: [((u32, u32), u32); 5] = [
    ((1_990, 5_900), 30),
    ((5_900, 12_900), 34),
    ((12_900, 29_900), 24),
    ((29_900, 69_900), 10),
    ((69_900, 199_900), 2),
];

/// Somebody who left may look in on a campaign day, per million.
const LOOK_IN: u32 = 3_500;

/// The life of one member in the shop, in the order of time.
#[derive(Debug)]
pub(super) struct Life<'a> {
    member: &'a Member,
    index: u32,
    random: Random,
    orders: &'a mut u32,
    rows: Vec<Row>,
}

impl<'a> Life<'a> {
    /// Lives from the day of joining to the last day of the sample and returns what happened.
    pub(super) fn live(
        member: &'a Member,
        index: u32,
        days: &[ShopDay],
        random: Random,
        orders: &'a mut u32,
    ) -> Vec<Row> {
        let mut life = Self { member, index, random, orders, rows: Vec::new() };
        let mut gone = false;
        for (day_index, day) in (0..).zip(days).skip(member.join_day as usize) {
            if day_index == member.join_day {
                life.visit(member.join_second, day, member.campaign);
                continue;
            }
            gone = gone || life.random.chance(member.temper.leaves);
            let chance = match (gone, day.campaign.is_empty()) {
                (false, _) => member.temper.visits * day.visits / 100,
                (true, false) => LOOK_IN,
                (true, true) => 0,
            };
            if life.random.chance(chance) {
                let hour = life.random.weighted(hours(day.weekend));
                let second = day_index * DAY_SECONDS + hour * 3_600 + life.random.below(3_600);
                let campaign = if life.random.chance(450_000) { day.campaign } else { "" };
                life.visit(second, day, campaign);
            }
        }
        for second in &member.invitations {
            life.push(*second, INVITE, None, 0, "");
        }
        life.finish()
    }

    /// One visit: each step only after the one before.
    fn visit(&mut self, start: u32, day: &ShopDay, campaign: &'static str) {
        let mut second = start;
        self.push(second, VISIT, None, 0, campaign);
        if self.random.chance(210_000) {
            second += self.random.between(3, 40);
            self.push(second, SEARCH, None, 0, campaign);
        }
        if !self.random.chance(830_000) {
            return;
        }
        loop {
            second += self.random.between(6, 150);
            self.push(second, VIEW_ITEM, None, 0, campaign);
            if !self.random.chance(430_000) {
                break;
            }
        }
        if self.random.chance(22_000) {
            second += self.random.between(4, 60);
            self.push(second, SHARE, None, 0, campaign);
        }
        if !self.random.chance(self.member.temper.carts * day.carts / 100) {
            return;
        }
        second += self.random.between(5, 90);
        self.push(second, ADD_TO_CART, None, 0, campaign);
        if !self.random.chance((600_000 * day.buys / 100).min(930_000)) {
            return;
        }
        second += self.random.between(10, 240);
        self.push(second, CHECKOUT, None, 0, campaign);
        if self.random.chance(770_000) {
            second += self.random.between(15, 200);
            self.order(second, campaign);
        }
    }

    /// An order of one line or a few, and what comes back of it.
    fn order(&mut self, second: u32, campaign: &'static str) {
        let order = *self.orders;
        *self.orders += 1;
        let mut total = 0;
        loop {
            let amount = self.price();
            total += amount;
            self.push(second, PURCHASE, Some(order), amount, campaign);
            if !self.random.chance(130_000) {
                break;
            }
        }
        if self.random.chance(58_000) {
            let percent = if self.random.chance(700_000) { 100 } else { self.random.between(20, 80) };
            let later = second + self.random.between(DAY_SECONDS, 12 * DAY_SECONDS);
            self.push(later, REFUND, Some(order), total * percent / 100, "");
        }
    }

    fn price(&mut self) -> u32 {
        let (low, high) = self.random.weighted(&PRICES);
        let list = self.random.between(low, high) * self.member.temper.spend / 100;
        // Two prices in three end in .00 or .90, the rest is what a coupon left of them.
        match self.random.below(3) {
            0 => list.max(100),
            1 => list / 100 * 100 + 90,
            _ => (list / 100).max(1) * 100,
        }
    }

    fn push(
        &mut self,
        second: u32,
        event: &'static str,
        order: Option<u32>,
        amount: u32,
        campaign: &'static str,
    ) {
        // What would happen after the last day is not in the file.
        if second < DAYS * DAY_SECONDS {
            let row = Row { second, member: self.index, event, order, amount, campaign, level: LOWEST_LEVEL };
            self.rows.push(row);
        }
    }

    /// Sorts by time and writes the level of each moment, which depends on what was spent before.
    fn finish(mut self) -> Vec<Row> {
        self.rows.sort_by_key(|row| row.second);
        let mut spent = 0;
        for row in &mut self.rows {
            row.level =
                LEVELS.iter().find(|(from, _)| spent >= *from).map_or(LOWEST_LEVEL, |(_, level)| level);
            if row.event == PURCHASE {
                spent += row.amount;
            }
        }
        self.rows
    }
}
