//! Orders and order lines: what a line is worth, and which rows give money back.

use serde::{Deserialize, Serialize};

use super::assemble::{Column, Table};
use super::mapping::Role;
use crate::error::{Error, ErrorKind, Result};
use crate::table::ColumnData;
use crate::table::decimal::{Decimals, LARGEST, MAX_SCALE, Parsed};
use crate::table::dictionary::{Codes, Dictionary};

/// The event that an order gets where orders stand beside events.
pub const ORDER_EVENT: &str = "order";

/// The event that a refund gets where orders stand beside events.
pub const REFUND_EVENT: &str = "refund";

/// How refunds and returns are told from orders in a file without an event column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Refunds {
    /// A row with a negative value is a refund.
    #[default]
    NegativeValue,
    /// A row with one of these texts in a column is a refund, whatever its value; all others are purchases.
    StatusColumn {
        /// The column's name.
        column: String,
        /// The texts, letter by letter.
        values: Vec<String>,
    },
    /// An order whose id begins so is a refund, whatever its value; all others are purchases.
    OrderPrefix {
        /// The beginning, letter by letter.
        prefix: String,
    },
    /// No row is a refund; negative values lower what was bought.
    None,
}

impl Refunds {
    /// The column that is read for the rule alone.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::StatusColumn { column, .. } => Some(column),
            _ => None,
        }
    }

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Refuses a rule that cannot tell anything.
    pub(super) fn check(&self, has_order: bool) -> Result<()> {
        match self {
            Self::StatusColumn { values, .. } if values.is_empty() => {
                Err(Error::bad_value("mapping.refunds.statusColumn.values", "[]", "[\"...\"]"))
            }
            Self::OrderPrefix { prefix } if prefix.is_empty() => {
                Err(Error::bad_value("mapping.refunds.orderPrefix.prefix", "", "\"C\""))
            }
            Self::OrderPrefix { .. } if !has_order => {
                Err(Error::new(ErrorKind::MissingRole).at_path("mapping.order").expected(Role::Order.name()))
            }
            _ => Ok(()),
        }
    }

    /// The text column whose codes tell refunds apart, by its place; nothing for rules that look at the value.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`] when it is not there, or not text.
    pub fn told_by(&self, columns: &[Column]) -> Result<Option<usize>> {
        let is_text = |column: &Column| matches!(column.data, ColumnData::Text(_));
        let place = match self {
            Self::NegativeValue | Self::None => return Ok(None),
            Self::StatusColumn { column: name, .. } => {
                columns.iter().position(|column| column.name == *name && is_text(column))
            }
            Self::OrderPrefix { .. } => columns.iter().position(|column| column.role == Role::Order),
        };
        place.map(Some).ok_or_else(|| {
            let names: Vec<&str> =
                columns.iter().filter(|column| is_text(column)).map(|column| column.name.as_str()).collect();
            Error::new(ErrorKind::UnknownColumn)
                .at_path("mapping.refunds")
                .found(self.column().unwrap_or(Role::Order.name()))
                .expected(names.join(", "))
        })
    }

    /// For each text of the column that [`Self::told_by`] names, whether its rows are refunds. A text that no row has is no
    /// error: there are months without a refund.
    #[must_use]
    pub fn refund_codes(&self, dictionary: &Dictionary) -> Vec<bool> {
        let is_refund = |text: &str| match self {
            Self::StatusColumn { values, .. } => values.iter().any(|value| value == text),
            Self::OrderPrefix { prefix } => text.starts_with(prefix.as_str()),
            Self::NegativeValue | Self::None => false,
        };
        dictionary.iter().map(is_refund).collect()
    }
}

/// What an order line is worth: quantity times price, exactly. Zeros that the quantity brings in at the end are left out, so
/// that 2.000 pieces at 9.90 are 19.80. More than [`MAX_SCALE`] places are rounded half
/// to even, and the result says so. `None` beyond [`LARGEST`].
#[must_use]
pub fn line_value(quantity: Parsed, price: Parsed) -> Option<Parsed> {
    let mut units = i128::from(quantity.mantissa) * i128::from(price.mantissa);
    let mut scale = quantity.scale.checked_add(price.scale)?;
    while scale > price.scale && units % 10 == 0 {
        units /= 10;
        scale -= 1;
    }
    let mut rounded = quantity.rounded || price.rounded;
    if let Some(beyond) = scale.checked_sub(MAX_SCALE).filter(|beyond| *beyond > 0) {
        // Half to even, as everywhere.
        let unit = 10i128.checked_pow(u32::from(beyond))?;
        let (kept, rest) = (units.div_euclid(unit), units.rem_euclid(unit));
        let up = rest * 2 > unit || (rest * 2 == unit && kept % 2 != 0);
        (units, scale, rounded) = (kept + i128::from(up), MAX_SCALE, rounded || rest != 0);
    }
    let most = i128::from(LARGEST) * 10i128.checked_pow(u32::from(scale))?;
    let mantissa = i64::try_from(units).ok().filter(|_| units.abs() <= most)?;
    Some(Parsed { mantissa, scale, rounded })
}

