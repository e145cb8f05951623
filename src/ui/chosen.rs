//! The files at hand and how each of them is to be read.

use strata::engine::request::{FileOptions, OpenOptions};
use strata::ingest::detect::Inspection;
use strata::ingest::guess::ColumnGuess;
use strata::ingest::mapping::{Mapping, Role};
use strata::sample;
use strata::worker::{Source, SourceFile};

/// What files are for that somebody chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// They take the place of all that is there.
    New,
    /// They are read together with what is there.
    Add,
    /// They take the place of files with the same name; the others are added.
    ReplaceNamed,
    /// The first takes the place of the file with this number; the others are added.
    Replace(usize),
}

/// A source with its inspections and the options under which it is, or will be, read.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The files.
    pub source: Source,
    /// How each of them is read, in the order of the source; one for the sample.
    pub files: Vec<ChosenFile>,
    /// What holds for all of them: zone, weeks, duplicates.
    pub options: OpenOptions,
}

/// How a file is to be read.
#[derive(Debug, Clone, Default)]
pub struct ChosenFile {
    /// What its beginning shows; the sample is looked at only when its columns are asked for.
    pub inspection: Option<Inspection>,
    /// Its mapping and what has been chosen of its layout.
    pub options: FileOptions,
    /// Whether somebody has said which way round day and month are, where the file leaves it open.
    pub date_order_said: bool,
}

impl ChosenFile {
    /// A file of which nothing is known but its name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { options: FileOptions { file: name.to_owned(), ..FileOptions::default() }, ..Self::default() }
    }

    /// The roles of its columns as chosen so far.
    #[must_use]
    pub fn mapping(&self) -> Mapping {
        self.options.mapping.clone().unwrap_or_default()
    }

    /// Takes over what its beginning shows. A mapping that names columns which are no longer there is guessed anew.
    pub fn take_inspection(&mut self, inspection: Inspection) {
        let known = self.options.mapping.as_ref().is_some_and(|mapping| fits(mapping, &inspection.columns));
        if !known {
            self.options.mapping = Some(inspection.mapping.clone());
            self.date_order_said = false;
        }
        self.options.part.clone_from(&inspection.part);
        self.inspection = Some(inspection);
    }

    /// The guess for the column that is used as time.
    #[must_use]
    pub fn time_guess(&self) -> Option<&ColumnGuess> {
        let time = self.options.mapping.as_ref()?.time.as_ref()?;
        self.inspection.as_ref()?.columns.iter().find(|column| column.name == *time)
    }

    /// Whether day and month could be either way round, and nobody has said which.
    #[must_use]
    pub fn order_open(&self) -> bool {
        !self.date_order_said && self.time_guess().is_some_and(|guess| guess.ambiguous_date)
    }

    /// Whether there is no row below the header, as far as has been seen.
    #[must_use]
    pub fn is_without_rows(&self) -> bool {
        self.inspection.as_ref().is_some_and(|inspection| inspection.preview.is_empty())
    }

    /// The roles without which it cannot be read and that no column has.
    #[must_use]
    pub fn missing_roles(&self) -> Vec<Role> {
        let mapping = self.mapping();
        let missing = |role: &Role| match role {
            Role::SameUser => mapping.same_user.is_empty(),
            role => mapping.column(*role).is_none(),
        };
        mapping.kind.required().iter().copied().filter(missing).collect()
    }
}

/// Whether all columns that a mapping names are there.
fn fits(mapping: &Mapping, columns: &[ColumnGuess]) -> bool {
    let single = Role::EVERY.into_iter().filter_map(|role| mapping.column(role));
    let listed = mapping.same_user.iter().chain(&mapping.attributes).map(String::as_str);
    single
        .chain(listed)
        .chain(mapping.refunds.column())
        .all(|name| columns.iter().any(|column| column.name == name))
}

impl Chosen {
    /// The sample, whose columns nobody has looked at.
    #[must_use]
    pub fn sample() -> Self {
        let options = OpenOptions { time_zone: Some(sample::TIME_ZONE.to_owned()), ..OpenOptions::default() };
        let file = ChosenFile { date_order_said: true, ..ChosenFile::named(sample::FILE_NAME) };
        Self { source: Source::Sample, files: vec![file], options }
    }

