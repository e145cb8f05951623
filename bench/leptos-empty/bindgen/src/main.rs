//! Makes the JavaScript glue of the empty page: `leptos-empty-bindgen INPUT.wasm FOLDER`. The same settings as Strata's build.

use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(input), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: leptos-empty-bindgen INPUT.wasm FOLDER".into());
    };
    Bindgen::new()
        .web(true)?
        .input_path(input)
        .out_name("empty")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)?;
    Ok(())
}
