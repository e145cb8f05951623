//! Every chart as SVG, in both languages: what is drawn, where it lies, and what pointing finds.

mod kinds;
mod samples;

use proptest::prelude::*;

use super::*;
use crate::dataset::calendar::Day;

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];
const SIZES: [(u32, u32); 4] = [(960, 360), (390, 300), (300, 240), (2400, 420)];

/// A text as it stands in the SVG, in CSS pixels.
#[derive(Debug)]
struct Written {
    text: String,
    frame: Frame,
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    tag.split_once(&format!(" {name}=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(value, _)| value)
}

fn number(tag: &str, name: &str) -> f64 {
    attribute(tag, name).parse().unwrap_or_else(|_| panic!("{name} of {tag}"))
}

fn written(svg: &str) -> Vec<Written> {
    let unescape = |text: &str| {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&amp;", "&")
    };
    let texts = svg.split("<text ").skip(1).map(|rest| rest.split_once("</text>").unwrap().0);
    texts
        .map(|element| {
            let (tag, content) = element.split_once(">\n").unwrap();
            let tag = format!(" {tag}");
            let (text, size) = (unescape(content.trim_end()), number(&tag, "font-size") / 4.0);
            let width = text::width(&text, size);
            let x = number(&tag, "x") / 4.0
                - match attribute(&tag, "text-anchor") {
                    "end" => width,
                    "middle" => width / 2.0,
                    _ => 0.0,
                };
            // The height of figures and capitals, around the middle line.
            Written { text, frame: Frame::new(x, number(&tag, "y") / 4.0 - size * 0.4, width, size * 0.8) }
        })
        .collect()
}

fn overlap(a: Frame, b: Frame) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// Draws as [`to_svg`] does, and keeps what lies where.
fn drawn<C: Chart>(chart: &C, style: &Style) -> Drawing {
    use plotters::prelude::{IntoDrawingArea, SVGBackend};
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, style.device_size()).into_drawing_area();
    chart.draw(&area, style).unwrap()
}

/// What holds for every chart: a whole file, nothing clipped, no text on another, every mark inside and findable.
fn check<C: Chart>(chart: &C) {
    for language in LANGUAGES {
        for (width, height) in SIZES {
            for (palette, with_title) in [(Palette::light(), false), (Palette::dark(), true)] {
                let style = Style { palette, with_title, ..Style::new(width, height, language) };
                let svg = to_svg(chart, &style).unwrap();
                assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
                assert!(
                    svg.contains(&format!("width=\"{width}\" height=\"{height}\""))
                        && svg.contains("role=\"img\"")
                );
                assert!(!svg.contains("NaN") && !svg.contains("inf\""));
                let texts = written(&svg);
                assert_eq!(with_title, texts.iter().any(|written| written.text == chart.title()));
                for (number, text) in texts.iter().enumerate() {
                    let frame = text.frame;
                    let inside = frame.x >= -1.0 && frame.y >= 0.0 && frame.right() <= f64::from(width) + 1.0;
                    assert!(inside && frame.bottom() <= f64::from(height), "{text:?} is clipped at {width}");
                    for other in &texts[number + 1..] {
                        assert!(!overlap(frame, other.frame), "{text:?} is on {other:?} at {width}");
                    }
                }
                check_marks(chart, &style);
            }
        }
        for form in [Form::Shown, Form::Plain] {
            let table = chart.table(language, form);
            assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        }
        assert!(chart.summary(language).starts_with(chart.title()));
    }
}

fn center(frame: Frame) -> (f64, f64) {
    ((frame.x + frame.width / 2.0).round(), (frame.y + frame.height / 2.0).round())
}

fn check_marks<C: Chart>(chart: &C, style: &Style) {
    let drawing = drawn(chart, style);
    let (width, height) = (f64::from(style.width), f64::from(style.height));
    assert!(!drawing.marks.is_empty());
    for (number, mark) in drawing.marks.iter().enumerate() {
        let frame = mark.frame;
        assert!(
            frame.x >= 0.0
                && frame.y >= 0.0
                && frame.right() <= width + 1e-6
                && frame.bottom() <= height + 1e-6,
            "{mark:?}"
        );
        assert!(!chart.label(mark, style.language).is_empty());
        let found = drawing.at(frame.x + frame.width / 2.0, frame.y + frame.height / 2.0).unwrap();
        match mark.kind {
            MarkKind::Rect => {
                assert_eq!(found, mark);
                let inner = frame.shrunk(0.01);
                assert!(
                    drawing.marks[number + 1..].iter().all(|other| !overlap(inner, other.frame)),
                    "{mark:?}"
                );
            }
            MarkKind::Point => assert_eq!(found.frame.x, frame.x),
            MarkKind::Flow(bend) => match found.kind {
                MarkKind::Flow(other) => assert!(other.thick <= bend.thick, "{mark:?}"),
                _ => panic!("{found:?} lies on {mark:?}"),
            },
            MarkKind::Dot => {
                assert_eq!(center(found.frame), center(frame))
            }
        }
    }
}

fn line(count: usize) -> LineChart {
    let values = |factor: f64| {
        (0..count).map(|index| Some(factor * (50.0 + (index as f64 * 0.7).sin() * 40.0).round())).collect()
    };
    let series = |name: &str, factor, open: usize| Series {
        name: name.to_owned(),
        values: values(factor),
        open_from: Some(count.saturating_sub(open)),
        emphasis: Emphasis::Normal,
    };
    LineChart {
        title: "Active users 活跃用户".to_owned(),
        subtitle: "per day, Asia/Shanghai".to_owned(),
        x: XAxis::Days(Day::from_year_month_day(2023, 12, 20).unwrap(), count),
        x_name: String::new(),
        series: vec![series("Daily", 1.0, 1), series("7 days 近7日", 3.0, 7), series("30 days", 3.1, 30)],
        y: NumberKind::Count,
        from_zero: true,
        ..LineChart::default()
    }
}

fn triangle(rows: usize, columns: usize, language: Language) -> HeatMap {
    let cell = |row: usize, column: usize| {
        let value = 1.0 / (column as f64 + 1.0) + row as f64 * 1e-3;
        (row + column < rows.max(columns)).then(|| Cell {
            value,
            text: language.percent(value),
            open: row + column + 1 == rows.max(columns),
            tip: String::new(),
        })
    };
    HeatMap {
        title: "Retention 留存".to_owned(),
        subtitle: "UTC".to_owned(),
        x_name: "Months since first activity".to_owned(),
        y_name: "Cohort".to_owned(),
        note_name: "Users".to_owned(),
        row_labels: (0..rows).map(|row| format!("2024-{row}")).collect(),
        row_notes: (0..rows).map(|row| (row * 37 + 100).to_string()).collect(),
        column_labels: (0..columns).map(|column| column.to_string()).collect(),
        cells: (0..rows).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect(),
        number: NumberKind::Percent,
        ..HeatMap::default()
    }
}

fn tiles() -> Treemap {
    let items = [
        ("Champions", 900.0),
        ("重要价值客户", 500.0),
        ("Cannot lose them", 80.0),
        ("At risk", 300.0),
        ("none", 0.0),
        ("Lost", 1.0),
    ];
    Treemap {
        title: "Segments".to_owned(),
        subtitle: "users".to_owned(),
        items: items
            .iter()
            .enumerate()
            .map(|(group, (label, size))| Item {
                key: (*label).to_owned(),
                label: (*label).to_owned(),
                size: *size,
                text: format!("{size}"),
                tint: Tint::Group(group),
            })
            .collect(),
        number: NumberKind::Count,
    }
}

fn bars(orientation: Orientation, values: &[f64]) -> BarChart {
    let bar = |(index, &value): (usize, &f64)| Bar {
        key: index.to_string(),
        label: format!("Segment 分群 {index}"),
        value,
        text: String::new(),
        tint: (index == 1).then_some(Tint::Ramp(0.5)),
    };
    BarChart {
        title: "Revenue".to_owned(),
        subtitle: "CNY".to_owned(),
        bars: values.iter().enumerate().map(bar).collect(),
        orientation,
        number: NumberKind::Count,
    }
}

#[test]
fn every_chart_is_whole() {
    for count in [1, 2, 9, 40, 200, 700] {
        check(&line(count));
    }
    let curves = LineChart {
        x: XAxis::Steps((0..13).map(|step| format!("Month {step}")).collect()),
        x_name: "Months since first activity".to_owned(),
        y: NumberKind::Percent,
        ..line(13)
    };
    check(&curves);
    for language in LANGUAGES {
        check(&triangle(9, 9, language));
        check(&triangle(1, 1, language));
        check(&triangle(40, 12, language));
    }
    check(&tiles());
    for orientation in [Orientation::Horizontal, Orientation::Vertical] {
        check(&bars(orientation, &[12.0, 40_000.0, 7.5]));
        check(&bars(orientation, &[3.0, -2000.0, 900.0, 0.0, 12.0]));
        check(&bars(orientation, &[0.0]));
        check(&bars(orientation, &(1..60).map(f64::from).collect::<Vec<_>>()));
    }
}

#[test]
fn a_cell_is_a_rectangle() {
    let map = triangle(9, 9, Language::English);
    let style = Style::new(960, 360, Language::English);
    let svg = to_svg(&map, &style).unwrap();
    // The background, the cells, and plates for the texts of those that are hatched.
    assert_eq!(svg.matches("<rect ").count(), 1 + 45 + 9);
    assert_eq!(drawn(&map, &style).marks.len(), 45);
    assert!(written(&svg).iter().any(|written| written.text == "100.0%"));
    // Without texts there is a key of forty steps instead, with the ends of the ramp.
    let svg = to_svg(&triangle(60, 60, Language::English), &style).unwrap();
    assert!(svg.matches("<rect ").count() <= 1 + 60 * 61 / 2 + 40);
    assert!(written(&svg).iter().any(|written| written.text.ends_with('%')));
    // Nine cells are open, and only they are hatched.
    let closed = HeatMap {
        cells: map
            .cells
            .iter()
            .map(|row| row.iter().map(|cell| cell.clone().map(|cell| Cell { open: false, ..cell })).collect())
            .collect(),
        ..map.clone()
    };
    assert!(to_svg(&map, &style).unwrap().contains("<polyline "));
    assert!(!to_svg(&closed, &style).unwrap().contains("<polyline "));
    assert!(map.summary(Language::English).contains("hatched: 9"));
}

#[test]
fn the_largest_heat_map_is_drawn() {
    let map = triangle(400, 400, Language::English);
    let drawing = drawn(&map, &Style::new(1200, map.natural_height(), Language::English));
    assert_eq!(drawing.marks.len(), 400 * 401 / 2);
    assert!(drawing.marks.iter().all(|mark| mark.frame.width > 0.0 && mark.frame.height >= 25.0));
}

#[test]
fn pointing_finds_the_cell_and_the_nearest_point() {
    let style = Style::new(960, 360, Language::English);
    let map = triangle(9, 9, Language::English);
    let drawing = drawn(&map, &style);
    let cell = drawing.marks.iter().find(|mark| (mark.series, mark.index) == (2, 3)).unwrap();
    assert_eq!(drawing.at(cell.frame.x + 1.0, cell.frame.bottom() - 1.0), Some(cell));
    assert_eq!(map.label(cell, Language::English), "2024-2, 3: 25.2%");
    assert_eq!(drawing.at(2.0, 2.0), None);
    assert_eq!(drawing.at(959.0, 359.0), None, "below the triangle");

    let chart = line(40);
    let drawing = drawn(&chart, &style);
    let mark = drawing.marks.iter().find(|mark| (mark.series, mark.index) == (1, 20)).unwrap();
    assert_eq!(drawing.at(mark.frame.x + 3.0, mark.frame.y + 2.0), Some(mark));
    assert_eq!(
        chart.label(mark, Language::English),
        format!("Jan 9, 2024: 7 days 近7日 {}", chart.series[1].values[20].unwrap())
    );
    assert_eq!(chart.over_axis().reading(20, Language::English).len(), 3);
    let reading = chart.over_axis().reading(39, Language::English);
    assert!(reading.iter().all(|line| line.value.ends_with("(incomplete)")));
    assert_eq!(drawing.at(2.0, 2.0), None, "outside of the plot");
}

#[test]
fn thousands_of_points_become_a_few_per_pixel() {
    let mut chart = line(20_000);
    chart.series.truncate(1);
    chart.series[0].values[12_345] = Some(100_000.0);
    chart.series[0].open_from = None;
    let style = Style::new(960, 360, Language::English);
    let svg = to_svg(&chart, &style).unwrap();
    let tag = format!(" {}", svg.split("<polyline ").nth(1).unwrap());
    let points: Vec<(f64, f64)> = attribute(&tag, "points")
        .split_whitespace()
        .map(|point| point.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap())
        .collect();
    assert!(points.len() <= 4 * 2 * 960, "{}", points.len());
    // The one outlier is the highest point of the plot.
    let drawing = drawn(&chart, &style);
    let top = points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min);
    assert!((top / 4.0 - drawing.plot.y).abs() < 1.0);
    assert_eq!(drawing.marks.len(), 20_000, "all points can be read");
}

