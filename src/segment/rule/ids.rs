//! Lists of ids as people have them: pasted, or the first column of a file.

/// The most ids in a list: they are kept in the page's address.
pub const MOST_IDS: usize = 10_000;

/// The ids in a text: one in each line, or on a single line several between commas, semicolons or tabs. Of a line with
/// several cells the first counts; quotation marks around a cell, spaces around an id and empty lines go. Each id once, in
/// the order of the text. The name of a column at the top (`user_id`, `id`, `用户ID`, ...) is none.
#[must_use]
pub fn ids(text: &str) -> Vec<String> {
    const BETWEEN: [char; 4] = [',', ';', '\t', '，'];
    let clean = |cell: &str| {
        let cell = cell.trim().trim_start_matches('\u{feff}');
        let bare = cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        // Exports of ours put an apostrophe before what a spreadsheet would take for a formula.
        let bare = bare.unwrap_or(cell).trim();
        match bare.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
            _ => bare.to_owned(),
        }
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    let first = lines.next().unwrap_or_default();
    let cells: Vec<String> = if lines.peek().is_none() {
        first.split(BETWEEN).map(clean).collect()
    } else {
        let cell = |line: &str| clean(line.split(BETWEEN).next().unwrap_or_default());
        std::iter::once(first).chain(lines).map(cell).collect()
    };
    let named = cells.len() > 1 && cells.first().is_some_and(|cell| is_name(cell));
    let mut seen = std::collections::BTreeSet::new();
    let fresh = |cell: &String| !cell.is_empty() && seen.insert(cell.clone());
    cells.into_iter().skip(usize::from(named)).filter(fresh).collect()
}

/// Whether a cell is what a column of users is called.
fn is_name(cell: &str) -> bool {
    let plain: String = cell.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect();
    const NAMES: [&str; 9] =
        ["id", "user", "userid", "customer", "customerid", "member", "memberid", "用户", "用户id"];
    NAMES.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_people_have_them() {
        assert_eq!(ids("a\nb\n\n a \r\nc"), ["a", "b", "c"]);
        assert_eq!(ids("007, 8; 9\t10，11"), ["007", "8", "9", "10", "11"]);
        assert_eq!(ids("\u{feff}user_id,name\n\"1\",Ann\n2,Bob\n"), ["1", "2"]);
        assert_eq!(ids("用户ID\nx\n'+86 1\n'quoted"), ["x", "+86 1", "'quoted"]);
        assert_eq!(ids("id"), ["id"], "alone it is an id");
        assert_eq!(ids("customer\nuser"), ["user"], "only the first line can be a name");
        assert_eq!(ids("a b\nc"), ["a b", "c"], "a space may be part of an id");
        assert!(ids(" \n\n").is_empty() && ids("").is_empty() && ids(",;").is_empty());
    }
}
