//! Zip files: which members they have, and the bytes of one.

use std::io::{self, Read, Seek, SeekFrom};

use strata_core::error::{Error, ErrorKind, Result};
use zip::{CompressionMethod, ZipArchive};

use crate::inflate::{Packing, inflate};
use crate::source::{AnySource, Limits, from_cause, from_io, to_io};

/// A member that is a file.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub name: String,
    /// Bytes when unpacked, as the zip file says.
    pub bytes: u64,
    packed: u64,
    start: u64,
    packing: Option<Packing>,
    method: String,
    encrypted: bool,
    checksum: u32,
}

impl Member {
    /// Bytes in the file.
    pub(crate) fn packed(&self) -> u64 {
        self.packed
    }
}

/// The members that are files: no folders, nothing that only a file system cares for.
pub(crate) fn members(source: &mut AnySource) -> Result<Vec<Member>> {
    let mut archive = ZipArchive::new(source).map_err(|error| from_cause(&error))?;
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|error| from_cause(&error))?;
        let name = name(file.name_raw());
        if file.is_dir() || is_leftover(&name) {
            continue;
        }
        let start = file.data_start().ok_or_else(|| Error::new(ErrorKind::BrokenFile).found(&name))?;
        let packing = match file.compression() {
            CompressionMethod::Stored => Some(Packing::Stored),
            CompressionMethod::Deflated => Some(Packing::Deflate),
            CompressionMethod::Deflate64 => Some(Packing::Deflate64),
            CompressionMethod::ZSTD => Some(Packing::Zstd),
            _ => None,
        };
        members.push(Member {
            name,
            bytes: file.size(),
            packed: file.compressed_size(),
            start,
            packing,
            method: format!("{}", file.compression()),
            encrypted: file.encrypted(),
            checksum: file.crc32(),
        });
    }
    Ok(members)
}

/// Whether a member is only there for a file system or a program that had the others open.
fn is_leftover(name: &str) -> bool {
    let folders = name.rsplit('/').skip(1);
    let base = name.rsplit('/').next().unwrap_or("");
    base.is_empty()
        || base.starts_with('.')
        || base.starts_with("~$")
        || ["Thumbs.db", "desktop.ini"].iter().any(|known| base.eq_ignore_ascii_case(known))
        || folders.into_iter().any(|folder| folder == "__MACOSX")
}

/// A member's name. Programs on Chinese Windows write theirs in GBK without saying so.
fn name(raw: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(raw) {
        return text.to_owned();
    }
    let encoding = crate::encoding::detect_short(raw);
    encoding.decode_without_bom_handling(raw).0.into_owned()
}

/// The bytes of one member; its checksum and size are compared at the end.
pub(crate) fn open(mut source: AnySource, member: &Member, limits: Limits) -> Result<Box<dyn Read>> {
    if member.encrypted {
        return Err(Error::new(ErrorKind::PasswordProtected).in_file(&member.name));
    }
    let Some(packing) = member.packing else {
        return Err(Error::new(ErrorKind::UnknownFormat).in_file(&member.name).found(&member.method));
    };
    source.seek(SeekFrom::Start(member.start)).map_err(from_io)?;
    let content = inflate(source.take(member.packed), packing, limits);
    let sum = flate2::Crc::new();
    Ok(Box::new(Checked { content, sum, left: member.bytes, expected: member.checksum, ended: false }))
}

/// Compares what came with what the zip file promised.
struct Checked {
    content: Box<dyn Read>,
    sum: flate2::Crc,
    left: u64,
    expected: u32,
    ended: bool,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        self.sum.update(buffer.get(..read).unwrap_or_default());
        let broken = |found: &str| to_io(Error::new(ErrorKind::BrokenFile).found(found));
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| broken("size"))?;
        if read == 0 && !buffer.is_empty() && !self.ended {
            self.ended = true;
            if self.left > 0 {
                return Err(broken("size"));
            }
            if self.sum.sum() != self.expected {
                return Err(broken("checksum"));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_written() {
        // 一月订单.csv and 订单/渠道花费.csv in GBK, as programs on Chinese Windows write them, and in UTF-8.
        assert_eq!(name(b"\xd2\xbb\xd4\xc2\xb6\xa9\xb5\xa5.csv"), "一月订单.csv");
        assert_eq!(name(b"\xb6\xa9\xb5\xa5/\xc7\xfe\xb5\xc0\xbb\xa8\xb7\xd1.csv"), "订单/渠道花费.csv");
        assert_eq!(name("一月订单.csv".as_bytes()), "一月订单.csv");
        assert_eq!(name(b"orders 2024.csv"), "orders 2024.csv");
    }

    #[test]
    fn what_nobody_packed_on_purpose_is_no_member() {
        for leftover in [
            "__MACOSX/._a.csv",
            "export/__MACOSX/a.csv",
            ".DS_Store",
            "a/.DS_Store",
            "a/",
            "~$book.xlsx",
            "THUMBS.DB",
        ] {
            assert!(is_leftover(leftover), "{leftover}");
        }
        for member in ["a.csv", "a/b.csv", "订单.xlsx", "__MACOSX.csv", "my.DS_Store"] {
            assert!(!is_leftover(member), "{member}");
        }
    }
}