#[test]
fn incomplete_values_are_dashed_and_gaps_are_gaps() {
    let style = Style::new(960, 360, Language::English);
    let mut chart = line(10);
    chart.series.truncate(1);
    chart.series[0].open_from = None;
    let lines = |chart: &LineChart| to_svg(chart, &style).unwrap().matches("<polyline ").count();
    assert_eq!(lines(&chart), 1);
    chart.series[0].values[4] = None;
    assert_eq!(lines(&chart), 2);
    chart.series[0].values[1] = Some(f64::NAN);
    chart.series[0].values[3] = Some(f64::INFINITY);
    let svg = to_svg(&chart, &style).unwrap();
    assert_eq!(svg.matches("<circle ").count(), 2, "single points are dots");
    assert_eq!(drawn(&chart, &style).marks.len(), 7);
    chart.series[0].open_from = Some(8);
    assert!(lines(&chart) > 10, "dashes");
    assert!(chart.summary(Language::English).ends_with("Dashed values are incomplete."));
}

#[test]
fn a_stepped_line_is_level_up_to_its_next_point() {
    let style = Style::new(960, 360, Language::English);
    let values = [1.0, 0.7, 0.7, 0.2];
    let chart = LineChart {
        x: XAxis::Steps((0..4).map(|day| day.to_string()).collect()),
        series: vec![Series { values: values.map(Some).to_vec(), ..Series::default() }],
        bands: vec![Band {
            series: 0,
            name: "band".to_owned(),
            low: values.map(|value| Some(value * 0.9)).to_vec(),
            high: values.map(|value| Some(value * 1.1)).to_vec(),
        }],
        stepped: true,
        ..LineChart::default()
    };
    let svg = to_svg(&chart, &style).unwrap();
    let line = svg.split("<polyline ").skip(1).map(|tag| attribute(tag, "points")).last().unwrap();
    let points: Vec<(f64, f64)> = line
        .split_whitespace()
        .map(|point| point.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap())
        .collect();
    // Each piece goes across or down, never aslant.
    assert!(points.len() >= 6, "{points:?}");
    assert!(points.windows(2).all(|pair| pair[0].0 == pair[1].0 || pair[0].1 == pair[1].1), "{points:?}");
    let marks = drawn(&chart, &style).marks;
    assert_eq!(marks.len(), 4);
    let aslant = to_svg(&LineChart { stepped: false, ..chart }, &style).unwrap();
    assert_ne!(aslant, svg);
}

