//! The kinds of charts with their own shapes: columns, areas, histograms, scatters, ranges around lines.

use super::samples::*;
use super::*;
use crate::dataset::calendar::WeekStart;

#[test]
fn every_kind_is_whole() {
    for (steps, bars) in [(1, 1), (2, 3), (6, 8), (4, 14), (12, 5), (3, 30)] {
        check(&flows(steps, bars));
    }
    for arrangement in [Arrangement::Stacked, Arrangement::Shares, Arrangement::Grouped] {
        for scale in [12.0, 3e6] {
            check(&columns(months(14), arrangement, scale));
            check(&columns(XAxis::Days(Day(19_500), 120), arrangement, scale));
        }
        let names = ["微信", "App Store", "线下门店", "Web"].map(str::to_owned).to_vec();
        check(&columns(XAxis::Steps(names), arrangement, 50.0));
        check(&columns(months(1), arrangement, 5.0));
    }
    check(&growth(18));
    for shares in [false, true] {
        for count in [1, 2, 30, 400] {
            check(&areas(count, shares));
        }
    }
    check(&histogram(&[3, 10, 400, 12_000, 900, 40, 2, 0, 1, 6, 3], 0, 0));
    check(&histogram(&[3, 10, 400, 1200, 900, 40, 2, 0, 1, 6], 7, 1500));
    check(&histogram(&(0..80).map(|bin| bin * (80 - bin)).collect::<Vec<_>>(), 300, 0));
    check(&histogram(&[4], 0, 1));
    for count in [1, 2, 24, 70, 1500] {
        check(&scatter(count));
    }
    check(&forecast(60));
    for count in [1, 30, 900] {
        check(&LineChart { stepped: true, ..forecast(count) });
    }
    for count in [12, 40, 90] {
        check(&crowd(count));
    }
    for count in [1, 6, 90, 366, 1100] {
        for week_start in [WeekStart::Monday, WeekStart::Sunday] {
            check(&calendar(count, week_start));
        }
    }
    for language in LANGUAGES {
        let mut map = triangle(12, 12, language);
        map.middle = Some(0.3);
        check(&map);
        check(&HeatMap { middle: Some(0.3), ..triangle(60, 60, language) });
    }
}

#[test]
fn days_of_a_week_stand_below_each_other() {
    let style = Style::new(960, 360, Language::English);
    for (week_start, row) in [(WeekStart::Monday, 2), (WeekStart::Sunday, 3)] {
        let chart = calendar(60, week_start);
        let drawing = drawn(&chart, &style);
        assert_eq!(drawing.marks.len(), 59, "a day without a value has no cell");
        let mark = |index: usize| drawing.marks.iter().find(|mark| mark.index == index).unwrap();
        // 2023-05-24 was a Wednesday.
        assert_eq!((mark(0).series, mark(7).series), (row, row));
        assert_eq!(mark(7).frame.y, mark(0).frame.y);
        assert!(mark(7).frame.x > mark(0).frame.x);
        assert_eq!(mark(1).frame.x, mark(0).frame.x);
        assert!(mark(1).frame.y > mark(0).frame.y);
        let begin = if week_start == WeekStart::Monday { 12 } else { 11 };
        assert!(mark(begin).frame.y < mark(begin - 1).frame.y, "the next week begins above");
        assert_eq!(chart.label(mark(0), Language::English), "May 24, 2023 (Wed): 21");
    }
    let table = calendar(60, WeekStart::Monday).table(Language::Chinese, Form::Plain);
    assert_eq!(table.rows[0], ["2023-05-24", "21"]);
    assert!(calendar(60, WeekStart::Monday).summary(Language::English).contains("Days: 60"));
    let heights = [390, 960].map(|width| calendar(366, WeekStart::Monday).natural_height(width));
    assert!(heights[0] > heights[1], "weeks that do not fit go on below");
}

