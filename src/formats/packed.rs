//! Recognises files by their bytes, and follows what is packed by one level.

use std::io::{Cursor, Read, SeekFrom};

use strata_core::error::{Error, ErrorKind, Result};

use crate::archive::{self, Member};
use crate::csv::TableText;
use crate::excel::{self, Sheets, Workbook};
use crate::inflate::{Packing, inflate};
use crate::json::{self, Objects};
use crate::source::{AnySource, Limits, Shared, from_io, head, in_memory, read_all};
use crate::{ColumnReader, Format, Opened, Part};

/// Bytes that are enough to tell what a file is.
const HEAD: u64 = 1 << 16;

/// The most members of a zip file that are looked into.
const LOOKED_INTO: usize = 200;

/// What the file is.
pub(crate) fn format(source: &mut AnySource) -> Result<Option<Format>> {
    let head = head(source, HEAD).map_err(from_io)?;
    let format = match begins(&head, (head.len() as u64) < HEAD)? {
        Some(Format::Zip) => {
            let format = zip_format(source);
            Some(format?)
        }
        Some(Format::Xls) if excel::is_encrypted(source) => {
            return Err(Error::new(ErrorKind::PasswordProtected));
        }
        other => other,
    };
    source.seek(SeekFrom::Start(0)).map_err(from_io)?;
    Ok(format)
}

/// What begins like this. Workbooks that are zip files are told apart by [`zip_format`].
fn begins(head: &[u8], whole: bool) -> Result<Option<Format>> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    Ok(if starts(&[0x1f, 0x8b]) {
        Some(Format::Gzip)
    } else if starts(&[0x28, 0xb5, 0x2f, 0xfd])
        || (head.get(1..4) == Some(&[0x2a, 0x4d, 0x18]) && head.first().is_some_and(|first| first >> 4 == 5))
    {
        Some(Format::Zstd)
    } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        Some(Format::Zip)
    } else if starts(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        Some(Format::Xls)
    } else if starts(b"PAR1") {
        Some(Format::Parquet)
    } else if starts(b"PARE") {
        return Err(Error::new(ErrorKind::PasswordProtected));
    } else if starts(b"ARROW1") {
        Some(Format::ArrowFile)
    } else if starts(&[0xff, 0xff, 0xff, 0xff]) {
        Some(Format::ArrowStream)
    } else {
        json::sniff(head, whole)
    })
}

fn zip_format(source: &mut AnySource) -> Result<Format> {
    let members = archive::members(source)?;
    let has = |name: &str| members.iter().any(|member| member.name == name);
    Ok(if has("xl/workbook.xml") || has("xl/workbook.bin") {
        Format::Xlsx
    } else if has("mimetype") && has("content.xml") {
        Format::Ods
    } else {
        Format::Zip
    })
}

/// The parts of a file.
pub(crate) fn parts(name: &str, source: AnySource, format: Format, limits: Limits) -> Result<Vec<Part>> {
    let whole =
        |bytes, rows, inside| vec![Part { name: name.to_owned(), bytes, rows, hidden: false, inside }];
    Ok(match format {
        Format::Xlsx | Format::Xls | Format::Ods => {
            Workbook::open(source, format, Sheets::Listed, limits)?.parts()
        }
        Format::Parquet | Format::ArrowFile => {
            whole(None, ColumnReader::open(name, source, format, limits)?.rows(), None)
        }
        Format::ArrowStream | Format::Json | Format::JsonLines => whole(None, None, None),
        Format::Gzip | Format::Zstd => {
            let content = inflate(source, packing(format), limits);
            let inside = Inside::of(content, limits)?;
            let format = inside.format();
            match inside {
                Inside::Seekable(source, inner) if is_workbook(inner) => {
                    let mut parts = Workbook::open(source, inner, Sheets::Listed, limits)?.parts();
                    parts.iter_mut().for_each(|part| part.inside = Some(inner));
                    parts
                }
                _ => whole(None, None, format),
            }
        }
        Format::Zip => members(source, limits)?,
    })
}

fn members(mut source: AnySource, limits: Limits) -> Result<Vec<Part>> {
    let members = archive::members(&mut source)?;
    let shared = Shared::new(source).map_err(from_io)?;
    let mut parts = Vec::new();
    for (nth, member) in members.iter().enumerate() {
        let mut part = Part {
            name: member.name.clone(),
            bytes: Some(member.bytes),
            rows: None,
            hidden: false,
            inside: None,
        };
        // What cannot be looked into is listed all the same; opening it says why.
        let content = (nth < LOOKED_INTO).then(|| archive::open(Box::new(shared.clone()), member, limits));
        let inside = content.and_then(|content| content.and_then(|content| Inside::of(content, limits)).ok());
        if let Some(inside) = inside {
            part.inside = inside.format();
            if let Inside::Seekable(source, inner) = inside
                && is_workbook(inner)
            {
                let sheets =
                    Workbook::open(source, inner, Sheets::Listed, limits).map(|mut book| book.parts());
                let sheets = sheets.unwrap_or_default();
                if sheets.len() > 1 {
                    parts.extend(sheets.into_iter().map(|sheet| Part {
                        name: format!("{}/{}", member.name, sheet.name),
                        inside: Some(inner),
                        ..sheet
                    }));
                    continue;
                }
            }
        }
        parts.push(part);
    }
    Ok(parts)
}

