//! One thing has one name: the phrases of both languages, the guide and the glossary agree, and each language keeps its own
//! punctuation. Names and placeholders of the phrases are compared when they are compiled (`src/core/build.rs`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "the build script has a `main` of its own")]
#[path = "../src/ui/build.rs"]
mod guide_build;

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::segment::score::{Ties, by_quantile};

const ENGLISH: &str = include_str!("../locales/en.json");
const CHINESE: &str = include_str!("../locales/zh-CN.json");
const GLOSSARY: &str = include_str!("../docs/glossary.md");

/// Every phrase with its path.
fn phrases(text: &str) -> Vec<(String, String)> {
    fn collect(path: &str, value: &Value, into: &mut Vec<(String, String)>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    collect(&format!("{path}.{key}"), value, into);
                }
            }
            other => into.push((path.trim_start_matches('.').to_owned(), other.as_str().unwrap().to_owned())),
        }
    }
    let mut found = Vec::new();
    collect("", &serde_json::from_str(text).unwrap(), &mut found);
    assert!(found.len() > 300);
    found
}

/// The guide's pages of a language: path and Markdown.
fn guide(language: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/guide").join(language);
    let mut pages: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect();
    pages.sort();
    assert!(pages.len() >= 3);
    pages
}

fn is_chinese(sign: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&sign)
}

/// Pairs of neighbouring characters.
fn pairs(text: &str) -> impl Iterator<Item = (char, char)> {
    text.chars().zip(text.chars().skip(1))
}

/// A row of the glossary.
struct Term {
    english: String,
    chinese: String,
    /// Words not used for it.
    avoided: Vec<String>,
}

/// The glossary's rows; each of its tables has the same six columns.
fn glossary() -> Vec<Term> {
    let mut terms = Vec::new();
    for line in GLOSSARY.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| term ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 6, "{line}");
        assert!(cells[..5].iter().all(|cell| !cell.is_empty()), "{line}");
        assert!(cells[2].ends_with('.') && cells[3].ends_with('\u{3002}'), "one sentence each: {line}");
        terms.push(Term {
            english: cells[0].to_owned(),
            chinese: cells[1].to_owned(),
            avoided: cells[5].split('`').skip(1).step_by(2).map(str::to_owned).collect(),
        });
    }
    assert!(terms.len() > 40 && terms.iter().map(|term| term.avoided.len()).sum::<usize>() > 60);
    terms
}