#[test]
fn what_is_incomplete_is_no_fall() {
    let series = Series {
        name: "All".to_owned(),
        values: [1.0, 0.4, 0.3, 0.05].map(Some).to_vec(),
        open_from: Some(3),
        emphasis: Emphasis::Normal,
    };
    let steps = XAxis::Steps((0..4).map(|step| step.to_string()).collect());
    let chart = LineChart {
        x: steps,
        x_name: "Month".to_owned(),
        series: vec![series],
        y: NumberKind::Percent,
        ..line(0)
    };
    assert_eq!(
        chart.summary(Language::English),
        "Active users 活跃用户. Lines: 1. Month: 0 to 3. All: first 100.0%, last 30.0%, lowest 30.0% (2), highest 100.0% (0). \
         Dashed values are incomplete."
    );
    let marks = drawn(&chart, &Style::new(390, 300, Language::English)).marks;
    assert_eq!(chart.label(&marks[3], Language::English), "Month 3: All 5.0% (incomplete)");
    let table = chart.table(Language::English, Form::Shown);
    assert_eq!(table.header, ["Month", "All"]);
    assert_eq!(table.rows[3], ["3", "5.0% (incomplete)"]);
    assert_eq!(chart.table(Language::English, Form::Plain).rows[3], ["3", "0.05"]);
    // The lower right corner of the triangle is the lowest value, and open.
    let map =
        HeatMap { column_labels: vec!["0".to_owned(), "1".to_owned()], ..triangle(2, 2, Language::English) };
    assert!(
        map.summary(Language::English).contains("Lowest 100.0% (2024-0 × 0), highest 100.0% (2024-0 × 0)")
    );
}

