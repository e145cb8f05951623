//! A chart as a whole SVG file: what is downloaded, and what tests look at.

use plotters::prelude::{IntoDrawingArea, SVGBackend};

use super::{Backend, Chart, ChartError, Style, text};

/// Plotters draws on whole pixels. Four to a CSS pixel make curves smooth; the view box brings them back to size.
const SCALE: f64 = 4.0;

/// Draws the chart as SVG, with its title and summary for screen readers.
///
/// # Errors
/// When the backend fails.
pub fn to_svg<C: Chart>(chart: &C, style: &Style) -> Result<String, ChartError> {
    let style = Style { scale: SCALE, backend: Backend::Svg, ..style.clone() };
    let mut drawn = String::new();
    {
        let area = SVGBackend::with_string(&mut drawn, style.device_size()).into_drawing_area();
        chart.draw(&area, &style)?;
        area.present()?;
    }
    // The backend's opening tag gives the size in device pixels and cannot be told anything else: ours replaces it.
    let body = drawn.split_once(">\n").map_or(drawn.as_str(), |(_, body)| body);
    let (width, height) = style.device_size();
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         lang=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"round\" style=\"font-variant-numeric:tabular-nums\">\n\
         <title>{}</title>\n<desc>{}</desc>\n{body}",
        style.width,
        style.height,
        style.language.tag(),
        escaped(chart.title()),
        escaped(&chart.summary(style.language)),
    ))
}

fn escaped(content: &str) -> String {
    text::printable(content).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