/// Whether a text has a word: a Chinese one anywhere, an English one as a whole word in any case.
fn has_word(text: &str, word: &str) -> bool {
    if word.chars().any(is_chinese) {
        return text.contains(word);
    }
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    text.match_indices(&word).any(|(place, _)| {
        let before = text[..place].chars().next_back();
        let after = text[place + word.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

#[test]
fn one_thing_has_one_name() {
    let texts: Vec<(String, String)> =
        [phrases(ENGLISH), phrases(CHINESE), guide("en"), guide("zh-CN")].into_iter().flatten().collect();
    let terms = glossary();
    let mut wrong = Vec::new();
    for term in &terms {
        for word in &term.avoided {
            for (place, _) in texts.iter().filter(|(_, text)| has_word(text, word)) {
                wrong.push(format!("{place}: {word}, say {} / {}", term.english, term.chinese));
            }
        }
        for other in &terms {
            assert!(!term.avoided.contains(&other.english), "{} is a term", other.english);
            assert!(!term.avoided.contains(&other.chinese), "{} is a term", other.chinese);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn words_are_found() {
    assert!(has_word("The Basket value.", "basket value") && !has_word("basket values", "basket value"));
    assert!(has_word("\u{7528}\u{6237}\u{9ecf}\u{6027}", "\u{9ecf}\u{6027}"));
}

#[test]
fn chinese_has_its_own_punctuation() {
    let ascii = |sign: char| matches!(sign, ',' | ':' | ';' | '?' | '!' | '(' | ')');
    let wrong = |text: &str| {
        pairs(text).any(|(left, right)| {
            (is_chinese(left) && ascii(right))
                || (ascii(left) && is_chinese(right))
                || (is_chinese(left) && right == '.')
        })
    };
    assert!(wrong("\u{7559}\u{5b58},") && !wrong("\u{7559}\u{5b58}\u{ff0c}a, b"));
    for (place, text) in phrases(CHINESE) {
        assert!(!wrong(&text), "{place}: {text}");
    }
    for (place, page) in guide("zh-CN") {
        for line in page.lines() {
            // The brackets of a link belong to Markdown.
            assert!(!wrong(&line.replace("](", "]").replace(".md)", ".md")), "{place}: {line}");
        }
    }
}

#[test]
fn english_is_english() {
    for (place, text) in phrases(ENGLISH) {
        // The name of the other language is written as its readers write it.
        if !place.starts_with("app.language_zh") {
            assert!(!text.chars().any(is_chinese), "{place}: {text}");
        }
    }
}

#[test]
fn no_punctuation_stands_twice() {
    let mark = |sign: char| ".,;:?!\u{3002}\u{ff0c}\u{ff1b}\u{ff1a}\u{ff1f}\u{ff01}\u{3001}".contains(sign);
    let wrong =
        |text: &str| pairs(text).any(|(left, right)| mark(left) && mark(right)) || text.contains("  ");
    for (place, text) in phrases(ENGLISH).into_iter().chain(phrases(CHINESE)) {
        // Two spaces set a sign apart in a list of delimiters.
        assert!(place.starts_with("mapping.delimiter_") || !wrong(&text), "{place}: {text}");
    }
}

#[test]
fn both_languages_end_their_sentences() {
    for ((place, english), (_, chinese)) in phrases(ENGLISH).into_iter().zip(phrases(CHINESE)) {
        if place.starts_with("error.") {
            let ends = |text: &str, ends: &[char]| text.ends_with(ends);
            assert!(ends(&english, &['.', ')']) && ends(&chinese, &['\u{3002}', '\u{ff09}']), "{place}");
        }
    }
}

#[test]
fn the_guide_brings_nothing_in() {
    for (place, page) in guide("en").into_iter().chain(guide("zh-CN")) {
        let html = guide_build::to_html(&page).unwrap();
        for part in ["http", "<script", "<a ", "href=", "src=", "<h1", "<h2", "style="] {
            assert!(!html.contains(part), "{place}: {part}");
        }
        assert!(html.contains("<h3 id=\"guide-1\">") && html.contains("<pre>"), "{place}");
    }
    assert!(guide_build::to_html("<script>1</script>").is_err());
    assert!(guide_build::to_html("a <b>b</b>").is_err());
    assert!(guide_build::to_html("see https://example.com").is_err());
    assert!(guide_build::to_html("![](a.png)").is_err());
    assert_eq!(
        guide_build::to_html("# A\n\n## B\n\n[c](d.md)\n").unwrap(),
        "<h3 id=\"guide-1\">B</h3>\n<p>c</p>\n"
    );
}

#[test]
fn the_guides_pages_have_the_same_parts() {
    for ((place, english), (_, chinese)) in guide("en").into_iter().zip(guide("zh-CN")) {
        let headings = |page: &str| page.lines().filter(|line| line.starts_with("## ")).count();
        assert_eq!(headings(&english), headings(&chinese), "{place}");
    }
}

#[test]
fn links_in_the_guide_lead_somewhere() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/guide");
    let index = folder.join("README.md");
    let pages = guide("en").into_iter().chain(guide("zh-CN"));
    for (place, page) in pages.chain([(index.display().to_string(), fs::read_to_string(&index).unwrap())]) {
        for link in page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            assert!(PathBuf::from(&place).parent().unwrap().join(link).is_file(), "{place}: {link}");
        }
    }
}

/// Answers a question about a small file.
fn ask(csv: &str, request: &Value) -> Value {
    let log = load(&[("example.csv", csv.as_bytes())], &OpenOptions::default()).unwrap();
    let mut engine = Engine::default();
    engine.hold(log);
    let outcome: Value = serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap();
    outcome["report"].clone()
}

#[test]
fn the_overviews_example_is_right() {
    let csv = "user_id,time,event,order_id,amount\n\
        01,2025-03-01,purchase,A,60.00\n01,2025-03-01,purchase,A,40.00\n01,2025-03-09,purchase,B,80.00\n\
        02,2025-03-02,purchase,C,120.00\n02,2025-03-05,refund,C,30.00\n03,2025-01-20,visit,,\n04,2025-03-10,visit,,\n";
    let report = ask(csv, &json!({"analysis": "overview"}));
    let figures = ["users", "activeUsers", "buyers", "orders", "averageOrderValue", "repeatPurchaseRate"];
    assert_eq!(figures.map(|name| report[name].as_f64().unwrap()), [4.0, 3.0, 2.0, 3.0, 100.0, 0.5]);
    assert_eq!(report["grossRevenue"]["units"], 30_000);
    assert_eq!(report["netRevenue"]["units"], 27_000);
    let by_row = ask(csv, &json!({"analysis": "overview", "params": {"orders": "rows"}}));
    assert_eq!((&by_row["orders"], &by_row["averageOrderValue"]), (&json!(4), &json!(75.0)));
}

#[test]
fn the_segments_example_is_right() {
    let orders = [1, 1, 1, 1, 1, 1, 2, 2, 3, 5];
    let by_id = |index: usize| u32::try_from(index).unwrap();
    assert_eq!(by_quantile(&orders, Ties::Shared, by_id), [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]);
    assert_eq!(by_quantile(&orders, Ties::Ntile, by_id), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
}

#[test]
fn the_retention_example_is_right() {
    // Cohorts by their month, their size, and how many are back in each month after it.
    let cohorts: [(u32, u32, &[u32]); 3] = [(1, 100, &[40, 30, 12]), (2, 300, &[60, 20]), (3, 200, &[25])];
    let mut csv = "user_id,time\n".to_owned();
    for (month, size, back) in cohorts {
        for user in 0..size {
            csv.push_str(&format!("{month}-{user},2025-{month:02}-05\n"));
            for (later, _) in (1..).zip(back).filter(|(_, count)| user < **count) {
                csv.push_str(&format!("{month}-{user},2025-{:02}-10\n", month + later));
            }
        }
    }
    let report = ask(&csv, &json!({"analysis": "retention", "params": {"period": "month"}}));
    let average = |offset: usize| report["average"][offset]["rate"].as_f64().unwrap();
    assert_eq!((average(1), average(2)), (0.25, 0.3));
    let open: Vec<&Value> =
        report["cohorts"].as_array().unwrap().iter().map(|row| &row["openFrom"]).collect();
    assert_eq!(open, [&json!(3), &json!(2), &json!(1), &json!(0)]);
    assert_eq!(report["cohorts"][1]["active"], json!([300, 60, 20]));
}

#[test]
fn the_growths_example_is_right() {
    let csv = "user_id,day,amount\na,2025-01-05,10\nb,2025-01-06,20\nd,2025-01-07,6\na,2025-02-05,15\nb,2025-02-06,5\n\
        c,2025-02-07,8\nc,2025-03-05,8\nd,2025-03-31,9\n";
    let users = ask(csv, &json!({"analysis": "growth"}));
    let [_, february, march] = &users["periods"].as_array().unwrap()[..] else { panic!("three months") };
    let figures = |entry: &Value| {
        ["new", "retained", "resurrected", "churned", "net"].map(|name| entry[name].as_i64().unwrap())
    };
    assert_eq!((figures(february), figures(march)), ([1, 2, 0, 1, 0], [0, 1, 1, 2, -1]));
    assert_eq!((&february["quickRatio"], &march["winBackRate"]), (&json!(1.0), &json!(1.0)));
    assert_eq!(february["churnRate"], json!(1.0 / 3.0));
    let revenue = ask(csv, &json!({"analysis": "revenueGrowth"}));
    let february = &revenue["periods"][1];
    let amounts = ["revenue", "new", "expansion", "contraction", "churned"]
        .map(|name| february[name]["amount"]["units"].as_i64().unwrap());
    assert_eq!(amounts, [28, 8, 5, 15, 6]);
    let shares = ["netRetention", "grossRetention"].map(|name| february[name].as_f64().unwrap() * 36.0);
    assert!((shares[0] - 20.0).abs() < 1e-9 && (shares[1] - 15.0).abs() < 1e-9);
}

#[test]
fn the_repurchase_example_is_right() {
    let csv = "user_id,day,event,amount\na,2025-01-01,purchase,1\na,2025-01-11,purchase,1\nb,2025-01-28,purchase,1\n\
        c,2025-01-02,purchase,1\nc,2025-01-31,visit,\n";
    let report = ask(csv, &json!({"analysis": "repurchase", "params": {"window": 14}}));
    let step = |order: usize| {
        ["users", "converted", "open", "lapsed", "mature"]
            .map(|name| report["steps"][order - 1][name].as_u64().unwrap())
    };
    assert_eq!((step(1), step(2)), ([3, 1, 1, 1, 2], [1, 0, 0, 1, 1]));
    assert_eq!((&report["steps"][0]["rate"], &report["steps"][0]["medianDays"]), (&json!(0.5), &json!(10.0)));
}