#[test]
fn tile_areas_are_the_sizes() {
    let chart = tiles();
    let style = Style::new(960, 360, Language::Chinese);
    let Drawing { marks, plot, .. } = drawn(&chart, &style);
    assert_eq!(marks.len(), 5);
    let total: f64 = chart.items.iter().map(|item| item.size).sum();
    for mark in &marks {
        let share = mark.frame.width * mark.frame.height / (plot.width * plot.height);
        assert!((share - chart.items[mark.index].size / total).abs() < 1e-9);
    }
    assert_eq!(chart.label(&marks[0], Language::English), "Champions: 900, 50.5% of the total");
    assert_eq!(chart.table(Language::English, Form::Shown).rows.len(), 6);
}

#[test]
fn plain_tables_hold_numbers_and_nothing_else() {
    let cell = |value: f64, text: &str| {
        Some(Cell { value, text: text.to_owned(), open: value < 0.1, ..Cell::default() })
    };
    let map = HeatMap {
        row_labels: vec!["2024-01".to_owned(), "2024-02".to_owned()],
        row_notes: vec!["1,234".to_owned(), "7".to_owned()],
        column_labels: vec!["0".to_owned(), "1".to_owned()],
        cells: vec![vec![cell(1.0, "1,234\n100%"), cell(0.0625, "6%")], vec![cell(1234567.0, "1.2M"), None]],
        ..HeatMap::default()
    };
    let table = map.table(Language::English, Form::Plain);
    assert_eq!(table.rows, [["2024-01", "1234", "1", "0.0625"], ["2024-02", "7", "1234567", ""]]);
    let table = line(3).table(Language::Chinese, Form::Plain);
    assert!(table.rows.iter().all(|row| row[0].parse::<Day>().is_ok_and(|day| day.to_string() == row[0])));
    assert!(
        table
            .rows
            .iter()
            .flat_map(|row| &row[1..])
            .all(|cell| cell.is_empty() || cell.parse::<f64>().is_ok())
    );
}

