//! Guesses what a column is for, from its name (English and Chinese) and its first cells.

use serde::{Deserialize, Serialize};

use super::mapping::{ColumnType, Mapping, Role};
use super::time::{self, TimeFormat};
use crate::table::decimal;

/// Names of columns, most telling first, without spaces, dashes, underscores and capitals.
const NAMES: [(Role, &[&str]); 6] = [
    (
        Role::User,
        &[
            "userid",
            "customerid",
            "memberid",
            "uid",
            "buyerid",
            "clientid",
            "accountid",
            "distinctid",
            "openid",
            "unionid",
            "用户id",
            "会员id",
            "客户id",
            "买家id",
            "用户编号",
            "会员编号",
            "客户编号",
            "会员号",
            "会员卡号",
            "客户号",
            "用户标识",
            "user",
            "customer",
            "member",
            "buyer",
            "membernumber",
            "customernumber",
            "userpseudoid",
            "visitorid",
            "deviceid",
            "用户",
            "会员",
            "客户",
            "买家",
            "买家昵称",
            "手机号",
            "手机号码",
            "手机",
            "联系电话",
            "电话",
            "phone",
            "mobile",
            "phonenumber",
            "email",
            "邮箱",
            "id",
        ],
    ),
    (
        Role::Time,
        &[
            "eventtime",
            "ordertime",
            "orderdate",
            "paytime",
            "paymenttime",
            "purchasedate",
            "timestamp",
            "datetime",
            "time",
            "ts",
            "date",
            "day",
            "createdat",
            "createtime",
            "occurredat",
            "invoicedate",
            "transactiondate",
            "eventtimestamp",
            "下单时间",
            "支付时间",
            "付款时间",
            "成交时间",
            "订单时间",
            "交易时间",
            "购买时间",
            "消费时间",
            "事件时间",
            "发生时间",
            "订单创建时间",
            "订单付款时间",
            "创建时间",
            "下单日期",
            "支付日期",
            "订单日期",
            "交易日期",
            "购买日期",
            "消费日期",
            "时间",
            "日期",
        ],
    ),
    (
        Role::Event,
        &[
            "event",
            "eventname",
            "eventtype",
            "action",
            "behavior",
            "behaviour",
            "behaviortype",
            "activity",
            "事件",
            "事件名",
            "事件名称",
            "事件类型",
            "行为",
            "行为类型",
            "用户行为",
            "动作",
        ],
    ),
    (
        Role::Value,
        &[
            "amount",
            "revenue",
            "revenuecents",
            "gmv",
            "totalamount",
            "orderamount",
            "paidamount",
            "payamount",
            "payment",
            "sales",
            "total",
            "totalprice",
            "value",
            "spend",
            "money",
            "price",
            "实付金额",
            "实付款",
            "实付",
            "支付金额",
            "付款金额",
            "成交金额",
            "订单金额",
            "实收金额",
            "消费金额",
            "交易金额",
            "销售额",
            "买家实际支付金额",
            "金额",
            "总金额",
            "总价",
            "应付金额",
        ],
    ),
    (
        Role::Order,
        &[
            "orderid",
            "orderno",
            "ordernumber",
            "ordersn",
            "invoice",
            "invoiceno",
            "invoiceid",
            "transactionid",
            "tradeno",
            "订单号",
            "订单编号",
            "订单id",
            "交易号",
            "交易单号",
            "流水号",
            "单号",
        ],
    ),
    (
        Role::Channel,
        &[
            "channel",
            "acquisitionchannel",
            "marketingchannel",
            "channelname",
            "utmsource",
            "trafficsource",
            "source",
            "medium",
            "渠道",
            "渠道名称",
            "获客渠道",
            "来源渠道",
            "推广渠道",
            "渠道来源",
            "流量来源",
            "来源",
        ],
    ),
];

/// Events that are purchases.
const PURCHASES: [&str; 18] = [
    "purchase",
    "purchased",
    "order",
    "orderplaced",
    "ordercompleted",
    "pay",
    "paid",
    "payment",
    "paymentsuccess",
    "paysuccess",
    "buy",
    "transaction",
    "购买",
    "支付",
    "付款",
    "支付成功",
    "支付订单",
    "成交",
];

/// Events that are refunds.
const REFUNDS: [&str; 9] =
    ["refund", "refunded", "orderrefunded", "return", "returned", "退款", "退货", "退款成功", "退单"];

/// What a guess rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// The column's name.
    Name,
    /// Its cells.
    Content,
    /// Nothing spoke for another role.
    Rest,
}

/// A column as it looks in the first rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnGuess {
    /// Its name.
    pub name: String,
    /// The type that nearly all its first cells have.
    pub column_type: ColumnType,
    /// What it is probably for.
    pub role: Role,
    /// What speaks for that.
    pub basis: Basis,
    /// How its times are written, if they are times.
    pub time_format: Option<TimeFormat>,
    /// Whether day first and month first both fit all cells.
    pub ambiguous_date: bool,
}

