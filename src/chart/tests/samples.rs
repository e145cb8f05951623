//! Charts with their own shapes, of any size: columns, areas, histograms, scatters, ranges around lines, tiles, flows, funnels.

use super::*;
use crate::dataset::calendar::{Period, Periods, WeekStart};

/// Numbers that look like data, the same every time.
pub fn wave(count: usize, number: usize, scale: f64) -> Vec<Option<f64>> {
    let at = |index: usize| {
        let angle = (index * (number + 3)) as f64 * 0.37;
        (scale * (1.5 + angle.sin()) / (number + 1) as f64).round()
    };
    (0..count).map(|index| Some(at(index))).collect()
}

pub fn layers(count: usize, scale: f64) -> Vec<Series> {
    let names = ["Organic", "自然流量", "Paid search", "Referral 推荐", "E-mail"];
    let layer = |(number, name): (usize, &&str)| Series {
        name: (*name).to_owned(),
        values: wave(count, number, scale),
        open_from: Some(count.saturating_sub(1)),
        ..Series::default()
    };
    names.iter().enumerate().map(layer).collect()
}

pub fn months(count: usize) -> XAxis {
    let periods = Periods { period: Period::Month, week_start: WeekStart::Monday };
    XAxis::Periods(periods.number(Day(19_500)), count, periods)
}

pub fn columns(x: XAxis, arrangement: Arrangement, scale: f64) -> ColumnChart {
    let series = layers(x.len(), scale);
    ColumnChart {
        title: "New users 新增用户".to_owned(),
        subtitle: "per month, UTC".to_owned(),
        x,
        series,
        arrangement,
        total_name: "All 合计".to_owned(),
        ..ColumnChart::default()
    }
}

/// Growth: who came, came back and left.
pub fn growth(count: usize) -> ColumnChart {
    let mut chart = columns(months(count), Arrangement::Stacked, 900.0);
    chart.series.truncate(3);
    for value in chart.series[2].values.iter_mut().flatten() {
        *value *= -1.5;
    }
    chart
}

pub fn areas(count: usize, shares: bool) -> AreaChart {
    AreaChart {
        title: "Active users 活跃用户".to_owned(),
        subtitle: "per day, UTC".to_owned(),
        x: XAxis::Days(Day(19_500), count),
        series: layers(count, 40_000.0),
        shares,
        total_name: "All 合计".to_owned(),
        ..AreaChart::default()
    }
}

/// Days from Wednesday, 2023-05-24 on; the fourth has no value.
pub fn calendar(count: usize, week_start: WeekStart) -> CalendarHeatMap {
    let mut values = wave(count, 2, 42.0);
    if let Some(value) = values.get_mut(3) {
        *value = None;
    }
    CalendarHeatMap {
        title: "Orders 订单".to_owned(),
        subtitle: "per day, UTC".to_owned(),
        first: Day(19_501),
        values,
        name: "Orders".to_owned(),
        week_start,
        number: NumberKind::Count,
    }
}

pub fn histogram(counts: &[u64], below: u64, above: u64) -> Histogram {
    let thresholds =
        [(12.0, "Median 中位数"), (13.0, "Average order 客单价"), (47.0, "Top 10%"), (1e9, "out of sight")];
    Histogram {
        title: "Order value 订单金额".to_owned(),
        subtitle: "orders, CNY".to_owned(),
        x_name: "CNY 每单金额".to_owned(),
        bins: Bins {
            edges: (0..=counts.len()).map(|edge| edge as f64 * 5.0).collect(),
            counts: counts.to_vec(),
            below,
            above,
        },
        x: NumberKind::Decimal,
        shares: counts.len() % 2 == 1,
        thresholds: thresholds
            .map(|(value, label)| Threshold { value, label: label.to_owned() })
            .into_iter()
            .collect(),
    }
}