#[test]
fn a_stack_is_as_high_as_its_total() {
    let style = Style::new(960, 360, Language::English);
    let chart = columns(months(12), Arrangement::Stacked, 1000.0);
    let drawing = drawn(&chart, &style);
    let sums: Vec<f64> =
        (0..12).map(|index| chart.series.iter().filter_map(|series| series.values[index]).sum()).collect();
    let heights: Vec<f64> = (0..12)
        .map(|index| {
            drawing.marks.iter().filter(|mark| mark.index == index).map(|mark| mark.frame.height).sum()
        })
        .collect();
    for (sum, height) in sums.iter().zip(&heights) {
        assert!((sum / sums[0] - height / heights[0]).abs() < 1e-6);
    }
    let reading = chart.over_axis().reading(3, Language::English);
    assert_eq!(reading.len(), 6);
    assert_eq!(reading[5].value, Language::English.integer(sums[3] as i64));
    let table = chart.table(Language::English, Form::Plain);
    assert_eq!(table.header.last().map(String::as_str), Some("All 合计"));
    assert_eq!(table.rows[3].last().cloned(), Some(sums[3].to_string()));
    // As shares every stack fills the plot.
    let drawing = drawn(&ColumnChart { arrangement: Arrangement::Shares, ..chart }, &style);
    for index in 0..12 {
        let marks = drawing.marks.iter().filter(|mark| mark.index == index);
        assert!((marks.map(|mark| mark.frame.height).sum::<f64>() - drawing.plot.height).abs() < 1e-6);
    }
}

#[test]
fn what_falls_is_below_zero_and_the_sum_is_a_line() {
    let chart = growth(12);
    let style = Style::new(960, 360, Language::English);
    let drawing = drawn(&chart, &style);
    let top =
        |series: usize| drawing.marks.iter().filter(move |mark| mark.series == series).map(|mark| mark.frame);
    let zero = top(0).map(Frame::bottom).next().unwrap();
    assert!(top(2).all(|frame| (frame.y - zero).abs() < 1e-6), "what is lost hangs from zero");
    assert!(to_svg(&chart, &style).unwrap().contains("<polyline "));
    assert!(chart.summary(Language::English).contains("All 合计: first"));
}

#[test]
fn zooming_cuts_and_keeps_the_numbers() {
    let chart = line(40);
    let cut = chart.zoomed(10, 19);
    assert_eq!(cut.x.len(), 10);
    assert_eq!(cut.x.name(0, Language::English), chart.x.name(10, Language::English));
    assert_eq!(cut.series[1].values, chart.series[1].values[10..20]);
    assert_eq!(cut.series[2].open_from, Some(0), "30 days are open from the tenth on");
    assert_eq!(forecast(40).zoomed(5, 9).bands[0].low.len(), 5);
    assert_eq!(chart.x.days(10, 19), Some((Day(19_721), Day(19_730))));
    assert_eq!(months(6).days(1, 2).map(|(first, last)| last.0 - first.0 + 1), Some(30 + 31));
    let cut = columns(months(6), Arrangement::Stacked, 9.0).zoomed(2, 3);
    assert_eq!(cut.x.name(0, Language::English), months(6).name(2, Language::English));
    let whole = histogram(&[3, 10, 400, 900], 7, 1);
    let cut = whole.zoomed(1, 2);
    assert_eq!(cut.bins.total(), whole.bins.total());
    assert_eq!((cut.bins.below, cut.bins.above), (10, 901));
    assert_eq!(whole.span(1, 2, Language::English), "5 – 15");
}

#[test]
fn hidden_series_leave_the_others_as_they_are() {
    let mut chart = forecast(20);
    chart.hide(&[0]);
    assert!(chart.series[0].values.is_empty() && chart.bands.is_empty());
    let palette = Palette::light();
    assert_eq!(chart.color(1, &palette), forecast(20).color(1, &palette));
    let mut dots = scatter(30);
    dots.hide(&[1]);
    let style = Style::new(960, 360, Language::English);
    assert_eq!(drawn(&dots, &style).marks.len(), 20);
}