#[test]
fn nothing_to_show_is_said() {
    let style = Style::new(390, 300, Language::Chinese);
    let words = Language::Chinese.words();
    let mut nothing = line(5);
    nothing.series.iter_mut().for_each(|series| series.values = vec![None, Some(f64::NAN)]);
    let empty_line = LineChart { series: Vec::new(), ..line(0) };
    let map = HeatMap { title: "t".to_owned(), ..HeatMap::default() };
    let tree = Treemap { items: Vec::new(), ..tiles() };
    let svgs = [
        to_svg(&nothing, &style),
        to_svg(&empty_line, &style),
        to_svg(&map, &style),
        to_svg(&tree, &style),
        to_svg(&bars(Orientation::Vertical, &[]), &style),
        to_svg(&bars(Orientation::Horizontal, &[f64::NAN]), &style),
    ];
    for svg in svgs {
        let texts = written(&svg.unwrap());
        assert!(texts.len() == 1 && texts[0].text == words.chart_no_data, "{texts:?}");
    }
    assert!(nothing.summary(Language::Chinese).contains("没有"));
}

#[test]
fn text_of_users_cannot_break_the_file() {
    let mut chart = bars(Orientation::Horizontal, &[1.0]);
    chart.title = "a<b>&\"\u{1}".to_owned();
    chart.bars[0].label = "</text><script>'\u{0}".to_owned();
    let svg = to_svg(&chart, &Style { with_title: true, ..Style::new(390, 300, Language::English) }).unwrap();
    assert!(!svg.contains("<script") && svg.contains("<title>a&lt;b&gt;&amp;\" </title>"));
    assert!(!svg.chars().any(|character| character.is_control() && character != '\n'));
}

