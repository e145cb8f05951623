//! What Arrow's types are to us.

use arrow_schema::{DataType, TimeUnit};
use strata_core::ingest::mapping::ColumnType;

/// As what cells of a type are best kept; none for lists, structures and what has no text.
pub(super) fn column_type(data_type: &DataType) -> Option<ColumnType> {
    use DataType::*;
    Some(match data_type {
        Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView | Boolean | Null | Time32(_)
        | Time64(_) => ColumnType::Text,
        Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Float16 | Float32 | Float64
        | Decimal32(..) | Decimal64(..) | Decimal128(..) | Decimal256(..) => ColumnType::Number,
        Timestamp(..) | Date32 | Date64 => ColumnType::Time,
        Dictionary(_, values) => return column_type(values),
        _ => return None,
    })
}

/// Whether times of this type are instants.
pub(super) fn is_instant(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(_, zone) => zone.is_some(),
        DataType::Dictionary(_, values) => is_instant(values),
        _ => false,
    }
}

/// The type in few words, those of the field's programs.
pub(super) fn declared(data_type: &DataType) -> String {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    };
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "string".to_owned(),
        DataType::Timestamp(each, None) => format!("timestamp[{}]", unit(each)),
        DataType::Timestamp(each, Some(zone)) => format!("timestamp[{}, {zone}]", unit(each)),
        DataType::Time32(each) | DataType::Time64(each) => format!("time[{}]", unit(each)),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => format!("decimal({precision}, {scale})"),
        DataType::Dictionary(_, values) => format!("dictionary<{}>", declared(values)),
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            format!("list<{}>", declared(field.data_type()))
        }
        DataType::Struct(fields) => {
            let fields = fields.iter().map(|field| field.name().as_str());
            format!("struct<{}>", fields.collect::<Vec<_>>().join(", "))
        }
        DataType::Map(..) => "map".to_owned(),
        other => other.to_string().to_lowercase(),
    }
}
