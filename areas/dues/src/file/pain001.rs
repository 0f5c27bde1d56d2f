//! pain.001.001.09: payments by SEPA credit transfer.

use jiff::civil::Date;

use super::charset::{folded, holder};
use super::rows::{Head, Part, Payment};
use super::xml::Xml;

pub(super) const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
pub(super) const ROOT: &str = "CstmrCdtTrfInitn";

pub(super) fn begin_part(xml: &mut Xml, head: &Head, part: &Part) {
    xml.open("PmtInf");
    xml.text("PmtInfId", &head.message_id);
    xml.text("PmtMtd", "TRF");
    xml.text("BtchBookg", "true");
    xml.text("NbOfTxs", &part.rows.to_string());
    xml.text("CtrlSum", &part.cents.decimal());
    xml.path(&["PmtTpInf", "SvcLvl", "Cd"], "SEPA");
    execution_day(xml, head.day);
    xml.path(&["Dbtr", "Nm"], &folded(&head.name, 70));
    xml.path(&["DbtrAcct", "Id", "IBAN"], head.iban.reveal().electronic());
    xml.path(&["DbtrAgt", "FinInstnId", "Othr", "Id"], "NOTPROVIDED");
    xml.text("ChrgBr", "SLEV");
}

fn execution_day(xml: &mut Xml, day: Date) {
    xml.path(&["ReqdExctnDt", "Dt"], &day.to_string());
}

/// To the name that stands on the account: since October 2025 the bank compares them (Regulation 2024/886).
pub(super) fn payment(xml: &mut Xml, payment: &Payment) {
    let Payment { end_to_end, cents, name, iban, remittance, mandate: _, amended: _, address } =
        payment;
    xml.inside("CdtTrfTxInf", |xml| {
        xml.path(&["PmtId", "EndToEndId"], end_to_end);
        xml.inside("Amt", |xml| xml.euros("InstdAmt", *cents));
        xml.inside("Cdtr", |xml| {
            xml.text("Nm", &holder(name));
            if let Some(address) = address {
                xml.inside("PstlAdr", |xml| {
                    xml.text("TwnNm", &folded(&address.reveal().town, 35));
                    xml.text("Ctry", &address.reveal().country);
                });
            }
        });
        xml.path(&["CdtrAcct", "Id", "IBAN"], iban.reveal().electronic());
        xml.path(&["RmtInf", "Ustrd"], &folded(remittance, 140));
    });
}
