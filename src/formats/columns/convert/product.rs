//! What an order line is worth: quantity times price, as in delimited text.

use strata_core::ingest::ledger::Reason;
use strata_core::ingest::mapping::PlannedColumn;
use strata_core::ingest::orders::line_value;
use strata_core::table::decimal::{Decimals, Parsed};

use super::Account;
use super::numbers::{Numbers, Units};

impl Numbers {
    /// Multiplies two columns of the batch at hand; nothing where one of them is empty.
    pub(super) fn multiply(
        &mut self,
        [quantity, price]: [Units; 2],
        plan: &PlannedColumn,
        account: &mut Account,
    ) {
        self.clear();
        let factors = |units: &Units, row: usize| {
            let mantissa = units.values.get(row).copied().filter(|value| *value != Decimals::MISSING)?;
            Some(Parsed { mantissa, scale: units.scale, rounded: false })
        };
        for row in 0..account.rows {
            let pair = factors(&quantity, row).zip(factors(&price, row)).filter(|_| !account.is_bad(row));
            let Some((quantity, price)) = pair else {
                self.push_missing();
                continue;
            };
            match line_value(quantity, price).filter(|value| self.push(*value)) {
                Some(value) if value.rounded => {
                    account.ledger.note_rounded(&plan.name, account.number(row), b"")
                }
                Some(_) => {}
                None => {
                    self.push_missing();
                    account.fail_with(row, plan, Reason::BadNumber, b"");
                }
            }
        }
    }
}