#[test]
fn words_of_the_kinds() {
    let en = Language::English;
    let style = Style::new(960, 360, en);
    let chart = histogram(&[3, 10, 400, 900], 7, 1);
    let marks = drawn(&chart, &style).marks;
    assert_eq!(chart.label(&marks[0], en), "< 0: 7 (0.5%)");
    assert_eq!(chart.label(&marks[4], en), "15 – 20: 900 (68.1%)");
    assert!(chart.summary(en).ends_with("> 20: 1 (0.1%)."));
    let sum: u64 =
        chart.table(en, Form::Plain).rows.iter().filter_map(|row| row[1].parse::<u64>().ok()).sum();
    assert_eq!(sum, chart.bins.total());
    let dots = scatter(3);
    let marks = drawn(&dots, &style).marks;
    assert_eq!(
        dots.label(&marks[0], en),
        "Channel 渠道 0 (Paid): Cost of a new user 获客成本 500, Value of a user 用户价值 300,000, Users 0"
    );
    let lines = forecast(9);
    let marks = drawn(&lines, &style).marks;
    assert_eq!(lines.label(&marks[0], en), "Dec 20, 2023: Daily 50 (40 – 70)");
    assert_eq!(lines.table(en, Form::Plain).header[3..], ["Daily, 95%: low", "Daily, 95%: high"]);
}

#[test]
fn neighbours_of_one_colour_are_one_rectangle() {
    let style = Style::new(900, 900, Language::English);
    let flat = |value: f64| {
        let mut map = triangle(200, 200, Language::English);
        for cell in map.cells.iter_mut().flatten().flatten() {
            (cell.value, cell.open) = (value, false);
        }
        to_svg(&map, &style).unwrap().matches("<rect ").count()
    };
    assert_eq!(flat(0.5), 1 + 200 + 40, "one for each row");
}

