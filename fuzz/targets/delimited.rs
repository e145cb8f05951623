#![no_main]

#[path = "../bodies/choices.rs"]
mod choices;
#[path = "../bodies/delimited.rs"]
mod delimited;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| delimited::check(bytes));
