//! Committed inputs, one after the other.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Gives every file of a target's folder to its check; all that fail are named.
pub fn replay(folder: &str, target: &str, check: impl Fn(&[u8])) {
    let folder = Path::new(folder).join(target);
    let (mut failed, mut count) = (Vec::new(), 0);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        count += 1;
        if catch_unwind(AssertUnwindSafe(|| check(&bytes))).is_err() {
            failed.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    assert!(count > 4, "{}: {count} inputs", folder.display());
    assert!(failed.is_empty(), "{target}: {failed:?}");
}
