//! Colours: eight-bit RGB, the palette a chart is drawn with, and ink that can be read on a fill.

use plotters::style::RGBColor;

/// A colour in sRGB, eight bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// The colour written in CSS as `#rrggbb`, `#rgb`, `rgb(r, g, b)` or `rgb(r g b)`; `None` for any other notation.
    #[must_use]
    pub fn from_css(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('#') {
            let digits: Vec<u8> = digits
                .chars()
                .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
                .collect::<Option<_>>()?;
            return match *digits.as_slice() {
                [r, g, b] => Some(Self(r * 17, g * 17, b * 17)),
                [r1, r2, g1, g2, b1, b2] => Some(Self(r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2)),
                _ => None,
            };
        }
        let inside = text.strip_prefix("rgb(")?.strip_suffix(')')?;
        let mut channels =
            inside.split([',', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse::<u8>().ok());
        let colour = Self(channels.next()??, channels.next()??, channels.next()??);
        channels.next().is_none().then_some(colour)
    }

    /// As CSS and HTML write it: `#rrggbb`.
    #[must_use]
    pub fn to_css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// The colour at `share` (0 to 1) of the way from `self` to `other`.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        // Between two channel values, so it fits a byte.
        let channel =
            |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8;
        Self(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }

    /// The contrast ratio of WCAG 2: 1 for equal colours, 21 for black on white.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance of WCAG 2.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

impl From<Rgb> for RGBColor {
    fn from(colour: Rgb) -> Self {
        Self(colour.0, colour.1, colour.2)
    }
}

/// The colours of a chart. The page fills it from its style sheet, so charts follow the theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// What the chart stands on.
    pub background: Rgb,
    /// Text that matters.
    pub ink: Rgb,
    /// Axis labels, notes, quiet lines.
    pub muted: Rgb,
    /// Grid lines.
    pub hairline: Rgb,
    /// Bars without a group of their own.
    pub accent: Rgb,
    /// The hatching of what is not complete yet.
    pub open: Rgb,
    /// Lines, in order; must be told apart on the background.
    pub series: Vec<Rgb>,
    /// From low to high for heat maps: the first is close to the background.
    pub sequential: Vec<Rgb>,
    /// Areas, in order: tiles and bars of named groups. Calm enough to write on.
    pub categorical: Vec<Rgb>,
}

impl Palette {
    /// For a light page.
    #[must_use]
    pub fn light() -> Self {
        Self {
            background: Rgb(0xff, 0xff, 0xff),
            ink: Rgb(0x18, 0x1b, 0x20),
            muted: Rgb(0x67, 0x6e, 0x7b),
            hairline: Rgb(0xe6, 0xe8, 0xec),
            accent: Rgb(0x3a, 0x6b, 0xd6),
            open: Rgb(0x5c, 0x64, 0x72),
            series: colours(&[
                0x3a6bd6, 0xd98a0b, 0x1b9984, 0xcf4a43, 0x8356d4, 0x5b9a2f, 0xcc4f98, 0x8f6a4c,
            ]),
            sequential: colours(&[
                0xf1f5fd, 0xdfe9fc, 0xc8d9f9, 0xabc5f5, 0x87aaee, 0x608ae0, 0x3b69c6, 0x254a94,
            ]),
            categorical: colours(&[
                0xa9c5f6, 0x9ed9c9, 0xc3e0a1, 0xf5dc91, 0xf7c18d, 0xf2aaa2, 0xe9b3d1, 0xc8b7f1, 0xb2dcee,
                0xddd3c1, 0xc8ced7, 0xd6dfae,
            ]),
        }
    }

    /// For a dark page.
    #[must_use]
    pub fn dark() -> Self {
        Self {
            background: Rgb(0x12, 0x14, 0x18),
            ink: Rgb(0xec, 0xee, 0xf2),
            muted: Rgb(0x98, 0xa0, 0xad),
            hairline: Rgb(0x2a, 0x2e, 0x36),
            accent: Rgb(0x6d, 0x9b, 0xff),
            open: Rgb(0xb4, 0xbb, 0xc8),
            series: colours(&[
                0x6d9bff, 0xf0b145, 0x4ac8ae, 0xff7d74, 0xae8eff, 0x94cd5e, 0xf08cc2, 0xc99c7c,
            ]),
            sequential: colours(&[
                0x1a212d, 0x1d2f4c, 0x224272, 0x2c599c, 0x3f76c6, 0x6a9aea, 0xa0c1fa, 0xdae7ff,
            ]),
            categorical: colours(&[
                0x2b4f93, 0x1f6a5c, 0x476923, 0x776019, 0x84511f, 0x883e38, 0x773861, 0x553e8e, 0x25607a,
                0x5b5344, 0x474d57, 0x58682d,
            ]),
        }
    }