    /// These files and no others, or these beside or in place of those that are there; with the number of the first of them.
    #[must_use]
    pub fn with_files(
        before: Option<Self>,
        files: Vec<SourceFile>,
        intake: Intake,
        zone: &str,
    ) -> (Self, usize) {
        let options = OpenOptions { time_zone: Some(zone.to_owned()), ..OpenOptions::default() };
        let (mut sources, mut chosen, options) = match (before, intake) {
            (Some(Self { source: Source::Files(sources), files, options }), intake)
                if intake != Intake::New =>
            {
                (sources, files, options)
            }
            _ => (Vec::new(), Vec::new(), options),
        };
        let mut place = match intake {
            Intake::Replace(file) => Some(file),
            _ => None,
        };
        let mut first = None;
        for mut file in files {
            if intake == Intake::ReplaceNamed {
                place = sources.iter().position(|before| before.name == file.name);
            }
            if intake == Intake::ReplaceNamed && renew_parts(&mut sources, &file) {
                continue;
            }
            let number = match place.take().filter(|place| *place < sources.len()) {
                Some(place) => place,
                None => sources.len(),
            };
            file.name = free_name(&file.name, &sources, number);
            if let (Some(source), Some(chosen)) = (sources.get_mut(number), chosen.get_mut(number)) {
                chosen.options.file.clone_from(&file.name);
                *source = file;
            } else {
                chosen.push(ChosenFile::named(&file.name));
                sources.push(file);
            }
            first.get_or_insert(number);
        }
        (Self { source: Source::Files(sources), files: chosen, options }, first.unwrap_or(0))
    }

    /// Takes over what the beginnings of the files show. Of an archive the tables have been looked at: each is a file of its own
    /// from now on.
    pub fn take_inspections(&mut self, inspections: Vec<Inspection>) {
        let Source::Files(sources) = &mut self.source else {
            for (file, inspection) in self.files.iter_mut().zip(inspections) {
                file.take_inspection(inspection);
            }
            return;
        };
        let before: Vec<(SourceFile, ChosenFile)> = sources.drain(..).zip(self.files.drain(..)).collect();
        for inspection in inspections {
            let own = before.iter().find(|(source, _)| source.name == inspection.file);
            let part = inspection.part.as_deref().unwrap_or_default();
            let whole = || {
                before
                    .iter()
                    .find(|(source, _)| SourceFile::name_within(&source.name, part) == inspection.file)
            };
            let (source, mut file) = match own {
                Some((source, file)) => (source.clone(), file.clone()),
                None => match whole() {
                    Some((source, _)) => (source.within(part), ChosenFile::named(&inspection.file)),
                    None => continue,
                },
            };
            sources.push(SourceFile { bytes: inspection.bytes as f64, ..source });
            file.take_inspection(inspection);
            self.files.push(file);
        }
    }

    /// The parts of a file that are chosen, each with the number of its own file.
    #[must_use]
    pub fn parts_of(&self, file: usize) -> Vec<(String, usize)> {
        let Source::Files(sources) = &self.source else { return Vec::new() };
        let Some(whole) = sources.get(file).map(SourceFile::whole) else { return Vec::new() };
        let alike = (0..).zip(sources).filter(|(_, source)| source.whole() == whole);
        alike
            .filter_map(|(number, _)| Some((self.files.get(number)?.options.part.clone()?, number)))
            .collect()
    }

    /// The same with a further part of a file, which comes after those that are there; with the number of its file.
    #[must_use]
    pub fn with_part(mut self, file: usize, part: &str) -> (Self, usize) {
        let last = self.parts_of(file).into_iter().map(|(_, number)| number).max().unwrap_or(file);
        let Source::Files(sources) = &mut self.source else { return (self, file) };
        let number = (last + 1).min(sources.len());
        if let Some(source) = sources.get(file).map(|source| source.within(part)) {
            self.files.insert(number.min(self.files.len()), ChosenFile::named(&source.name));
            sources.insert(number, source);
        }
        (self, number)
    }

