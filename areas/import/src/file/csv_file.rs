use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use chardetng::{EncodingDetector, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{Broken, Row, Table};

/// So much of the beginning decides on encoding and separator.
const SAMPLE: usize = 1 << 20;

pub(super) fn open(path: &Path) -> Result<Table, Broken> {
    let mut file = File::open(path).map_err(Broken::Open)?;
    let mut sample = Vec::with_capacity(SAMPLE);
    file.by_ref().take(SAMPLE as u64).read_to_end(&mut sample).map_err(Broken::Open)?;
    let encoding = encoding(&sample);
    let separator = separator(&encoding.decode(&sample).0);
    file.seek(SeekFrom::Start(0)).map_err(Broken::Open)?;

    // Signs that are none become U+FFFD; the row that holds one is refused by name.
    let text =
        DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(file);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .from_reader(BufReader::with_capacity(1 << 16, text));
    let headers: Vec<String> = reader
        .headers()
        .map_err(|_| Broken::Line { line: 1 })?
        .iter()
        .map(|header| header.trim_start_matches('\u{feff}').to_owned())
        .collect();
    if headers.iter().all(|header| header.trim().is_empty()) {
        return Err(Broken::Empty);
    }
    let width = headers.len();
    let rows = reader.into_records().map(move |record| match record {
        Ok(record) => {
            let line = record.position().map_or(0, csv::Position::line);
            // A quotation mark that is never closed swallows the rest of the file into one cell.
            if record.iter().any(|cell| cell.len() > CELL_MAX) {
                return Err(Broken::Quotes { line });
            }
            let mut cells: Vec<String> = record.iter().map(str::to_owned).collect();
            cells.resize(cells.len().max(width), String::new());
            Ok(Row { line, cells })
        }
        Err(error) => Err(Broken::Line { line: error.position().map_or(0, csv::Position::line) }),
    });
    Ok(Table { headers, rows: Box::new(rows) })
}

/// No cell of ours is longer: more is a quotation mark gone wrong.
const CELL_MAX: usize = 20_000;

/// By its mark, else UTF-8 where it fits, else what the letters look like (Excel on Windows).
fn encoding(sample: &[u8]) -> &'static Encoding {
    if let Some((marked, _)) = Encoding::for_bom(sample) {
        return marked;
    }
    // Sixteen bits without a mark: every other byte of Latin text is zero.
    let zeros = |from: usize| {
        sample.iter().skip(from).step_by(2).take(100).filter(|byte| **byte == 0).count()
    };
    if sample.len() > 20 && zeros(1) > 20 && zeros(0) == 0 {
        return UTF_16LE;
    }
    if sample.len() > 20 && zeros(0) > 20 && zeros(1) == 0 {
        return UTF_16BE;
    }
    // The sample may end within a sign.
    let valid = match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    if valid {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    detector.guess(Some(b"nl"), Utf8Detection::Allow)
}

/// The sign that occurs most in the header line, outside quotation marks.
fn separator(sample: &str) -> u8 {
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in sample.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                for (sign, count) in &mut counts {
                    *count += u32::from(*sign == byte);
                }
            }
            _ => {}
        }
    }
    // The first of the most frequent: a header without any separator is one column.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    counts.iter().find(|(_, count)| *count == most).map_or(b';', |(sign, _)| *sign)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn table(bytes: &[u8]) -> Result<(Vec<String>, Vec<Row>), Broken> {
        let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let table = Table::open(file.path())?;
        let headers = table.headers.clone();
        Ok((headers, table.collect::<Result<_, _>>()?))
    }

    #[test]
    fn usual_separators_and_encodings() {
        let utf16: Vec<u8> =
            "naam;plaats\r\nYılmaz;Zeist\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let with_mark = [&[0xff, 0xfe][..], &utf16].concat();
        for (bytes, name) in [
            ("naam;plaats\nYılmaz;Zeist\n".as_bytes(), "Yılmaz"),
            ("naam,plaats\nYılmaz,Zeist\n".as_bytes(), "Yılmaz"),
            ("naam\tplaats\nYılmaz\tZeist".as_bytes(), "Yılmaz"),
            ("\u{feff}naam|plaats\r\nYılmaz|Zeist\r\n".as_bytes(), "Yılmaz"),
            // Windows-1252, as Excel writes it.
            (b"naam;plaats\nCo\xebn;Zeist\n", "Coën"),
            (&with_mark, "Yılmaz"),
            (&utf16, "Yılmaz"),
        ] {
            let (headers, rows) = table(bytes).unwrap();
            assert_eq!(headers, ["naam", "plaats"], "{bytes:?}");
            assert_eq!(rows[0].cells, [name, "Zeist"]);
        }
    }

    #[test]
    fn quotes_newlines_and_empty_lines() {
        let (_, rows) =
            table(b"naam;notitie\n\"Bos; J.\";\"twee\nregels\"\n\n;\nVisser;kort\n").unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].line, rows[0].cells[0].as_str()), (2, "Bos; J."));
        assert_eq!((rows[1].line, rows[1].cells[0].as_str()), (6, "Visser"));
    }

    #[test]
    fn broken_files_say_what_is_wrong() {
        assert!(matches!(table(b""), Err(Broken::Empty)));
        assert!(matches!(table(b"\n\n"), Err(Broken::Empty)));
        let swallowed = format!("naam;plaats\n\"Bos;Zeist\n{}", "Visser;Utrecht\n".repeat(3_000));
        assert!(matches!(table(swallowed.as_bytes()), Err(Broken::Quotes { line: 2 })));
    }

    #[test]
    fn a_short_row_gets_its_cells_and_a_long_one_keeps_them() {
        let (_, rows) = table(b"a;b;c\n1\n1;2;3;4\n").unwrap();
        assert_eq!((rows[0].cells.len(), rows[1].cells.len()), (3, 4));
    }
}
