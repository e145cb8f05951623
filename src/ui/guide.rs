//! The guide to each question, as it stands in `docs/guide/`: the build makes HTML of it.

use super::address::Page;
use strata::locale::Language;

include!(concat!(env!("OUT_DIR"), "/guide.rs"));

/// The guide to a question's page as HTML: headings from `h3` down, paragraphs, lists, tables and code; no links, no
/// scripts. Empty for a page that has none.
#[must_use]
pub fn guide(page: Page, language: Language) -> &'static str {
    let texts = GUIDE.iter().find(|(name, _)| *name == page.name());
    texts.map_or("", |(_, [english, chinese])| match language {
        Language::English => english,
        Language::Chinese => chinese,
    })
}