/// The name without spaces, dashes, underscores, dots and capitals.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|sign| !matches!(sign, ' ' | '_' | '-' | '.' | '(' | ')' | '\u{ff08}' | '\u{ff09}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether an event with this name is a purchase.
#[must_use]
pub fn is_purchase(event: &str) -> bool {
    PURCHASES.contains(&plain(event).as_str())
}

/// Whether an event with this name is a refund.
#[must_use]
pub fn is_refund(event: &str) -> bool {
    REFUNDS.contains(&plain(event).as_str())
}

/// How well a name fits a role: smaller is better.
fn name_rank(name: &str, role: Role) -> Option<usize> {
    let plain = plain(name);
    NAMES.iter().find(|(of, _)| *of == role)?.1.iter().position(|known| *known == plain)
}

/// The type of a column from some of its cells, and how its times are written.
fn guess_type(name: &str, cells: &[&[u8]]) -> (ColumnType, Option<TimeFormat>, bool) {
    let mut filled = cells.iter().map(|cell| cell.trim_ascii()).filter(|cell| !cell.is_empty()).peekable();
    if filled.peek().is_none() {
        return (ColumnType::Text, None, false);
    }
    let filled: Vec<&[u8]> = filled.collect();
    // A few bad cells do not change what a column is, and where its name tells, many do not; they are found, counted and
    // shown when the file is read.
    let (named_time, named_value) =
        (name_rank(name, Role::Time).is_some(), name_rank(name, Role::Value).is_some());
    let mostly = |fits: &dyn Fn(&[u8]) -> bool, named: bool| {
        let misfits = filled.iter().filter(|cell| !fits(cell)).count();
        misfits * 10 <= filled.len()
            || (misfits == 1 && filled.len() > 2)
            || (named && misfits * 2 < filled.len())
    };
    let fits = |format: TimeFormat| mostly(&|cell| time::parse(cell, format).is_some(), named_time);
    // A column of bare numbers is a time only when its name says so, or every number is a date such as 20240305.
    let epoch = |format: TimeFormat, digits: usize| {
        named_time && mostly(&|cell| cell.len() == digits && time::parse(cell, format).is_some(), true)
    };
    if fits(TimeFormat::YearFirst) {
        return (ColumnType::Time, Some(TimeFormat::YearFirst), false);
    }
    let (day_first, month_first) = (fits(TimeFormat::DayFirst), fits(TimeFormat::MonthFirst));
    if day_first || month_first {
        let every = |format: TimeFormat| filled.iter().all(|cell| time::parse(cell, format).is_some());
        let (all_day_first, all_month_first) = (every(TimeFormat::DayFirst), every(TimeFormat::MonthFirst));
        let format = if month_first && (!day_first || (all_month_first && !all_day_first)) {
            TimeFormat::MonthFirst
        } else {
            TimeFormat::DayFirst
        };
        return (
            ColumnType::Time,
            Some(format),
            day_first && month_first && all_day_first == all_month_first,
        );
    }
    if epoch(TimeFormat::EpochSeconds, 10) {
        return (ColumnType::Time, Some(TimeFormat::EpochSeconds), false);
    }
    if epoch(TimeFormat::EpochMilliseconds, 13) {
        return (ColumnType::Time, Some(TimeFormat::EpochMilliseconds), false);
    }
    // Numbers that would lose something as numbers (leading zeros, sixteen digits and more) are ids.
    let is_id = |cell: &&[u8]| {
        cell.len() > 15 || (cell.len() > 1 && cell.starts_with(b"0") && !cell.starts_with(b"0."))
    };
    if mostly(&|cell| decimal::parse(cell).is_some(), named_value) && !filled.iter().any(is_id) {
        return (ColumnType::Number, None, false);
    }
    (ColumnType::Text, None, false)
}

/// Guesses all columns of a file. `cells[column]` are that column's cells in the first rows.
#[must_use]
pub fn guess(names: &[String], cells: &[Vec<&[u8]>]) -> Vec<ColumnGuess> {
    let mut guesses: Vec<ColumnGuess> = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let (column_type, time_format, ambiguous_date) =
                guess_type(name, cells.get(index).map_or(&[], Vec::as_slice));
            ColumnGuess {
                name: name.clone(),
                column_type,
                role: Role::Attribute,
                basis: Basis::Rest,
                time_format,
                ambiguous_date,
            }
        })
        .collect();
    for (role, _) in NAMES {
        let free = |guess: &ColumnGuess| guess.role == Role::Attribute && fits_role(guess, role);
        let best = guesses.iter().enumerate().filter(|(_, guess)| free(guess));
        let best = best.filter_map(|(index, guess)| Some((name_rank(&guess.name, role)?, index))).min();
        let by_content = || {
            // Only a time can be told by its cells alone.
            let index = guesses.iter().position(|guess| role == Role::Time && free(guess))?;
            Some((index, Basis::Content))
        };
        if let Some((index, basis)) = best.map(|(_, index)| (index, Basis::Name)).or_else(by_content)
            && let Some(guess) = guesses.get_mut(index)
        {
            (guess.role, guess.basis) = (role, basis);
            if let Some(column_type) = role.column_type() {
                guess.column_type = column_type;
            }
        }
    }
    guesses
}

