//! What a chart is drawn like: its size, the device's pixels, font, colours and language.

use super::Palette;
use crate::dataset::calendar::WeekStart;
use crate::locale::Language;

/// The font of charts: the system's own, with a Chinese one on every system.
pub const FONT: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";

/// What the chart is drawn on; the two place and size text differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// A canvas on the page, or a bitmap.
    #[default]
    Canvas,
    /// The SVG backend, which writes the font size divided by 1.24.
    Svg,
}

/// How a chart is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Device pixels in a CSS pixel: the backend is `width * scale` by `height * scale` pixels large.
    pub scale: f64,
    /// Font families as CSS lists them.
    pub font: String,
    /// The colours.
    pub palette: Palette,
    /// The language of labels and numbers.
    pub language: Language,
    /// The day a week starts on: where the ticks of weeks stand.
    pub week_start: WeekStart,
    /// What it is drawn on.
    pub backend: Backend,
    /// Draw the title and subtitle inside, as a downloaded chart needs; on the page they are HTML.
    pub with_title: bool,
}

impl Style {
    /// A light chart of this size without a title, one device pixel in a CSS pixel.
    #[must_use]
    pub fn new(width: u32, height: u32, language: Language) -> Self {
        Self {
            width,
            height,
            scale: 1.0,
            font: FONT.to_owned(),
            palette: Palette::light(),
            language,
            week_start: WeekStart::Monday,
            backend: Backend::Canvas,
            with_title: false,
        }
    }

    /// The size of the backend in device pixels.
    #[must_use]
    pub fn device_size(&self) -> (u32, u32) {
        let device = |length: u32| (f64::from(length) * self.scale).round().clamp(1.0, 65_535.0) as u32;
        (device(self.width), device(self.height))
    }

    /// The height at which a chart with a title has as much room as it has at `height` without.
    #[must_use]
    pub fn height_with_title(height: u32) -> u32 {
        height + super::pen::HEADING_HEIGHT as u32 + super::pen::BORDER as u32
    }
}
