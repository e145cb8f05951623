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
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The amounts of light of the three channels, 0 to 1.
    fn linear(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
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
    /// From far below a middle to far above it; the one in the middle is close to the background.
    pub diverging: Vec<Rgb>,
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
                0x3a6bd6, 0xcc750a, 0x55a093, 0xc2302c, 0xa181d6, 0x396e21, 0xc941ac, 0x5e534e,
            ]),
            sequential: colours(&[
                0xf1f5fd, 0xdfe9fc, 0xc8d9f9, 0xabc5f5, 0x87aaee, 0x608ae0, 0x3b69c6, 0x254a94,
            ]),
            diverging: colours(&[
                0x8f3b06, 0xc2611b, 0xe4965a, 0xf6d0b0, 0xf3f4f6, 0xc8d9f9, 0x87aaee, 0x4a76d0, 0x254a94,
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
            background: Rgb(0x1d, 0x20, 0x27),
            ink: Rgb(0xec, 0xee, 0xf2),
            muted: Rgb(0x98, 0xa0, 0xad),
            hairline: Rgb(0x2a, 0x2e, 0x36),
            accent: Rgb(0x6d, 0x9b, 0xff),
            open: Rgb(0xb4, 0xbb, 0xc8),
            series: colours(&[
                0x6d9bff, 0xefb826, 0x94e7c4, 0xf27b6b, 0x9a79bb, 0xaedb78, 0xb98098, 0xd4bba1,
            ]),
            sequential: colours(&[
                0x1a212d, 0x1d2f4c, 0x224272, 0x2c599c, 0x3f76c6, 0x6a9aea, 0xa0c1fa, 0xdae7ff,
            ]),
            diverging: colours(&[
                0xffc08c, 0xe08a45, 0xa65f28, 0x5c3d26, 0x262a32, 0x22406c, 0x3268b4, 0x6a9aea, 0xb9d2fd,
            ]),
            categorical: colours(&[
                0x2b4f93, 0x1f6a5c, 0x476923, 0x776019, 0x84511f, 0x883e38, 0x773861, 0x553e8e, 0x25607a,
                0x5b5344, 0x474d57, 0x58682d,
            ]),
        }
    }

    /// This palette with the colours that a style sheet has: `read` gives the colour of a name without its dashes.
    #[must_use]
    pub fn overridden(self, read: impl Fn(&str) -> Option<Rgb>) -> Self {
        // `series-1`, `series-2` and so on, as many as there are.
        let list = |name: &str, first: u32, own: Vec<Rgb>| {
            let found: Vec<Rgb> = (first..).map_while(|number| read(&format!("{name}-{number}"))).collect();
            if found.len() > 1 { found } else { own }
        };
        // Charts stand on raised surfaces.
        let ground = ["surface-raised", "surface", "background"].into_iter().find_map(&read);
        Self {
            background: ground.unwrap_or(self.background),
            ink: read("ink").unwrap_or(self.ink),
            muted: read("muted").unwrap_or(self.muted),
            hairline: read("hairline").unwrap_or(self.hairline),
            accent: read("accent").unwrap_or(self.accent),
            open: read("open").unwrap_or(self.open),
            series: list("series", 1, self.series),
            sequential: list("seq", 0, self.sequential),
            diverging: list("diverging", 0, self.diverging),
            categorical: list("category", 1, self.categorical),
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
        along(&self.sequential, share).unwrap_or(self.background)
    }

    /// The colour at `side` (-1 to 1) of the two-sided ramp: -1 is far below the middle, 0 the middle.
    #[must_use]
    pub fn two_sided(&self, side: f64) -> Rgb {
        let side = if side.is_finite() { side } else { 0.0 };
        along(&self.diverging, f64::midpoint(side, 1.0)).unwrap_or(self.background)
    }

    /// The ink that is read best on this fill: of the page's own two, or black or white where those are too faint.
    #[must_use]
    pub fn ink_on(&self, fill: Rgb) -> Rgb {
        let better = |a: Rgb, b: Rgb| if a.contrast(fill) >= b.contrast(fill) { a } else { b };
        let own = better(self.ink, self.background);
        if own.contrast(fill) >= READABLE { own } else { better(Rgb(0, 0, 0), Rgb(255, 255, 255)) }
    }

    /// This colour, moved towards the ink until text in it can be read on the background.
    #[must_use]
    pub fn readable(&self, colour: Rgb) -> Rgb {
        (0..=10)
            .map(|tenth| colour.mix(self.ink, f64::from(tenth) / 10.0))
            .find(|text| text.contrast(self.background) >= READABLE)
            .unwrap_or(self.ink)
    }
}