/// Opens a part.
pub(crate) fn open(
    name: &str,
    mut source: AnySource,
    format: Format,
    part: Option<&str>,
    limits: Limits,
) -> Result<Opened> {
    match format {
        Format::Gzip | Format::Zstd => {
            let content = inflate(source, packing(format), limits);
            open_inside(name, Inside::of(content, limits)?, part.filter(|part| *part != name), limits)
        }
        Format::Zip => {
            let members = archive::members(&mut source)?;
            let (member, part) = chosen(&members, part)?;
            let content = archive::open(source, member, limits)?;
            let inside = Inside::of(content, limits).map_err(|error| crate::in_file(error, &member.name))?;
            open_inside(&member.name, inside, part, limits)
        }
        _ => open_seekable(name, source, format, part, limits),
    }
}

/// The member that a part names, and what it names within that.
fn chosen<'a, 'b>(members: &'a [Member], part: Option<&'b str>) -> Result<(&'a Member, Option<&'b str>)> {
    let Some(part) = part else {
        let first = members.first().ok_or_else(|| Error::new(ErrorKind::NothingInside))?;
        return Ok((first, None));
    };
    if let Some(member) = members.iter().find(|member| member.name == part) {
        return Ok((member, None));
    }
    let within = members.iter().filter_map(|member| {
        let rest = part.strip_prefix(&member.name)?.strip_prefix('/')?;
        Some((member, Some(rest)))
    });
    within.max_by_key(|(member, _)| member.name.len()).ok_or_else(|| {
        let names: Vec<&str> = members.iter().take(20).map(|member| member.name.as_str()).collect();
        Error::new(ErrorKind::UnknownPart).found(part).expected(names.join(", "))
    })
}

fn open_inside(name: &str, inside: Inside, part: Option<&str>, limits: Limits) -> Result<Opened> {
    match inside {
        Inside::Text(content) => Ok(Opened::Text(content)),
        Inside::Json(content, format) => {
            Ok(Opened::Table(TableText::new(Objects::new(name, content, format, limits))))
        }
        Inside::Seekable(source, format) => open_seekable(name, source, format, part, limits),
    }
}

fn open_seekable(
    name: &str,
    source: AnySource,
    format: Format,
    part: Option<&str>,
    limits: Limits,
) -> Result<Opened> {
    Ok(match format {
        Format::Xlsx | Format::Xls | Format::Ods => {
            Opened::Table(Workbook::open(source, format, Sheets::Read, limits)?.table(name, part, limits)?)
        }
        Format::Json | Format::JsonLines => {
            Opened::Table(TableText::new(Objects::new(name, Box::new(source), format, limits)))
        }
        Format::Parquet | Format::ArrowFile | Format::ArrowStream => {
            Opened::Columns(Box::new(ColumnReader::open(name, source, format, limits)?))
        }
        Format::Gzip | Format::Zstd | Format::Zip => return Err(packed_twice()),
    })
}

/// What a packed stream holds.
enum Inside {
    Text(Box<dyn Read>),
    Json(Box<dyn Read>, Format),
    /// What has to be read in any order, and so is held in memory.
    Seekable(AnySource, Format),
}

impl Inside {
    fn of(mut content: Box<dyn Read>, limits: Limits) -> Result<Self> {
        let mut head = Vec::new();
        (&mut content).take(HEAD).read_to_end(&mut head).map_err(from_io)?;
        let format = begins(&head, (head.len() as u64) < HEAD)?;
        let mut content: Box<dyn Read> = Box::new(Cursor::new(head).chain(content));
        match format {
            None => Ok(Self::Text(content)),
            Some(format @ (Format::Json | Format::JsonLines)) => Ok(Self::Json(content, format)),
            Some(Format::Gzip | Format::Zstd) => Err(packed_twice()),
            Some(_) => {
                let mut source = in_memory(read_all(&mut content, limits.memory)?);
                match self::format(&mut source)? {
                    Some(Format::Zip) => Err(packed_twice()),
                    Some(format) => Ok(Self::Seekable(source, format)),
                    None => Err(Error::new(ErrorKind::UnknownFormat)),
                }
            }
        }
    }

    fn format(&self) -> Option<Format> {
        match self {
            Self::Text(_) => None,
            Self::Json(_, format) | Self::Seekable(_, format) => Some(*format),
        }
    }
}

fn packing(format: Format) -> Packing {
    if format == Format::Gzip { Packing::Gzip } else { Packing::Zstd }
}

fn is_workbook(format: Format) -> bool {
    matches!(format, Format::Xlsx | Format::Xls | Format::Ods)
}

/// An archive in an archive.
fn packed_twice() -> Error {
    Error::new(ErrorKind::PackedTwice)
}
