//! Reading files as people have them: any usual separator and encoding, or a sheet.

mod csv_file;
mod sheet;

use std::path::Path;

/// A file with headers, read row by row.
pub struct Table {
    pub headers: Vec<String>,
    rows: Box<dyn Iterator<Item = Result<Row, Broken>> + Send>,
}

/// One row, under the number of its line as an editor or spreadsheet shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    pub line: u64,
    pub cells: Vec<String>,
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("the file cannot be opened")]
    Open(#[source] std::io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {max_mb} MB")]
    TooLarge { max_mb: u64 },
    #[error("a quotation mark is opened near line {line} and never closed")]
    Quotes { line: u64 },
    #[error("line {line} cannot be read")]
    Line { line: u64 },
    #[error("this is no spreadsheet that we can read")]
    Sheet,
    #[error("the file ends in neither .csv nor .xlsx")]
    Ending,
}

/// A sheet is unpacked in memory; a CSV file is not, and may be as large as it likes.
const SHEET_MAX_MB: u64 = 100;

impl Table {
    /// Opens a file; its ending says which kind it is.
    pub fn open(path: &Path) -> Result<Self, Broken> {
        let size = std::fs::metadata(path).map_err(Broken::Open)?.len();
        if size == 0 {
            return Err(Broken::Empty);
        }
        let ending =
            path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
        match ending.as_str() {
            "csv" | "txt" | "tsv" => csv_file::open(path),
            "xlsx" | "xls" | "ods" => {
                if size > SHEET_MAX_MB << 20 {
                    return Err(Broken::TooLarge { max_mb: SHEET_MAX_MB });
                }
                sheet::open(path)
            }
            _ => Err(Broken::Ending),
        }
    }
}

impl Iterator for Table {
    type Item = Result<Row, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        // An empty line is no row.
        loop {
            match self.rows.next()? {
                Ok(row) if row.cells.iter().all(|cell| cell.trim().is_empty()) => {}
                row => return Some(row),
            }
        }
    }
}
