//! Charts on canvases.

use leptos::prelude::*;
use plotters::prelude::IntoDrawingArea as _;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::Picture;
use crate::state::App;
use strata::chart::{Chart as _, Drawing, Palette, Style};

/// How charts are drawn on this screen.
pub fn style(width: u32, height: u32, app: App, palette: Palette) -> Style {
    let scale = window().device_pixel_ratio().clamp(1.0, 4.0);
    let week_start = app.week_start.get();
    Style { palette, scale, week_start, ..Style::new(width, height, app.language.get()) }
}

/// How long it takes to draw a chart of this width in the present theme, in milliseconds: the median of nine.
pub fn redraw_time(chart: &Picture, width: u32, app: App) -> f64 {
    let style = untrack(|| style(width, chart.height(width), app, crate::widgets::theme::palette()));
    let element = document().create_element("canvas").ok();
    let (Some(canvas), Some(clock)) =
        (element.and_then(|element| element.dyn_into::<HtmlCanvasElement>().ok()), window().performance())
    else {
        return f64::NAN;
    };
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = clock.now();
            let _ = draw(&canvas, chart, &style);
            clock.now() - start
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(4).copied().unwrap_or(f64::NAN)
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
