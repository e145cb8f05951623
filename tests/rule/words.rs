//! Rules as sentences, in both languages.

use serde_json::{Value, json};
use strata::locale::Language;
use strata::segment::rule::Rule;
use strata::segment::rule::sentence::sentence;

fn told(rule: &Value) -> (String, String) {
    let rule: Rule = serde_json::from_value(rule.clone()).unwrap();
    (sentence(Language::English, &rule), sentence(Language::Chinese, &rule))
}

#[test]
fn sentences() {
    let buy = json!({"events": ["buy"]});
    let week = json!({"amount": 1, "unit": "week"});
    let last = json!({"last": {"amount": 30, "unit": "day"}});
    let cases = [
        (json!({"all": []}), "Everybody", "所有用户"),
        (json!({"any": []}), "Nobody: no condition is set.", "没有用户：还没有设置条件。"),
        (json!({"did": {"event": buy}}), "did “buy”", "做过“buy”"),
        (
            json!({"did": {"event": buy, "window": last, "min": 3}}),
            "did “buy” at least 3 times in the last 30 days",
            "最近 30 天内做过“buy”至少 3 次",
        ),
        (json!({"did": {"event": buy, "min": 1, "max": 1}}), "did “buy” exactly once", "做过“buy”正好 1 次"),
        (json!({"did": {"event": buy, "max": 2}}), "did “buy” at most 2 times", "做过“buy”至多 2 次"),
        (json!({"did": {"event": buy, "min": 2, "max": 5}}), "did “buy” 2 to 5 times", "做过“buy” 2 至 5 次"),
        (json!({"did": {"event": buy, "max": 0}}), "did not do “buy”", "没有做过“buy”"),
        (
            json!({"did": {"event": {"events": ["a", "b"], "all": [{"column": "channel", "in": ["x", "y"]}]},
                "window": {"between": {"from": "2024-01-02", "to": "2024-01-05"}}}}),
            "did “a” or “b” (channel: x, y) from Jan 2, 2024 to Jan 5, 2024",
            "2024年1月2日 至 2024年1月5日 做过“a”或“b”（channel：x、y）",
        ),
        (
            json!({"did": {"measure": {"sum": "amount"}, "min": 100, "event": buy, "window": {"last": {"amount": 2, "unit": "month", "ago": 1}}}}),
            "have total amount of “buy” in the 2 months that ended 1 month ago ≥ 100",
            "截至 1 个月前的 2 个月内“buy”的amount 合计 ≥ 100",
        ),
        (json!({"did": {"measure": "days", "max": 3}}), "have active days ≤ 3", "活跃天数 ≤ 3"),
        (
            json!({"did": {"measure": "revenue", "min": 5, "max": 5, "window": {"between": {"from": "2024-01-02"}}}}),
            "have net revenue since Jan 2, 2024 = 5",
            "2024年1月2日 起净收入 = 5",
        ),
        (
            json!({"did": {"measure": {"average": "amount"}, "min": 1, "max": 2, "window": {"between": {"to": "2024-01-02"}}}}),
            "have average amount up to Jan 2, 2024 1 – 2",
            "截至 2024年1月2日 amount 平均值 1 – 2",
        ),
        (
            json!({"did": {"measure": {"distinct": "item"}, "window": {"firstDays": 7}, "min": 2}}),
            "have different values of item in their first 7 days ≥ 2",
            "首次出现后的 7 天内item 的不同取值数 ≥ 2",
        ),
        (
            json!({"top": {"percent": 10, "event": buy, "measure": {"largest": "amount"}}}),
            "are among the top 10% by largest amount of “buy”",
            "“buy”的amount 最大值位于最高的 10%",
        ),
        (
            json!({"top": {"percent": "2.5", "lowest": true}}),
            "are among the lowest 2.5% by number of times",
            "次数位于最低的 2.5%",
        ),
        (
            json!({"sequence": {"steps": [{}, buy], "within": {"amount": 1, "unit": "hour"}, "window": last}}),
            "did anything, then “buy”, all within 1 hour in the last 30 days",
            "最近 30 天内依次做过任意事件、然后“buy”，全程不超过 1 小时",
        ),
        (
            json!({"first": {"event": buy, "window": last}}),
            "did “buy” for the first time in the last 30 days",
            "最近 30 天内第一次做“buy”",
        ),
        (json!({"last": {"event": buy}}), "did “buy” for the last time", "最后一次做“buy”"),
        (
            json!({"regularly": {"event": buy, "times": 2, "period": week, "periods": 4, "atLeast": 3}}),
            "did “buy” at least 2 times per 1 week, in at least 3 of the last 4 such periods",
            "最近 4 个周期（每个周期 1 周）中，至少有 3 个周期做过“buy”至少 2 次",
        ),
        (
            json!({"stopped": {"event": buy, "silent": week}}),
            "did “buy” before, but not in the last 1 week",
            "以前做过“buy”，但最近 1 周没有",
        ),
        (
            json!({"stopped": {"event": buy, "silent": week, "before": {"amount": 2, "unit": "month"}}}),
            "did “buy” in the 2 months before, but not in the last 1 week",
            "此前 2 个月内做过“buy”，但最近 1 周没有",
        ),
        (
            json!({"restarted": {"event": buy, "recent": week, "silent": {"amount": 30, "unit": "day"}}}),
            "did “buy” again in the last 1 week, after at least 30 days without",
            "停止至少 30 天后，最近 1 周内又做了“buy”",
        ),
        (
            json!({"is": {"condition": {"column": "city", "in": ["Paris"]}}}),
            "have city: Paris",
            "city：Paris",
        ),
        (
            json!({"is": {"condition": {"column": "age", "min": 18}, "which": "last"}}),
            "have at last age ≥ 18",
            "最近的 age ≥ 18",
        ),
        (
            json!({"not": {"any": [{"did": {"event": buy}}, {"segment": {"saved": "A"}}]}}),
            "do not meet: (did “buy”, or are in “A”)",
            "不符合“（做过“buy”，或属于“A”）”",
        ),
        (
            json!({"regularly": {"event": buy, "period": week}}),
            "did “buy” at least once per 1 week, in at least 3 of the last 4 such periods",
            "最近 4 个周期（每个周期 1 周）中，至少有 3 个周期做过“buy”至少 1 次",
        ),
        (json!({"segment": {"saved": "VIP"}}), "are in “VIP”", "属于“VIP”"),
        (
            json!({"segment": {"analysis": "lifeCycle", "cell": {"stage": {"stage": "dormant"}}}}),
            "are in “Life-cycle stage: Dormant”",
            "属于“生命周期阶段：沉睡”",
        ),
        (json!({"not": {"segment": {"name": "VIP"}}}), "are not in “VIP”", "不属于“VIP”"),
        (
            json!({"not": {"segment": {"users": ["a"]}}}),
            "are not in a list of ids (1)",
            "不在 ID 名单中（1 个）",
        ),
        (json!({"segment": {"users": ["a"], "name": "Tried"}}), "are in “Tried”", "属于“Tried”"),
        (json!({"segment": {"users": ["a", "b"]}}), "are in a list of ids (2)", "在 ID 名单中（2 个）"),
        (
            json!({"all": [{"did": {"event": buy}}, {"any": [{"segment": {"saved": "A"}}, {"not": {"did": {}}}]}]}),
            "did “buy”, and (are in “A”, or do not meet: did anything)",
            "做过“buy”，且（属于“A”，或不符合“做过任意事件”）",
        ),
    ];
    for (rule, english, chinese) in cases {
        let whole = |part: &str, before: &str, after: &str| {
            if rule.get("all").or(rule.get("any")) == Some(&json!([])) {
                part.to_owned()
            } else {
                format!("{before}{part}{after}")
            }
        };
        let expected = (whole(english, "Users who ", "."), whole(chinese, "符合以下条件的用户：", "。"));
        assert_eq!(told(&rule), expected, "{rule}");
    }
}
