//! The program's own format, which comes back unchanged: the columns of the contract, in CSV or XLSX.

mod rows;

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use db::{Db, Error};
use import_rules::columns::{Field, Kind};
use kernel::{Actor, Event, EventKind, Fact, local};

pub use rows::columns;

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("the file cannot be written")]
    File(#[source] std::io::Error),
    #[error("the sheet cannot be written")]
    Sheet(#[from] rust_xlsxwriter::XlsxError),
    #[error("the file ends in neither .csv nor .xlsx")]
    Ending,
    #[error(transparent)]
    Broken(#[from] Error),
}

/// Rows per step while reading.
const ROWS_AT_ONCE: i64 = 2_000;

/// Writes everything of this kind to a file; its ending says in which form. Returns the number of rows.
pub async fn export(db: &Db, actor: Actor, kind: Kind, path: &Path) -> Result<u64, Failed> {
    let ending =
        path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let columns = columns(kind);
    let mut sink = match ending.as_str() {
        "csv" => Sink::csv(path)?,
        "xlsx" => Sink::sheet()?,
        _ => return Err(Failed::Ending),
    };
    sink.write(&columns.iter().map(|field| field.code().to_owned()).collect::<Vec<_>>())?;
    let mut written = 0;
    let mut after = 0;
    loop {
        let page = db
            .read(actor.clone(), async |tx| rows::page(tx, kind, after, ROWS_AT_ONCE).await)
            .await?;
        for row in &page.rows {
            sink.write(row)?;
        }
        written += page.rows.len() as u64;
        match page.last {
            Some(last) => after = last,
            None => break,
        }
    }
    sink.close(path)?;
    db.write(actor, async |tx| {
        let event = Event::new(EventKind::ExportMade, local(tx.now()).date())
            .with("kind", Fact::Code(kind.code()))
            .with("rows", Fact::Number(i64::try_from(written).unwrap_or(i64::MAX)));
        activity::record(tx, event).await
    })
    .await?;
    Ok(written)
}

enum Sink {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Sheet { book: Box<rust_xlsxwriter::Workbook>, row: u32 },
}

impl Sink {
    fn csv(path: &Path) -> Result<Self, Failed> {
        let file = BufWriter::new(File::create(path).map_err(Failed::File)?);
        // A semicolon opens in columns in a Dutch spreadsheet.
        Ok(Self::Csv(Box::new(csv::WriterBuilder::new().delimiter(b';').from_writer(file))))
    }

    fn sheet() -> Result<Self, Failed> {
        let mut book = rust_xlsxwriter::Workbook::new();
        // Row by row to disk: a million rows do not fit in memory twice.
        book.add_worksheet_with_low_memory()?;
        Ok(Self::Sheet { book: Box::new(book), row: 0 })
    }

    fn write(&mut self, cells: &[String]) -> Result<(), Failed> {
        match self {
            Self::Csv(writer) => writer
                .write_record(cells.iter().map(|cell| kernel::protect(cell)))
                .map_err(|error| Failed::File(error.into())),
            Self::Sheet { book, row } => {
                let sheet = book.worksheet_from_index(0)?;
                for (column, cell) in (0_u16..).zip(cells) {
                    // As text: a sheet would make a number of a membership number, and a formula of nothing.
                    sheet.write_string(*row, column, cell)?;
                }
                *row += 1;
                Ok(())
            }
        }
    }

    fn close(self, path: &Path) -> Result<(), Failed> {
        match self {
            Self::Csv(mut writer) => writer.flush().map_err(Failed::File),
            Self::Sheet { mut book, .. } => Ok(book.save(path)?),
        }
    }
}

/// The columns of a person, in the order in which an export has them.
pub(crate) const PERSON: &[Field] = &[
    Field::MemberNumber,
    Field::ExternalId,
    Field::Initials,
    Field::FirstName,
    Field::CallName,
    Field::Prefix,
    Field::LastName,
    Field::BirthDate,
    Field::Sex,
    Field::Street,
    Field::HouseNumber,
    Field::Addition,
    Field::Postcode,
    Field::Town,
    Field::Country,
    Field::Phone,
    Field::Mobile,
    Field::Email,
    Field::Sector,
    Field::Employer,
    Field::Occupation,
    Field::Source,
    Field::Interest,
    Field::Language,
];
