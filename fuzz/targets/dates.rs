#![no_main]

#[path = "../bodies/choices.rs"]
mod choices;
#[path = "../bodies/dates.rs"]
mod dates;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dates::check(bytes));
