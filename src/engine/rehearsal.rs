//! A browser compiles a function quickly when it is first called, and well only after it has been busy for a while. Before
//! the user's file comes, the engine therefore reads a made-up one and asks itself every question.

use std::fmt::Write as _;

use super::Engine;
use super::loader::load;
use super::request::{OpenOptions, Query};
use crate::error::Result;
use crate::ingest::mapping::Mapping;

/// Rows of the made-up file: enough work for a compiler to take notice, a few milliseconds of it.
const ROWS: u32 = 6_000;

/// The questions that are asked, as a user's clicks would.
const QUESTIONS: [&str; 17] = [
    r#"{"analysis":"overview"}"#,
    r#"{"analysis":"activeUsers"}"#,
    r#"{"analysis":"rfm"}"#,
    r#"{"analysis":"rfm","params":{"frequency":"rows"}}"#,
    r#"{"analysis":"retention"}"#,
    r#"{"analysis":"retention","params":{"period":"day","periods":30}}"#,
    r#"{"analysis":"retention","filter":{"all":[{"column":"channel","in":["a"]},{"column":"city","in":["c1"]}]}}"#,
    r#"{"analysis":"growth","params":{"period":"week"}}"#,
    r#"{"analysis":"revenueGrowth"}"#,
    r#"{"analysis":"stickiness"}"#,
    r#"{"analysis":"repurchase"}"#,
    r#"{"analysis":"funnel","params":{"steps":[{"events":["visit"]},{"events":["visit","purchase"]},{"events":["purchase"]}]}}"#,
    r#"{"analysis":"funnel","params":{"steps":[{"events":["visit"]},{"events":["purchase"]}],"trend":"month"}}"#,
    r#"{"analysis":"paths"}"#,
    r#"{"analysis":"transitions"}"#,
    r#"{"analysis":"portrait","params":{"segment":{"analysis":"rfm","cell":{"segment":"champions"}}}}"#,
    r#"{"analysis":"rfm","users":{"cell":{"segment":"champions"}}}"#,
];

/// An engine that rehearses, one step at a time, so that whoever calls can stop when a real task comes.
#[derive(Debug, Default)]
pub struct Rehearsal {
    engine: Engine,
    step: usize,
}

impl Rehearsal {
    /// Does the next step; `false` when there is none left.
    ///
    /// # Errors
    /// None that matter: the file and the questions are ours (and a test reads them).
    pub fn step(&mut self) -> Result<bool> {
        let step = self.step;
        self.step += 1;
        if step < 2 {
            let mapping = Mapping {
                user: Some("user".to_owned()),
                time: Some("time".to_owned()),
                event: Some("event".to_owned()),
                value: Some("amount".to_owned()),
                channel: Some("channel".to_owned()),
                attributes: vec!["city".to_owned()],
                ..Mapping::default()
            };
            let options = OpenOptions { mapping: Some(mapping), ..OpenOptions::default() };
            let log = load(&[("rehearsal.csv", made_up().as_bytes())], &options)?;
            self.engine.hold(log);
            return Ok(true);
        }
        // Twice each: the second round runs what the first has made busy.
        let Some(question) =
            QUESTIONS.get((step - 2) % QUESTIONS.len()).filter(|_| step - 2 < 2 * QUESTIONS.len())
        else {
            return Ok(false);
        };
        self.engine.answer(&Query::parse(question)?)?;
        Ok(true)
    }
}

/// Events of 300 users over a year, in no particular order.
fn made_up() -> String {
    let mut text = String::from("user,time,event,amount,channel,city\n");
    let mut number: u32 = 1;
    for _ in 0..ROWS {
        // A linear congruential generator; nothing depends on its quality.
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (user, month, day) = (number >> 8 & 255, (number >> 16) % 12 + 1, (number >> 20) % 28 + 1);
        let (hour, second) = ((number >> 11) % 24, (number >> 5) % 60);
        let (event, amount) = if number >> 29 == 0 { ("purchase", "12.50") } else { ("visit", "") };
        let (channel, city) =
            (["a", "b", "c"].get(number as usize >> 13 & 3).unwrap_or(&"d"), number >> 12 & 31);
        let _ = writeln!(
            text,
            "u{user:07},2025-{month:02}-{day:02} {hour:02}:15:{second:02},{event},{amount},{channel},c{city}"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_can_be_done() {
        let mut rehearsal = Rehearsal::default();
        let mut steps = 0;
        while rehearsal.step().unwrap() {
            steps += 1;
        }
        assert_eq!(steps, 2 + 2 * QUESTIONS.len());
    }
}