#[test]
fn small_tiles_are_named_too() {
    let chart = crowd(40);
    for language in LANGUAGES {
        let style = Style::new(900, 360, language);
        let texts = written(&to_svg(&chart, &style).unwrap());
        let drawing = drawn(&chart, &style);
        let named = |mark: &&Mark| {
            texts.iter().any(|text| {
                let middle = (text.frame.x + text.frame.width / 2.0, text.frame.y + text.frame.height / 2.0);
                mark.frame.contains(middle.0, middle.1)
            })
        };
        let nameless = drawing.marks.iter().filter(|mark| !named(mark)).count();
        assert!(nameless < 32, "{nameless} tiles say nothing");
        let below = texts.iter().filter(|text| text.frame.y > drawing.plot.bottom()).count();
        assert!(nameless == 0 || below > 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn texts_keep_apart_at_any_size(
        width in 300u32..2400, height in 200u32..600, count in 1usize..120, scale in 0.0f64..9.0, chinese: bool, with_title: bool,
    ) {
        let language = if chinese { Language::Chinese } else { Language::English };
        let style = Style { with_title, ..Style::new(width, height + if with_title { 72 } else { 0 }, language) };
        let size = 10f64.powf(scale);
        let counts: Vec<u64> = wave(count, 1, size).into_iter().flatten().map(|value| value as u64 + 1).collect();
        let mut lines = forecast(count);
        for value in lines.series.iter_mut().flat_map(|series| series.values.iter_mut()).flatten() {
            *value *= size;
        }
        let svgs = [
            to_svg(&lines, &style),
            to_svg(&columns(months(count), Arrangement::Stacked, size), &style),
            to_svg(&columns(XAxis::Days(Day(count as i32 * 100), count), Arrangement::Grouped, size), &style),
            to_svg(&growth(count), &style),
            to_svg(&areas(count, chinese), &style),
            to_svg(&histogram(&counts, u64::from(with_title), counts[0]), &style),
            to_svg(&scatter(count), &style),
            to_svg(&crowd(count), &style),
            to_svg(&triangle(count.min(30), count, language), &style),
            to_svg(&bars(Orientation::Vertical, &wave(count, 0, size).into_iter().flatten().collect::<Vec<_>>()), &style),
            to_svg(&bars(Orientation::Horizontal, &wave(count, 0, size).into_iter().flatten().collect::<Vec<_>>()), &style),
        ];
        for (kind, svg) in svgs.into_iter().enumerate() {
            let texts = written(&svg.unwrap());
            for (number, text) in texts.iter().enumerate() {
                let frame = text.frame;
                prop_assert!(
                    frame.x >= -1.0 && frame.y >= 0.0 && frame.right() <= f64::from(width) + 1.0
                        && frame.bottom() <= f64::from(style.height),
                    "{:?} is clipped in kind {}", text, kind
                );
                for other in &texts[number + 1..] {
                    prop_assert!(!overlap(frame, other.frame), "{:?} is on {:?} in kind {}", text, other, kind);
                }
            }
        }
    }

    #[test]
    fn no_number_breaks_a_kind(
        values in proptest::collection::vec(proptest::option::of(prop_oneof![any::<f64>(), -1e3f64..1e3]), 1..40),
        width in 1u32..700, height in 1u32..500, open in 0usize..50,
    ) {
        let style = Style::new(width, height, Language::Chinese);
        let series = vec![
            Series { name: "a".to_owned(), values: values.clone(), open_from: Some(open), ..Series::default() },
            Series { name: "b".to_owned(), values: values.iter().rev().copied().collect(), ..Series::default() },
        ];
        let days = XAxis::Days(Day(0), values.len());
        let mut svgs = Vec::new();
        for arrangement in [Arrangement::Stacked, Arrangement::Shares, Arrangement::Grouped] {
            svgs.push(to_svg(&ColumnChart { series: series.clone(), ..columns(days.clone(), arrangement, 1.0) }, &style));
        }
        for shares in [false, true] {
            svgs.push(to_svg(&AreaChart { series: series.clone(), ..areas(values.len(), shares) }, &style));
        }
        let finite: Vec<f64> = values.iter().copied().map(|value| value.unwrap_or(f64::NAN)).collect();
        let bins = Bins::of(&finite, 12, NumberKind::Decimal);
        prop_assert!(bins.total() == 0 || bins.total() == finite.iter().filter(|value| value.is_finite()).count() as u64);
        svgs.push(to_svg(&Histogram { bins, ..histogram(&[1], 0, 0) }, &style));
        let dots = finite.iter().map(|&value| Dot { x: value, y: -value, size: value, ..Dot::default() }).collect();
        svgs.push(to_svg(&Scatter { dots, ..scatter(1) }, &style));
        let band = Band { low: values.clone(), high: values.iter().map(|value| value.map(|value| value + 1.0)).collect(), ..Band::default() };
        svgs.push(to_svg(&LineChart { bands: vec![band], series, ..line(values.len()) }, &style));
        for svg in svgs {
            let svg = svg.unwrap();
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }
}

#[test]
fn funnels() {
    [2, 5, 20].into_iter().for_each(|steps| check(&funnel(steps)));
    let mut none_converts = funnel(3);
    for step in none_converts.steps.iter_mut().skip(1) {
        (step.reached, step.open, step.lost, step.rate) = (0, 0, 5_234, Some(0.0));
    }
    check(&none_converts);
    let nobody = FunnelChart { steps: vec![FunnelStep::default(); 3], ..funnel(3) };
    assert!(drawn(&nobody, &Style::new(400, 300, Language::English)).marks.is_empty());
}

#[test]
fn the_parts_of_a_step_lie_side_by_side() {
    let chart = funnel(4);
    let style = Style::new(800, chart.natural_height(), Language::English);
    let drawing = drawn(&chart, &style);
    for index in 1..4 {
        let widths: Vec<f64> =
            drawing.marks.iter().filter(|mark| mark.index == index).map(|mark| mark.frame.width).collect();
        let (step, before) = (&chart.steps[index], &chart.steps[index - 1]);
        let pixel = 800.0 / chart.steps[0].reached as f64;
        for (width, part) in widths.iter().zip([step.reached, step.open, step.lost]) {
            assert!((width - part as f64 * pixel).abs() < 2.0, "{width} for {part}");
        }
        assert!((widths.iter().sum::<f64>() - before.reached as f64 * pixel).abs() < 3.0);
    }
}