fn fits_role(guess: &ColumnGuess, role: Role) -> bool {
    match role.column_type() {
        Some(ColumnType::Time) => guess.column_type == ColumnType::Time,
        Some(ColumnType::Number) => guess.column_type == ColumnType::Number,
        _ => guess.column_type != ColumnType::Time,
    }
}

/// The mapping that the guesses amount to.
#[must_use]
pub fn mapping_from_guesses(guesses: &[ColumnGuess]) -> Mapping {
    let mut mapping = Mapping::default();
    for guess in guesses {
        mapping.set_role(&guess.name, guess.role);
        if guess.role == Role::Time {
            mapping.time_format = guess.time_format;
        }
        // Other dates stay text: only the form with the year first is read for attributes.
        if guess.role == Role::Attribute
            && guess.time_format.is_none_or(|format| format == TimeFormat::YearFirst)
        {
            mapping.set_type(&guess.name, guess.column_type);
        }
    }
    mapping
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(columns: &[(&str, &[&str])]) -> Vec<(Role, ColumnType)> {
        let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let cells: Vec<Vec<&[u8]>> =
            columns.iter().map(|(_, cells)| cells.iter().map(|cell| cell.as_bytes()).collect()).collect();
        guess(&names, &cells).into_iter().map(|guess| (guess.role, guess.column_type)).collect()
    }

    #[test]
    fn english_orders() {
        use {ColumnType as T, Role as R};
        let found = roles(&[
            ("order_id", &["489434", "489435"]),
            ("customer_id", &["13085", "13078"]),
            ("ts", &["2009-12-01 07:45:00", "2009-12-01 07:46:00"]),
            ("items", &["166", "60"]),
            ("revenue_cents", &["50530", "14580"]),
        ]);
        assert_eq!(
            found,
            [
                (R::Order, T::Text),
                (R::User, T::Text),
                (R::Time, T::Time),
                (R::Attribute, T::Number),
                (R::Value, T::Number)
            ]
        );
    }

    #[test]
    fn chinese_orders() {
        use {ColumnType as T, Role as R};
        let found = roles(&[
            ("订单编号", &["20240101000001"]),
            ("手机号", &["13800138000"]),
            ("下单时间", &["2024/1/1 8:00"]),
            ("实付金额", &["¥1,299.00", ""]),
            ("渠道", &["抖音"]),
            ("会员等级", &["金卡"]),
        ]);
        let expected = [
            (R::Order, T::Text),
            (R::User, T::Text),
            (R::Time, T::Time),
            (R::Value, T::Number),
            (R::Channel, T::Text),
            (R::Attribute, T::Text),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_better_name_wins_and_ids_stay_text() {
        let found =
            roles(&[("id", &["1"]), ("User ID", &["0012"]), ("zip", &["01234"]), ("Date", &["05/13/2024"])]);
        assert_eq!(
            found.iter().map(|(role, _)| *role).collect::<Vec<_>>(),
            [Role::Attribute, Role::User, Role::Attribute, Role::Time]
        );
        assert_eq!(found[2].1, ColumnType::Text);
    }

    #[test]
    fn a_bad_cell_does_not_hide_what_a_column_is() {
        let found = roles(&[
            ("user_id", &["1", "2", "3", "4"]),
            ("date", &["2024-01-01", "soon", "2024-01-03", ""]),
            ("amount", &["10", "ten", "12.5", "7"]),
        ]);
        assert_eq!(
            found.iter().map(|(role, _)| *role).collect::<Vec<_>>(),
            [Role::User, Role::Time, Role::Value]
        );
        // Half of it is not a few.
        assert_eq!(roles(&[("amount", &["10", "ten"])])[0].0, Role::Attribute);
    }

    #[test]
    fn one_day_above_twelve_decides_the_order() {
        let order = |cells: &[&str]| {
            let cells: Vec<&[u8]> = cells.iter().map(|cell| cell.as_bytes()).collect();
            let (_, format, ambiguous) = guess_type("date", &cells);
            (format.unwrap(), ambiguous)
        };
        assert_eq!(order(&["03/04/2024", "05/06/2024", "13/02/2024"]), (TimeFormat::DayFirst, false));
        assert_eq!(order(&["03/04/2024", "05/06/2024", "02/13/2024"]), (TimeFormat::MonthFirst, false));
        assert_eq!(order(&["03/04/2024", "05/06/2024"]), (TimeFormat::DayFirst, true));
    }

    #[test]
    fn events_by_name() {
        assert!(is_purchase("Order Completed") && is_purchase("支付成功") && !is_purchase("view"));
        assert!(is_refund("refund") && is_refund("退款") && !is_refund("purchase"));
    }
}
