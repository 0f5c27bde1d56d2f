//! Reads pain.002 (what the bank did not take), camt.053 and camt.054 (what was booked) as a stream: one payment is in
//! memory at a time. Elements are known by their local names, so that every version of a message since 2009 is understood.

use std::io::BufRead;

use jiff::civil::Date;
use kernel::Cents;
use quick_xml::Reader;
use quick_xml::events::Event;

kernel::codes! {
    pub enum Format {
        Pain002 = "pain.002",
        Camt053 = "camt.053",
        Camt054 = "camt.054",
    }
}

/// What a file says about something of ours.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// One payment was carried out.
    Booked { end_to_end: String, cents: Option<Cents>, day: Date },
    /// One payment was not carried out, or came back.
    Back { end_to_end: String, code: String, day: Date },
    /// A part of a run, or all of it, was carried out as one line of the statement.
    PartBooked { part: String, cents: Cents, day: Date },
    /// A part of a run, or all of it, was not taken.
    PartBack { part: String, code: String, day: Date },
    /// A line of the statement that says nothing about a payment of ours: nothing of it is kept.
    Other,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongFile {
    #[error("this is no XML, or it breaks off")]
    NotXml,
    #[error("this is no pain.002, camt.053 or camt.054")]
    OtherMessage,
}

/// No message of a bank is so deep, and no field that we read so long.
const DEPTH_MAX: usize = 64;
const TEXT_MAX: usize = 512;

/// Reads a file to its end and tells everything in it, in its order.
pub fn parse(file: impl BufRead, mut tell: impl FnMut(Said)) -> Result<Format, WrongFile> {
    let mut reader = Reader::from_reader(file);
    let mut path: Vec<String> = Vec::new();
    let (mut buffer, mut text) = (Vec::new(), String::new());
    let mut message: Option<Message> = None;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| WrongFile::NotXml)? {
            Event::Start(element) => {
                let name = element.local_name().as_ref().to_owned();
                if path.len() == 1 && message.is_none() {
                    message = Some(Message::called(&name)?);
                }
                path.push(name);
                if path.len() > DEPTH_MAX {
                    return Err(WrongFile::NotXml);
                }
                text.clear();
                if let Some(message) = &mut message {
                    message.open(&path);
                }
            }
            Event::Text(part) if text.len() < TEXT_MAX => text.push_str(&part),
            Event::End(_) => {
                if let Some(message) = &mut message {
                    message.close(&path, text.trim(), &mut tell);
                }
                path.pop();
                text.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !path.is_empty() {
        return Err(WrongFile::NotXml);
    }
    message.map(|message| message.format).ok_or(WrongFile::OtherMessage)
}

/// What was read of a message so far.
struct Message {
    format: Format,
    made_on: Option<Date>,
    entry: Entry,
    payment: Payment,
}

/// A line of a statement, or a part of a status report: a group of payments, or the whole of them.
#[derive(Default)]
struct Entry {
    cents: Option<Cents>,
    is_reversal: bool,
    is_booked: bool,
    day: Option<Date>,
    part: String,
    status: String,
    code: String,
    payments: u64,
}

#[derive(Default)]
struct Payment {
    end_to_end: String,
    cents: Option<Cents>,
    status: String,
    code: String,
    came_back: bool,
}

impl Message {
    fn called(name: &str) -> Result<Self, WrongFile> {
        let format = match name {
            "CstmrPmtStsRpt" => Format::Pain002,
            "BkToCstmrStmt" => Format::Camt053,
            "BkToCstmrDbtCdtNtfctn" => Format::Camt054,
            _ => return Err(WrongFile::OtherMessage),
        };
        Ok(Self { format, made_on: None, entry: Entry::default(), payment: Payment::default() })
    }

    fn open(&mut self, path: &[String]) {
        match path.last().map(String::as_str) {
            Some("Ntry" | "OrgnlGrpInfAndSts" | "OrgnlPmtInfAndSts") => {
                self.entry = Entry::default();
            }
            Some("TxDtls" | "TxInfAndSts") => self.payment = Payment::default(),
            Some("RtrInf") => self.payment.came_back = true,
            _ => {}
        }
    }

    fn close(&mut self, path: &[String], text: &str, tell: &mut impl FnMut(Said)) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let inside = |name: &str| names.contains(&name);
        let (entry, payment) = (&mut self.entry, &mut self.payment);
        match names.as_slice() {
            [.., "GrpHdr", "CreDtTm"] => self.made_on = day(text),

            // A status report.
            [.., "OrgnlGrpInfAndSts", "OrgnlMsgId"]
            | [.., "OrgnlPmtInfAndSts", "OrgnlPmtInfId"] => {
                text.clone_into(&mut entry.part);
            }
            [.., "GrpSts" | "PmtInfSts"] => text.clone_into(&mut entry.status),
            [.., "TxInfAndSts", "OrgnlEndToEndId"] => text.clone_into(&mut payment.end_to_end),
            [.., "TxInfAndSts", "TxSts"] => text.clone_into(&mut payment.status),
            [.., "StsRsnInf", "Rsn", "Cd" | "Prtry"] if inside("TxInfAndSts") => {
                text.clone_into(&mut payment.code);
            }
            [.., "StsRsnInf", "Rsn", "Cd" | "Prtry"] => text.clone_into(&mut entry.code),
            [.., "TxInfAndSts"] => {
                entry.payments += 1;
                if payment.status == "RJCT"
                    && let Some(day) = self.made_on
                {
                    let payment = std::mem::take(payment);
                    tell(Said::Back { end_to_end: payment.end_to_end, code: payment.code, day });
                }
            }
            [.., "OrgnlGrpInfAndSts" | "OrgnlPmtInfAndSts"] => {
                if entry.status == "RJCT"
                    && entry.payments == 0
                    && let Some(day) = self.made_on
                {
                    let Entry { part, code, .. } = std::mem::take(entry);
                    tell(Said::PartBack { part, code, day });
                }
            }

            // A statement. What an entry says stands before its payments.
            [.., "Ntry", "Amt"] => entry.cents = cents(text),
            [.., "Ntry", "RvslInd"] => entry.is_reversal = text == "true" || text == "1",
            [.., "Ntry", "Sts"] | [.., "Ntry", "Sts", "Cd"] if !text.is_empty() => {
                entry.is_booked = text == "BOOK";
            }
            [.., "Ntry", "BookgDt", "Dt" | "DtTm"] => entry.day = day(text),
            [.., "NtryDtls", "Btch", "PmtInfId"] => text.clone_into(&mut entry.part),
            [.., "NtryDtls", "Btch", "MsgId"] if entry.part.is_empty() => {
                text.clone_into(&mut entry.part);
            }
            [.., "TxDtls", "Refs", "EndToEndId"] => text.clone_into(&mut payment.end_to_end),
            [.., "TxDtls", "Amt"] | [.., "TxDtls", "AmtDtls", "TxAmt", "Amt"] => {
                payment.cents = cents(text);
            }
            [.., "RtrInf", "Rsn", "Cd" | "Prtry"] => text.clone_into(&mut payment.code),
            [.., "TxDtls"] => {
                entry.payments += 1;
                let payment = std::mem::take(payment);
                tell(said(entry, payment));
            }
            [.., "Ntry"] if entry.payments == 0 => tell(said_of_all(std::mem::take(entry))),
            _ => {}
        }
    }
}