/// The contrast that WCAG 2 asks of text.
const READABLE: f64 = 4.5;

/// The colour at `share` (0 to 1) of the way through a list.
fn along(colours: &[Rgb], share: f64) -> Option<Rgb> {
    let last = colours.len().checked_sub(1)?;
    let at = if share.is_finite() { share.clamp(0.0, 1.0) * last as f64 } else { 0.0 };
    let low = colours.get(at as usize).copied()?;
    let high = colours.get(at as usize + 1).copied().unwrap_or(low);
    Some(low.mix(high, at.fract()))
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
                let share = f64::from(step) / 100.0;
                for fill in [palette.ramp(share), palette.two_sided(2.0 * share - 1.0)] {
                    assert!(palette.ink_on(fill).contrast(fill) >= 4.5, "{fill:?}");
                }
            }
            for &fill in &palette.categorical {
                assert!(palette.ink_on(fill).contrast(fill) >= 4.5, "{fill:?}");
            }
            for &line in &palette.series {
                assert!(line.contrast(palette.background) >= 3.0, "{line:?}");
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
        assert_eq!(palette.two_sided(-1.0), palette.diverging[0]);
        assert_eq!(palette.two_sided(0.0), palette.diverging[4]);
        assert_eq!(palette.two_sided(1.0), palette.diverging[8]);
        assert_eq!(palette.two_sided(f64::NAN), palette.two_sided(0.0));
    }

    /// How people with each kind of colour blindness see light, on linear sRGB: Machado, Oliveira and Fernandes (2009),
    /// severity 1; and everybody else.
    const EYES: [(&str, [[f64; 3]; 3]); 4] = [
        ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "no red cones",
            [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
        ),
        (
            "no green cones",
            [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
        ),
        (
            "no blue cones",
            [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
        ),
    ];

    /// A colour as these eyes see it, in Oklab (Ottosson, 2020) with lightness from 0 to 100.
    fn seen(colour: Rgb, eyes: &[[f64; 3]; 3]) -> [f64; 3] {
        let times = |rows: &[[f64; 3]; 3], of: [f64; 3]| {
            rows.map(|row| row.iter().zip(of).map(|(factor, value)| factor * value).sum::<f64>())
        };
        let light = times(eyes, colour.linear()).map(|value| value.clamp(0.0, 1.0));
        let cones = [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ];
        let lab = [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ];
        times(&lab, times(&cones, light).map(f64::cbrt)).map(|value| value * 100.0)
    }

    fn distance(a: Rgb, b: Rgb, eyes: &[[f64; 3]; 3]) -> f64 {
        let (a, b) = (seen(a, eyes), seen(b, eyes));
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    /// Every palette there is: the two in the program and the two of the style sheet for high contrast.
    fn palettes() -> Vec<(&'static str, Palette)> {
        let contrast = |dark: bool| {
            let base = if dark { Palette::dark() } else { Palette::light() };
            with_tokens(base, &[token_block(dark, true)])
        };
        vec![
            ("light", Palette::light()),
            ("dark", Palette::dark()),
            ("light, high contrast", contrast(false)),
            ("dark, high contrast", contrast(true)),
        ]
    }

    /// The declarations of one theme in the style sheet; `contrast`: of what high contrast changes in it.
    fn token_block(dark: bool, contrast: bool) -> Vec<(String, Rgb)> {
        let sheet = include_str!("../../style/tokens.css");
        let (plain, more) = sheet.split_once("@media (prefers-contrast: more)").unwrap();
        let selector = if dark { ":root[data-theme=\"dark\"] {" } else { ":root {" };
        let (_, block) = (if contrast { more } else { plain }).split_once(selector).unwrap();
        let (block, _) = block.split_once('}').unwrap();
        let declarations =
            block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'));
        declarations.filter_map(|(name, value)| Some((name.to_owned(), Rgb::from_css(value)?))).collect()
    }

    /// A palette with what the style sheet says of it.
    fn with_tokens(palette: Palette, blocks: &[Vec<(String, Rgb)>]) -> Palette {
        let read = |name: &str| {
            let declared = blocks.iter().rev().flatten().find(|(other, _)| other == name);
            declared.map(|(_, colour)| *colour)
        };
        palette.overridden(read)
    }

    #[test]
    fn the_style_sheet_says_the_same() {
        // What the sheet lacks would be black, and so differ.
        let black = Rgb(0, 0, 0);
        let nothing = Palette {
            background: black,
            ink: black,
            muted: black,
            hairline: black,
            accent: black,
            open: black,
            series: Vec::new(),
            sequential: Vec::new(),
            diverging: Vec::new(),
            categorical: Vec::new(),
        };
        for (dark, palette) in [(false, Palette::light()), (true, Palette::dark())] {
            let read = with_tokens(nothing.clone(), &[token_block(dark, false)]);
            assert_eq!(read, palette, "dark: {dark}");
        }
    }

    #[test]
    fn lines_can_be_told_apart_by_all_eyes() {
        for (name, palette) in palettes() {
            let series = &palette.series;
            for (eyes, matrix) in &EYES {
                for (number, &colour) in series.iter().enumerate() {
                    // Neighbours touch in stacks; the first five are what most charts have.
                    let next = palette.series_color(number + 1);
                    let apart = distance(colour, next, matrix);
                    assert!(apart >= 12.0, "{name}, {eyes}: {number} and the next are {apart:.1} apart");
                    for (other, &second) in series.iter().enumerate().skip(number + 1) {
                        let least = if other < 5 { 8.0 } else { 5.0 };
                        let apart = distance(colour, second, matrix);
                        assert!(apart >= least, "{name}, {eyes}: {number} and {other} are {apart:.1} apart");
                    }
                }
            }
        }
    }

    #[test]
    fn ramps_rise_evenly_for_all_eyes() {
        for (name, palette) in palettes() {
            for (eyes, matrix) in &EYES {
                let lightness = |colour: &Rgb| seen(*colour, matrix)[0];
                let rises = |ramp: &[Rgb], dark: bool| {
                    ramp.windows(2).all(|pair| (lightness(&pair[1]) > lightness(&pair[0]) + 1.0) == dark)
                };
                let dark = lightness(&palette.background) < 50.0;
                assert!(rises(&palette.sequential, dark), "{name}, {eyes}");
                // Each side leaves the middle steadily, and the two sides never meet in a colour.
                let (below, above) = palette.diverging.split_at(palette.diverging.len() / 2);
                let below: Vec<Rgb> = above.iter().take(1).chain(below.iter().rev()).copied().collect();
                assert!(rises(&below, dark) && rises(above, dark), "{name}, {eyes}");
                for (low, high) in below.iter().zip(above).skip(1) {
                    let apart = distance(*low, *high, matrix);
                    assert!(apart >= 7.0, "{name}, {eyes}: {low:?} and {high:?} are {apart:.1} apart");
                }
            }
        }
    }

    #[test]
    fn high_contrast_is_higher() {
        for ((_, plain), (name, more)) in palettes().iter().zip(palettes().iter().skip(2)) {
            assert!(more.muted.contrast(more.background) > plain.muted.contrast(plain.background), "{name}");
            for line in &more.series {
                assert!(line.contrast(more.background) >= 4.5, "{name}: {line:?}");
            }
        }
    }
}