    /// The same without one of the files.
    #[must_use]
    pub fn without(mut self, file: usize) -> Self {
        if let Source::Files(sources) = &mut self.source
            && file < sources.len()
            && file < self.files.len()
        {
            sources.remove(file);
            self.files.remove(file);
        }
        self
    }

    /// The options as the engine takes them: those of a single file stand for themselves.
    #[must_use]
    pub fn open_options(&self) -> OpenOptions {
        let own: Vec<FileOptions> = self.files.iter().map(|file| file.options.clone()).collect();
        match own.as_slice() {
            [file] if file.part.is_none() => {
                let FileOptions { mapping, delimiter, header, encoding, quote, skip_lines, .. } =
                    file.clone();
                OpenOptions {
                    mapping,
                    delimiter,
                    header,
                    encoding,
                    quote,
                    skip_lines,
                    files: Vec::new(),
                    ..self.options.clone()
                }
            }
            _ => OpenOptions { files: own, ..self.options.clone() },
        }
    }

    /// The same files as `wanted` wants them read; what it does not say stays. Where it says how a file is laid out, what was
    /// seen of the file is forgotten.
    #[must_use]
    pub fn read_as(&self, wanted: &OpenOptions) -> Self {
        let mut changed = self.clone();
        changed.options.time_zone = wanted.time_zone.clone().or(changed.options.time_zone);
        changed.options.week_start = wanted.week_start.or(changed.options.week_start);
        changed.options.duplicates = wanted.duplicates;
        changed.options.sample = wanted.sample;
        changed.options.dates = wanted.dates;
        for file in &mut changed.files {
            let options = &mut file.options;
            let own = wanted.of_file(&options.file, options.part.as_deref()).cloned().unwrap_or_default();
            let mapping = own.mapping.or_else(|| wanted.mapping.clone());
            if mapping.is_some() {
                options.mapping = mapping;
                file.date_order_said = true;
            }
            let before = options.clone();
            options.delimiter = own.delimiter.or(wanted.delimiter).or(options.delimiter);
            options.header = own.header.or(wanted.header).or(options.header);
            options.encoding = own.encoding.or(wanted.encoding).or(options.encoding);
            options.quote = own.quote.or(wanted.quote).or(options.quote);
            options.skip_lines = own.skip_lines.or(wanted.skip_lines).or(options.skip_lines);
            if *options != before {
                file.inspection = None;
            }
        }
        changed
    }

    /// Whether all files have been looked at.
    #[must_use]
    pub fn is_looked_at(&self) -> bool {
        self.files.iter().all(|file| file.inspection.is_some())
    }

    /// Whether a file is in both, as far as names and sizes tell.
    #[must_use]
    pub fn shares_file(&self, other: &Self) -> bool {
        match (&self.source, &other.source) {
            (Source::Sample, Source::Sample) => true,
            (Source::Files(own), Source::Files(others)) => own
                .iter()
                .any(|own| others.iter().any(|other| own.name == other.name && own.bytes == other.bytes)),
            _ => false,
        }
    }
}

/// Takes a new file for the one whose parts are there; tells whether there are any.
fn renew_parts(sources: &mut [SourceFile], file: &SourceFile) -> bool {
    let mut parts =
        sources.iter_mut().filter(|source| source.part.is_some() && source.whole() == file.name).peekable();
    let found = parts.peek().is_some();
    parts.for_each(|part| part.blob = file.blob.clone());
    found
}

/// A name that no other file has: options are told apart by it.
fn free_name(name: &str, files: &[SourceFile], own: usize) -> String {
    let taken =
        |name: &str| files.iter().enumerate().any(|(number, file)| number != own && file.name == name);
    let (stem, ending) =
        name.rsplit_once('.').map_or((name, String::new()), |(stem, end)| (stem, format!(".{end}")));
    let numbered = (2..).map(|number| format!("{stem} ({number}){ending}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_else(|| name.to_owned())
}