#[test]
fn letters_are_as_large_in_svg_as_on_a_canvas() {
    let svg = to_svg(&line(40), &Style::new(960, 360, Language::English)).unwrap();
    let tag = format!(" {}", svg.split("<text ").nth(1).unwrap());
    assert!((number(&tag, "font-size") - 11.0 * 4.0).abs() < 1e-9);
}

proptest! {
    #[test]
    fn no_number_breaks_a_chart(
        values in proptest::collection::vec(proptest::option::of(prop_oneof![any::<f64>(), -1e3f64..1e3]), 0..60),
        open in 0usize..70, width in 1u32..700, height in 1u32..500, from_zero: bool, with_title: bool,
    ) {
        let chart = LineChart {
            from_zero,
            y: NumberKind::Decimal,
            series: vec![Series { name: "s".to_owned(), values: values.clone(), open_from: Some(open), emphasis: Emphasis::Strong }],
            ..line(values.len())
        };
        let style = Style { with_title, ..Style::new(width, height, Language::Chinese) };
        prop_assert!(!to_svg(&chart, &style).unwrap().contains("NaN"));
        let drawing = drawn(&chart, &style);
        prop_assert!(drawing.marks.iter().all(|mark| mark.frame.x.is_finite() && mark.frame.y.is_finite()));
        let finite: Vec<f64> = values.iter().copied().map(|value| value.unwrap_or(f64::NAN)).collect();
        for orientation in [Orientation::Horizontal, Orientation::Vertical] {
            prop_assert!(!to_svg(&bars(orientation, &finite), &style).unwrap().contains("NaN"));
        }
        let items = finite.iter().map(|&size| Item { key: String::new(), label: "标签 label".to_owned(), size, text: String::new(), tint: Tint::Ramp(size) });
        let tree = Treemap { items: items.collect(), ..tiles() };
        prop_assert!(!to_svg(&tree, &style).unwrap().contains("NaN"));
        let cells = finite.iter().map(|&value| Some(Cell { value, text: "1".to_owned(), open: value > 0.0, tip: String::new() })).collect();
        let map = HeatMap { cells: vec![cells], ..triangle(1, values.len(), Language::English) };
        prop_assert!(!to_svg(&map, &style).unwrap().contains("NaN"));
    }
}