/// What a payment within an entry says.
fn said(entry: &Entry, payment: Payment) -> Said {
    let Payment { end_to_end, cents, code, came_back, .. } = payment;
    let Some(day) = entry.day.filter(|_| entry.is_booked && !end_to_end.is_empty()) else {
        return Said::Other;
    };
    if came_back || entry.is_reversal {
        Said::Back { end_to_end, code, day }
    } else {
        Said::Booked { end_to_end, cents, day }
    }
}

/// What an entry says that does not name its payments.
fn said_of_all(entry: Entry) -> Said {
    let Entry { cents, is_booked, is_reversal, day, part, .. } = entry;
    match (day, cents) {
        (Some(day), Some(cents)) if is_booked && !is_reversal && !part.is_empty() => {
            Said::PartBooked { part, cents, day }
        }
        _ => Said::Other,
    }
}

fn cents(text: &str) -> Option<Cents> {
    // A bank writes 12.5 and 12.50, also 12.50000.
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let decimals = decimals.trim_end_matches('0');
    if whole.is_empty() || whole.len() > 12 || decimals.len() > 2 {
        return None;
    }
    let euros: i64 = whole.parse().ok()?;
    let cents: i64 = format!("{decimals:0<2}").parse().ok()?;
    Some(Cents(euros * 100 + cents))
}

/// A day, or the day of an instant.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(file: &str) -> (Result<Format, WrongFile>, Vec<Said>) {
        let mut told = Vec::new();
        let format = parse(file.as_bytes(), |said| told.push(said));
        (format, told)
    }

    #[test]
    fn what_is_no_message_of_a_bank_is_told_apart() {
        for (file, wrong) in [
            ("", WrongFile::OtherMessage),
            ("dit is geen xml", WrongFile::OtherMessage),
            ("<Document><CstmrPmtStsRpt>", WrongFile::NotXml),
            ("<Document><CstmrPmtStsRpt></Document>", WrongFile::NotXml),
            ("<Document><CstmrDrctDbtInitn/></Document>", WrongFile::OtherMessage),
            (
                "<Document><CstmrDrctDbtInitn></CstmrDrctDbtInitn></Document>",
                WrongFile::OtherMessage,
            ),
        ] {
            assert_eq!(all(file).0, Err(wrong), "{file}");
        }
        assert_eq!(all(&"<a>".repeat(100)).0, Err(WrongFile::OtherMessage));
    }

    #[test]
    fn amounts_of_banks_are_whole_cents() {
        for (text, read) in [
            ("12.5", Some(1250)),
            ("12.50", Some(1250)),
            ("12.50000", Some(1250)),
            ("0.05", Some(5)),
            ("7", Some(700)),
            ("1.234", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(cents(text), read.map(Cents), "{text}");
        }
    }
}
