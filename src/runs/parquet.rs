//! Parquet: named columns.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use half::f16;
use parquet::basic::{LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};

use crate::runs::error::RunError;
use crate::runs::role::Columns;
use crate::runs::run::Run;
use crate::runs::table::{Roles, TableRow};
use crate::runs::thin::{self, Pick};

/// Records that are decoded at a time.
const BLOCK: usize = 1 << 14;

/// The runs of the table.
pub(crate) fn read<S: Read + Seek + Send + 'static>(
    file: &str,
    source: S,
    columns: &Columns,
    most: usize,
) -> Result<Vec<Run>, RunError> {
    let unreadable = |error: ParquetError| {
        let text = error.to_string();
        // What this build leaves out is said in the library's words for features.
        RunError::unreadable(
            file,
            &text.replace("feature `zstd`", "compression by zstd: use snappy, gzip, lz4 or none"),
        )
    };
    let source = Chunks::new(source).map_err(|error| RunError::unreadable(file, &error))?;
    let reader = SerializedFileReader::new(source).map_err(unreadable)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let names: Vec<String> = schema.columns().iter().map(|column| column.path().string()).collect();
    let listed: Vec<&str> = names.iter().map(String::as_str).collect();
    let roles = Roles::new(file, &listed, columns)?;
    let rows = usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0);
    let stride = thin::stride(rows, roles.width(), most);
    let pick = if roles.are_samples() { Pick::drawn(stride) } else { Pick::last(stride) };
    let mut kept: Vec<TableRow> =
        (0..pick.count(rows)).map(|_| TableRow { values: vec![f64::NAN; names.len()], label: String::new() }).collect();
    for (column, descriptor) in schema.columns().iter().enumerate() {
        let labelled = roles.label == Some(column);
        if !labelled && !roles.is_read(column) {
            continue;
        }
        let half = descriptor.logical_type_ref() == Some(&LogicalType::Float16);
        let text = descriptor.physical_type() == Type::BYTE_ARRAY;
        if descriptor.max_rep_level() > 0 || (text && !labelled) {
            let name = &names[column];
            return Err(RunError::new(
                file,
                format!("column `{name}` holds no single numbers: a coordinate is a column"),
            ));
        }
        let mut row = 0;
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(unreadable)?;
            let column_reader = group.get_column_reader(column).map_err(unreadable)?;
            each(column_reader, half, &mut |value| {
                if row < rows
                    && pick.keeps(row, rows)
                    && let Some(kept) = kept.get_mut(row / stride)
                {
                    match value {
                        Some(ParquetCell::Number(number)) => kept.values[column] = number,
                        Some(ParquetCell::Text(_)) | None => {}
                    }
                    if labelled {
                        kept.label = match value {
                            Some(ParquetCell::Number(number)) => number.to_string(),
                            Some(ParquetCell::Text(text)) => text.to_owned(),
                            None => String::new(),
                        };
                    }
                }
                row += 1;
            })
            .map_err(unreadable)?;
        }
        if row != rows {
            return Err(RunError::new(file, format!("column `{}` has {row} of {rows} values", names[column])));
        }
    }
    roles.runs(file, &kept, stride)
}

enum ParquetCell<'a> {
    Number(f64),
    Text(&'a str),
}

/// Every value of a column, `half` of two bytes, in order; none where it is null.
fn each(reader: ColumnReader, half: bool, take: &mut dyn FnMut(Option<ParquetCell<'_>>)) -> ParquetResult<()> {
    use ParquetCell::Number;
    match reader {
        ColumnReader::BoolColumnReader(reader) => all(reader, &|v| Number(f64::from(u8::from(*v))), take),
        ColumnReader::Int32ColumnReader(reader) => all(reader, &|v| Number(f64::from(*v)), take),
        ColumnReader::Int64ColumnReader(reader) => all(reader, &|v| Number(*v as f64), take),
        ColumnReader::FloatColumnReader(reader) => all(reader, &|v| Number(f64::from(*v)), take),
        ColumnReader::DoubleColumnReader(reader) => all(reader, &|v| Number(*v), take),
        ColumnReader::ByteArrayColumnReader(reader) => {
            all(reader, &|v| ParquetCell::Text(v.as_utf8().unwrap_or_default()), take)
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) if half => all(
            reader,
            &|v| match v.data() {
                [low, high] => Number(f16::from_le_bytes([*low, *high]).to_f64()),
                _ => Number(f64::NAN),
            },
            take,
        ),
        _ => Err(ParquetError::NYI("numbers of this type: they must be real, of 8, 4 or 2 bytes, or whole".to_owned())),
    }
}

fn all<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    of: &dyn for<'a> Fn(&'a T::T) -> ParquetCell<'a>,
    take: &mut dyn FnMut(Option<ParquetCell<'_>>),
) -> ParquetResult<()> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    loop {
        values.clear();
        levels.clear();
        let (records, found, _) = reader.read_records(BLOCK, Some(&mut levels), None, &mut values)?;
        if records == 0 {
            return Ok(());
        }
        if found == records {
            values.iter().for_each(|value| take(Some(of(value))));
            continue;
        }
        let defined = levels.iter().max().copied().unwrap_or(0);
        let mut next = values.iter();
        for level in &levels {
            take(if *level == defined && found > 0 { next.next().map(of) } else { None });
        }
    }
}

/// A source of which several parts are read in turn.
struct Chunks<S> {
    source: Arc<Mutex<S>>,
    length: u64,
}

/// A part of it, from a place on.
struct Chunk<S> {
    source: Arc<Mutex<S>>,
    at: u64,
}

fn locked<S>(source: &Mutex<S>) -> MutexGuard<'_, S> {
    source.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<S: Read + Seek> Chunks<S> {
    fn new(mut source: S) -> io::Result<Self> {
        let length = source.seek(SeekFrom::End(0))?;
        Ok(Self { source: Arc::new(Mutex::new(source)), length })
    }
}

impl<S: Read + Seek> Read for Chunk<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut source = locked(&self.source);
        source.seek(SeekFrom::Start(self.at))?;
        let read = source.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<S: Send> Length for Chunks<S> {
    fn len(&self) -> u64 {
        self.length
    }
}

impl<S: Read + Seek + Send> ChunkReader for Chunks<S> {
    type T = io::BufReader<Chunk<S>>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(io::BufReader::new(Chunk { source: Arc::clone(&self.source), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let mut bytes = Vec::new();
        let read = self.get_read(start)?.take(length as u64).read_to_end(&mut bytes)?;
        if read != length {
            return Err(ParquetError::EOF(format!("it ends {} bytes early", length - read)));
        }
        Ok(Bytes::from(bytes))
    }
}
