//! One file has one writer: what one column leaves open, another may tell.

use super::ColumnGuess;
use crate::ingest::time::TimeFormat;
use crate::table::decimal::{NumberFormat, parse_with};

/// Gives columns that could be read in two ways the way that the others are clearly written in.
pub(super) fn agree(guesses: &mut [ColumnGuess], cells: &[Vec<&[u8]>]) {
    agree_on_numbers(guesses, cells);
    agree_on_dates(guesses);
}

/// `1.234` has thousands where another column has `12,50` and none has `12.50`.
fn agree_on_numbers(guesses: &mut [ColumnGuess], cells: &[Vec<&[u8]>]) {
    let (mut point, mut comma) = (false, false);
    for (_, cells) in guesses.iter().zip(cells).filter(|(guess, _)| guess.number_format.is_some()) {
        for cell in cells {
            let reads = |format| parse_with(cell, format).is_some();
            match (reads(NumberFormat::Point), reads(NumberFormat::Comma)) {
                (true, false) => point = true,
                (false, true) => comma = true,
                _ => {}
            }
        }
    }
    if point || !comma {
        return;
    }
    for (guess, cells) in guesses.iter_mut().zip(cells).filter(|(guess, _)| guess.number_format.is_some()) {
        if cells.iter().any(|cell| cell.contains(&b'.')) {
            guess.number_format = Some(NumberFormat::Comma);
        }
    }
}

/// Day and month come in one order, where the columns that tell agree.
fn agree_on_dates(guesses: &mut [ColumnGuess]) {
    let tells = |format: TimeFormat| {
        guesses.iter().any(|guess| guess.time_format == Some(format) && !guess.ambiguous_date)
    };
    let order = match (tells(TimeFormat::DayFirst), tells(TimeFormat::MonthFirst)) {
        (true, false) => TimeFormat::DayFirst,
        (false, true) => TimeFormat::MonthFirst,
        _ => return,
    };
    for guess in guesses.iter_mut().filter(|guess| guess.ambiguous_date) {
        (guess.time_format, guess.ambiguous_date) = (Some(order), false);
    }
}
