//! Charts on canvases.

use plotters::prelude::IntoDrawingArea as _;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::Picture;
use strata::chart::{Chart as _, Drawing, Palette, Style};
use strata::locale::Language;

/// How charts are drawn on this screen.
pub fn style(width: u32, height: u32, language: Language, palette: Palette) -> Style {
    let scale = leptos::prelude::window().device_pixel_ratio().clamp(1.0, 4.0);
    Style { palette, scale, ..Style::new(width, height, language) }
}

/// Sizes the canvas and draws; nothing where the browser has no canvas.
pub fn draw(canvas: &HtmlCanvasElement, chart: &Picture, style: &Style) -> Option<Drawing> {
    let (width, height) = style.device_size();
    canvas.set_width(width);
    canvas.set_height(height);
    let element: &web_sys::HtmlElement = canvas.as_ref();
    let _ = element.style().set_property("width", &format!("{}px", style.width));
    let _ = element.style().set_property("height", &format!("{}px", style.height));
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    // Setting the size has reset the context.
    context.set_line_join("round");
    context.set_line_cap("round");
    let area = CanvasBackend::with_canvas_object(canvas.clone())?.into_drawing_area();
    let drawing = chart.draw(&area, style).ok()?;
    area.present().ok()?;
    Some(drawing)
}
