//! Parquet files.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use ::parquet::basic::Encoding;
use ::parquet::file::metadata::ColumnChunkMetaData;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use strata_core::error::Result;

use super::Batches;
use super::input::Input;
use crate::source::{AnySource, Limits, from_cause, from_io};

/// Rows of one batch, and so of one chunk. DuckDB's groups have 122,880.
const BATCH: usize = 122_880;

/// An open file: its bytes, and what its end says of them.
pub(super) struct ParquetFile {
    input: Input,
    metadata: ArrowReaderMetadata,
}

impl ParquetFile {
    pub(super) fn open(source: AnySource, limits: Limits) -> Result<Self> {
        let input = Input::new(source, limits).map_err(from_io)?;
        let metadata = ArrowReaderMetadata::load(&input, ArrowReaderOptions::new());
        Ok(Self { metadata: metadata.map_err(|error| from_cause(&error))?, input })
    }

    pub(super) fn schema(&self) -> SchemaRef {
        Arc::clone(self.metadata.schema())
    }

    pub(super) fn row_groups(&self) -> Vec<u64> {
        let groups = self.metadata.metadata().row_groups().iter();
        groups.map(|group| u64::try_from(group.num_rows()).unwrap_or(0)).collect()
    }

    pub(super) fn batches(
        &self,
        fields: &[usize],
        groups: Range<usize>,
        rows: usize,
    ) -> Result<Box<dyn Batches>> {
        let groups = groups.start..groups.end.min(self.metadata.metadata().num_row_groups());
        Ok(Box::new(Groups {
            input: self.input.clone(),
            metadata: self.metadata.clone(),
            fields: fields.to_vec(),
            groups: groups.collect(),
            batch: rows.min(BATCH),
            hinted: None,
            reader: None,
        }))
    }
}

/// Reads group after group.
struct Groups {
    input: Input,
    metadata: ArrowReaderMetadata,
    fields: Vec<usize>,
    groups: VecDeque<usize>,
    batch: usize,
    /// What the last group was read with: groups of one file are mostly alike.
    hinted: Option<(Vec<bool>, ArrowReaderMetadata)>,
    reader: Option<ParquetRecordBatchReader>,
}

impl Groups {
    fn begin(&mut self, group: usize) -> Result<ParquetRecordBatchReader> {
        let parquet = Arc::clone(self.metadata.metadata());
        let schema = parquet.file_metadata().schema_descr();
        // A field that is not nested is one column; which one, the schema knows.
        let leaves =
            |field: usize| (0..schema.num_columns()).find(|&leaf| schema.get_column_root_idx(leaf) == field);
        let columns: Vec<usize> = self.fields.iter().filter_map(|&field| leaves(field)).collect();
        let chunks = parquet.row_groups().get(group).map(|group| group.columns()).unwrap_or_default();
        let hints: Vec<bool> =
            columns.iter().map(|&column| chunks.get(column).is_some_and(is_all_dictionary)).collect();
        if self.hinted.as_ref().is_none_or(|(last, _)| *last != hints) {
            let metadata = self.hint(&hints).map_err(|error| from_cause(&error))?;
            self.hinted = Some((hints, metadata));
        }
        let metadata = self.hinted.as_ref().map_or(&self.metadata, |(_, metadata)| metadata).clone();
        let input = self.input.for_columns(&parquet, &[group], &columns)?;
        let mask = ProjectionMask::leaves(schema, columns);
        ParquetRecordBatchReaderBuilder::new_with_metadata(input, metadata)
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(self.batch)
            .build()
            .map_err(|error| from_cause(&error))
    }

    /// Asks for texts as dictionaries where all pages of a column have them as such.
    fn hint(&self, hints: &[bool]) -> ::parquet::errors::Result<ArrowReaderMetadata> {
        let schema = self.metadata.schema();
        let mut fields: Vec<Field> = schema.fields().iter().map(|field| Field::clone(field)).collect();
        for (&field, _) in self.fields.iter().zip(hints).filter(|(_, hint)| **hint) {
            if let Some(field) = fields.get_mut(field).filter(|field| is_text(field.data_type())) {
                let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                *field = field.clone().with_data_type(dictionary);
            }
        }
        let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        ArrowReaderMetadata::try_new(Arc::clone(self.metadata.metadata()), options)
    }

    /// Puts the columns into the order in which they were asked for; the reader gives them in the file's.
    fn in_order(&self, batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
        let mut sorted = self.fields.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let places = self.fields.iter().filter_map(|field| sorted.binary_search(field).ok());
        batch.project(&places.collect::<Vec<_>>())
    }
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn is_all_dictionary(column: &ColumnChunkMetaData) -> bool {
    if column.dictionary_page_offset().is_none() {
        return false;
    }
    let dictionary = |encoding: Encoding| {
        matches!(encoding, Encoding::RLE_DICTIONARY) || {
            #[allow(deprecated, reason = "files have it")]
            let old = matches!(encoding, Encoding::PLAIN_DICTIONARY);
            old
        }
    };
    match column.page_encoding_stats_mask() {
        Some(mask) => mask.encodings().all(dictionary),
        // Older files list the encodings of levels and of the dictionary itself with those of the pages.
        None => column.encodings().any(dictionary),
    }
}

impl Batches for Groups {
    fn next(&mut self) -> Option<Result<RecordBatch>> {
        loop {
            if let Some(reader) = &mut self.reader {
                match reader.next() {
                    Some(batch) => {
                        let batch = batch.and_then(|batch| self.in_order(batch));
                        return Some(batch.map_err(|error| from_cause(&error)));
                    }
                    None => self.reader = None,
                }
            }
            let group = self.groups.pop_front()?;
            match self.begin(group) {
                Ok(reader) => self.reader = Some(reader),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