pub fn scatter(count: usize) -> Scatter {
    let dot = |number: usize| {
        let angle = number as f64 * 2.399_963;
        let distance = (number as f64 / count as f64).sqrt();
        Dot {
            key: number.to_string(),
            label: format!("Channel 渠道 {number}"),
            x: 500.0 + 480.0 * distance * angle.cos(),
            y: 3e5 + 2.9e5 * distance * angle.sin(),
            size: if count < 100 { (number * 7 % 13) as f64 } else { 0.0 },
            group: number % 3,
        }
    };
    Scatter {
        title: "Channels 渠道".to_owned(),
        subtitle: "last 90 days".to_owned(),
        x_name: "Cost of a new user 获客成本".to_owned(),
        y_name: "Value of a user 用户价值".to_owned(),
        size_name: "Users".to_owned(),
        groups: ["Paid", "自有", "Other"].map(str::to_owned).to_vec(),
        dots: (0..count).map(dot).collect(),
        guides: vec![
            Guide::Upright(400.0, "Target 目标".to_owned()),
            Guide::Level(250_000.0, "Average 平均".to_owned()),
            Guide::Trend("Trend 趋势".to_owned()),
        ],
        ..Scatter::default()
    }
}

pub fn forecast(count: usize) -> LineChart {
    let mut chart = line(count);
    chart.series.truncate(2);
    chart.series[1].emphasis = Emphasis::Comparison;
    chart.series[1].name = "Last year 去年同期".to_owned();
    let around = |factor: f64| -> Vec<Option<f64>> {
        chart.series[0].values.iter().map(|value| value.map(|value| value * factor)).collect()
    };
    chart.bands = vec![Band { series: 0, name: "95%".to_owned(), low: around(0.8), high: around(1.4) }];
    chart
}

pub fn crowd(count: usize) -> Treemap {
    let item = |number: usize| Item {
        key: number.to_string(),
        label: if number.is_multiple_of(2) {
            format!("Segment {number}")
        } else {
            format!("重要分群 {number}")
        },
        size: 100_000.0 / ((number + 1) as f64).powi(2),
        text: format!("{number} users"),
        tint: Tint::Group(number),
    };
    Treemap { items: (0..count).map(item).collect(), ..tiles() }
}

/// Flows between steps of so many bars; what is gone grows.
pub fn flows(steps: usize, bars: usize) -> Sankey {
    let weight = |number: usize| ((bars - number) * (bars - number)) as f64;
    let total: f64 = (0..bars).map(weight).sum();
    let node = |(number, name): (usize, String)| FlowNode {
        tip: format!("{name} tip"),
        label: name,
        value: weight(number),
        tone: match number {
            0 => FlowTone::Open,
            1 => FlowTone::Gone,
            2 => FlowTone::Rest,
            3 => FlowTone::Series(1),
            other => FlowTone::Group(other),
        },
    };
    let name = |number: usize| {
        if number.is_multiple_of(2) {
            format!("add_to_cart {number}")
        } else {
            format!("浏览商品 {number}")
        }
    };
    let link = |from: usize, to: usize| FlowLink {
        from,
        to,
        value: weight(from) * weight(to) / total,
        tip: format!("{from} to {to}"),
    };
    let step = |index: usize| FlowStep {
        label: format!("Step 第{index}步"),
        nodes: (0..bars).map(|number| node((number, name(number)))).collect(),
        links: if index + 1 < steps {
            (0..bars).flat_map(|from| (0..bars).map(move |to| link(from, to))).collect()
        } else {
            Vec::new()
        },
    };
    Sankey {
        title: "Paths 路径".to_owned(),
        subtitle: "sessions, UTC".to_owned(),
        steps: (0..steps).map(step).collect(),
        ..Sankey::default()
    }
}

pub fn funnel(steps: usize) -> FunnelChart {
    let names =
        ["view_item", "加入购物车", "checkout with a rather long name of a step", "支付成功", "review"];
    let count = |step: usize| 5_234 / (step as u64 * step as u64 + 1);
    let step = |index: usize| FunnelStep {
        label: names[index % names.len()].to_owned(),
        reached: count(index),
        open: if index > 0 { (count(index - 1) - count(index)) / 7 } else { 0 },
        lost: if index > 0 { (count(index - 1) - count(index)) * 6 / 7 } else { 0 },
        rate: Some(count(index) as f64 / count(0) as f64),
        rate_of_previous: (index > 0).then(|| count(index) as f64 / count(index - 1) as f64),
        detail: "47.3% of the step before \u{b7} median 3 h 20 min".to_owned(),
        compared: Some(0.3),
    };
    FunnelChart {
        title: "Conversion 转化".to_owned(),
        subtitle: "users".to_owned(),
        steps: (0..steps).map(step).collect(),
    }
}
