//! The browser's second program: readers that most people never need, in a worker of their own.

/// Serves; natively there is nothing to run.
fn main() {
    #[cfg(target_arch = "wasm32")]
    strata_formats::browser::serve();
}