/// Gives a table of orders an event column, [`ORDER_EVENT`] or [`REFUND_EVENT`] in each row, so that it can be appended to a
/// table of events. A table that has one keeps it. Alone, orders need none: the log applies the rule itself.
///
/// # Errors
/// As [`Refunds::told_by`].
pub fn add_events(table: &mut Table, refunds: &Refunds) -> Result<()> {
    if table.columns.iter().any(|column| column.role == Role::Event) {
        return Ok(());
    }
    let rows = table.columns.first().map_or(0, |column| column.data.len());
    let mut events = Codes::default();
    let names = [ORDER_EVENT, REFUND_EVENT].map(|name| events.dictionary.code(name.as_bytes()).unwrap_or(0));
    let event = |is_refund: bool| if is_refund { names[1] } else { names[0] };
    let told_by = refunds.told_by(&table.columns)?.and_then(|place| table.columns.get(place));
    if let Some(Column { data: ColumnData::Text(codes), .. }) = told_by {
        let refund = refunds.refund_codes(&codes.dictionary);
        for row in 0..rows {
            events.push_code(event(refund.get(codes.code(row) as usize).copied().unwrap_or(false)));
        }
    } else {
        let values = table.columns.iter().find_map(|column| match &column.data {
            ColumnData::Number(values) if column.role == Role::Value => Some(values),
            _ => None,
        });
        for row in 0..rows {
            let value = values.map_or(0, |values| values.values.get(row));
            let negative = value < 0 && value != Decimals::MISSING;
            events.push_code(event(negative && *refunds == Refunds::NegativeValue));
        }
    }
    let name = Role::Event.name().to_owned();
    table.columns.push(Column { name, role: Role::Event, data: ColumnData::Text(events) });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::decimal::parse;
    use proptest::prelude::*;

    fn value(quantity: &str, price: &str) -> Option<(i64, u8)> {
        let read = |text: &str| parse(text.as_bytes()).unwrap();
        line_value(read(quantity), read(price)).map(|parsed| (parsed.mantissa, parsed.scale))
    }

    #[test]
    fn lines_by_hand() {
        assert_eq!(value("3", "9.90"), Some((2_970, 2)));
        assert_eq!(value("2.000", "9.90"), Some((1_980, 2)));
        assert_eq!(value("0.125", "9.90"), Some((12_375, 4)));
        assert_eq!(value("-6", "2.55"), Some((-1_530, 2)));
        assert_eq!(value("0", "2.55"), Some((0, 2)));
        assert_eq!(value("0.00001", "10"), Some((1, 4)));
        assert_eq!(value("0.000001", "0.5"), Some((0, 6)), "half to even");
        assert_eq!(value("0.000003", "0.5"), Some((2, 6)), "half to even");
        assert_eq!(value("9000000000", "9000000000"), None, "more than a column holds");
    }

    fn column(name: &str, role: Role, texts: &[&str]) -> Column {
        let mut codes = Codes::default();
        texts.iter().for_each(|text| assert!(codes.push(text.as_bytes())));
        Column { name: name.into(), role, data: ColumnData::Text(codes) }
    }

    fn orders() -> Table {
        let values = Decimals { values: [500, -500, Decimals::MISSING, 700].into_iter().collect(), scale: 2 };
        Table {
            columns: vec![
                column("invoice", Role::Order, &["536365", "C536379", "C1", "536366"]),
                column("status", Role::Attribute, &["paid", "returned", "paid", "chargeback"]),
                Column { name: "amount".into(), role: Role::Value, data: ColumnData::Number(values) },
            ],
            ledgers: Vec::new(),
            spans: Vec::new(),
        }
    }

    fn events(refunds: &Refunds) -> Vec<String> {
        let mut table = orders();
        add_events(&mut table, refunds).unwrap();
        let column = table.columns.pop().unwrap();
        assert_eq!(column.role, Role::Event);
        let ColumnData::Text(codes) = column.data else { panic!("events are text") };
        (0..codes.len()).map(|row| codes.get(row).to_owned()).collect()
    }

    #[test]
    fn each_rule_finds_its_refunds() {
        let status = Refunds::StatusColumn {
            column: "status".into(),
            values: ["returned", "chargeback", "never seen"].map(str::to_owned).to_vec(),
        };
        let prefix = Refunds::OrderPrefix { prefix: "C".into() };
        assert_eq!(events(&Refunds::NegativeValue), ["order", "refund", "order", "order"]);
        assert_eq!(events(&status), ["order", "refund", "order", "refund"]);
        assert_eq!(events(&prefix), ["order", "refund", "refund", "order"]);
        assert_eq!(events(&Refunds::None), ["order"; 4]);
        let absent = Refunds::StatusColumn { column: "state".into(), values: vec!["x".into()] };
        let error = add_events(&mut orders(), &absent).unwrap_err();
        assert_eq!(
            (error.kind, error.expected.as_deref()),
            (ErrorKind::UnknownColumn, Some("invoice, status"))
        );
    }

    proptest! {
        #[test]
        fn line_values_are_exact(quantity in -1_000_000i64..1_000_000, pieces in 0u8..=4, price in -1_000_000i64..1_000_000, places in 0u8..=5) {
            let parsed = line_value(Parsed { mantissa: quantity, scale: pieces, rounded: false }, Parsed { mantissa: price, scale: places, rounded: false });
            let found = parsed.unwrap();
            let exact = i128::from(quantity) * i128::from(price);
            let unit = 10i128.pow(u32::from(pieces + places - found.scale));
            let off = (i128::from(found.mantissa) * unit - exact).abs();
            prop_assert!(off * 2 <= unit && (off != 0) == found.rounded, "{found:?}");
            prop_assert!(found.scale >= places && (!found.rounded || found.scale == MAX_SCALE));
        }
    }
}
