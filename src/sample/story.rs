//! What is planted in the sample on purpose, so that everybody can check that Strata finds it. `docs/sample-data.md` says
//! where to look and which numbers to expect.

use super::season::Date;

/// Story 1: the feed advertisements bring many people, and hardly any of them come back.
pub(super) const LEAKY_CHANNEL: &str = "信息流广告";
/// How much faster than others, in percent, the people of the leaky channel leave.
pub(super) const LEAKY_LEAVE_PERCENT: u32 = 1_500;

/// Story 2: a release on Monday 2025-04-07 broke the button that puts an item into the cart; it was mended two weeks later.
pub(super) const BROKEN_FROM: Date = (2025, 4, 7);
/// The last day of the broken release.
pub(super) const BROKEN_TO: Date = (2025, 4, 20);
/// What was left of the chance to put an item into the cart, in percent.
pub(super) const BROKEN_PERCENT: u32 = 28;

/// Story 3: people won by the coupons of Double Eleven 2024 take the bargain and leave.
pub(super) const BARGAIN_CAMPAIGN: &str = "双11拉新";
/// The first day of the coupons.
pub(super) const BARGAIN_FROM: Date = (2024, 11, 1);
/// The last day of the coupons.
pub(super) const BARGAIN_TO: Date = (2024, 11, 11);
/// How many percent of those who join in these days came for the coupons.
pub(super) const BARGAIN_SHARE_PERCENT: u32 = 85;
/// How much faster than others, in percent, they leave.
pub(super) const BARGAIN_LEAVE_PERCENT: u32 = 900;

/// Story 4: out of a thousand members this many are devoted: they come often and buy dear, and carry half of the revenue.
pub(super) const DEVOTED_PER_MILLE: u32 = 36;
/// The price of what a devoted member buys against everybody else's, in percent, from and to.
pub(super) const DEVOTED_SPEND_PERCENT: (u32, u32) = (130, 430);