    /// The colour of a line by its number.
    #[must_use]
    pub fn series_color(&self, index: usize) -> Rgb {
        cycled(&self.series, index).unwrap_or(self.accent)
    }

    /// The colour of a group by its number.
    #[must_use]
    pub fn group_color(&self, index: usize) -> Rgb {
        cycled(&self.categorical, index).unwrap_or(self.accent)
    }

    /// The colour at `share` (0 to 1) of the low-to-high ramp.
    #[must_use]
    pub fn ramp(&self, share: f64) -> Rgb {
        let Some(last) = self.sequential.len().checked_sub(1) else { return self.background };
        let at = if share.is_finite() { share.clamp(0.0, 1.0) * last as f64 } else { 0.0 };
        let low = self.sequential.get(at as usize).copied().unwrap_or(self.background);
        let high = self.sequential.get(at as usize + 1).copied().unwrap_or(low);
        low.mix(high, at.fract())
    }

    /// The ink that is read best on this fill.
    #[must_use]
    pub fn ink_on(&self, fill: Rgb) -> Rgb {
        if self.ink.contrast(fill) >= self.background.contrast(fill) { self.ink } else { self.background }
    }

    /// This colour, moved towards the ink until text in it can be read on the background.
    #[must_use]
    pub fn readable(&self, colour: Rgb) -> Rgb {
        (0..=10)
            .map(|tenth| colour.mix(self.ink, f64::from(tenth) / 10.0))
            .find(|text| text.contrast(self.background) >= 4.5)
            .unwrap_or(self.ink)
    }
}

fn cycled(colours: &[Rgb], index: usize) -> Option<Rgb> {
    colours.get(index.checked_rem(colours.len())?).copied()
}

fn colours(list: &[u32]) -> Vec<Rgb> {
    list.iter().map(|&value| Rgb((value >> 16) as u8, (value >> 8) as u8, value as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn css_notations() {
        assert_eq!(Rgb::from_css(" #1a2B3c "), Some(Rgb(0x1a, 0x2b, 0x3c)));
        assert_eq!(Rgb::from_css("#fa0"), Some(Rgb(0xff, 0xaa, 0)));
        assert_eq!(Rgb::from_css("rgb(1, 20,255)"), Some(Rgb(1, 20, 255)));
        assert_eq!(Rgb::from_css("rgb(1 20 255)"), Some(Rgb(1, 20, 255)));
        for wrong in ["", "#12", "#12345g", "#é12", "rgb(1,2)", "rgb(1,2,3,4)", "rgb(1,2,256)", "red"] {
            assert_eq!(Rgb::from_css(wrong), None, "{wrong}");
        }
        assert_eq!(Rgb::from_css(&Rgb(3, 4, 250).to_css()), Some(Rgb(3, 4, 250)));
    }

    #[test]
    fn contrast_as_wcag_has_it() {
        assert!((Rgb(0, 0, 0).contrast(Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
        assert!((Rgb(0x77, 0x77, 0x77).contrast(Rgb(255, 255, 255)) - 4.48).abs() < 0.01);
    }

    #[test]
    fn texts_can_be_read_in_both_themes() {
        for palette in [Palette::light(), Palette::dark()] {
            assert!(palette.muted.contrast(palette.background) >= 4.5);
            for step in 0..=100 {
                let fill = palette.ramp(f64::from(step) / 100.0);
                assert!(palette.ink_on(fill).contrast(fill) >= 4.0, "{fill:?}");
            }
            for &fill in &palette.categorical {
                assert!(palette.ink_on(fill).contrast(fill) >= 4.5, "{fill:?}");
            }
            for &line in &palette.series {
                assert!(line.contrast(palette.background) >= 2.7, "{line:?}");
                assert!(palette.readable(line).contrast(palette.background) >= 4.5);
            }
        }
    }

    #[test]
    fn the_ramp_starts_and_ends_at_its_ends() {
        let palette = Palette::light();
        assert_eq!(palette.ramp(0.0), palette.sequential[0]);
        assert_eq!(palette.ramp(1.0), *palette.sequential.last().unwrap());
        assert_eq!(palette.ramp(f64::NAN), palette.sequential[0]);
        assert_eq!(palette.ramp(7.0), palette.ramp(1.0));
        assert_eq!(palette.series_color(palette.series.len()), palette.series[0]);
    }
}
