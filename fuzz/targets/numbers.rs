#![no_main]

#[path = "../bodies/choices.rs"]
mod choices;
#[path = "../bodies/numbers.rs"]
mod numbers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| numbers::check(bytes));
