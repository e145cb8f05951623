#![no_main]

#[path = "../bodies/numbers.rs"]
mod numbers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| numbers::check(bytes));
