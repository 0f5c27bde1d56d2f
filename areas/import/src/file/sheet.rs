use std::path::Path;

use calamine::{Data, Reader, open_workbook_auto};

use super::{Broken, Row, Table};

/// The first sheet with anything in it.
pub(super) fn open(path: &Path) -> Result<Table, Broken> {
    let mut book = open_workbook_auto(path).map_err(|_| Broken::Sheet)?;
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(|_| Broken::Sheet)?;
        let Some((top, _)) = range.start() else { continue };
        let mut rows: Vec<Vec<String>> =
            range.rows().map(|row| row.iter().map(cell).collect()).collect();
        if rows.is_empty() {
            continue;
        }
        let headers = rows.remove(0);
        if headers.iter().all(|header| header.trim().is_empty()) {
            return Err(Broken::Empty);
        }
        let first = u64::from(top) + 2;
        let rows = rows.into_iter().zip(first..).map(|(cells, line)| Ok(Row { line, cells }));
        return Ok(Table { headers, rows: Box::new(rows) });
    }
    Err(Broken::Empty)
}

/// A cell as a person reads it: a number without decimals that it does not have, a day as ISO text. A
/// formula gives its last value; one that failed is no text, and its row is refused.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::Float(number) => number.to_string(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Error(error) => format!("={error}"),
    }
}
