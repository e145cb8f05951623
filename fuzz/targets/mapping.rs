#![no_main]

#[path = "../bodies/choices.rs"]
mod choices;
#[path = "../bodies/mapping.rs"]
mod mapping;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mapping::check(bytes));
