//! pain.008.001.08: collections by SEPA core direct debit.
//!
//! Without BIC (`NOTPROVIDED`: the account number is enough since 2016) and without the address of who lives within the
//! European Economic Area; elsewhere town and country, structured, as banks want it since 15 November 2026.

use super::charset::{folded, holder};
use super::rows::{Head, Part, Payment};
use super::xml::Xml;

pub(super) const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08";
pub(super) const ROOT: &str = "CstmrDrctDbtInitn";

pub(super) fn begin_part(xml: &mut Xml, head: &Head, part: &Part) {
    xml.open("PmtInf");
    xml.text("PmtInfId", &format!("{}-{}", head.message_id, part.sequence));
    xml.text("PmtMtd", "DD");
    xml.text("BtchBookg", "true");
    xml.text("NbOfTxs", &part.rows.to_string());
    xml.text("CtrlSum", &part.cents.decimal());
    xml.inside("PmtTpInf", |xml| {
        xml.path(&["SvcLvl", "Cd"], "SEPA");
        xml.path(&["LclInstrm", "Cd"], "CORE");
        xml.text("SeqTp", part.sequence.code());
    });
    xml.text("ReqdColltnDt", &head.day.to_string());
    xml.path(&["Cdtr", "Nm"], &folded(&head.name, 70));
    xml.path(&["CdtrAcct", "Id", "IBAN"], head.iban.reveal().electronic());
    xml.path(&["CdtrAgt", "FinInstnId", "Othr", "Id"], "NOTPROVIDED");
    xml.text("ChrgBr", "SLEV");
    xml.inside("CdtrSchmeId", |xml| {
        xml.inside("Id", |xml| {
            xml.inside("PrvtId", |xml| {
                xml.inside("Othr", |xml| {
                    xml.text("Id", head.creditor.as_str());
                    xml.path(&["SchmeNm", "Prtry"], "SEPA");
                });
            });
        });
    });
}

pub(super) fn payment(xml: &mut Xml, payment: &Payment) {
    let Payment { end_to_end, cents, name, iban, remittance, mandate, amended, address } = payment;
    xml.inside("DrctDbtTxInf", |xml| {
        xml.path(&["PmtId", "EndToEndId"], end_to_end);
        xml.euros("InstdAmt", *cents);
        xml.inside("DrctDbtTx", |xml| {
            xml.inside("MndtRltdInf", |xml| {
                if let Some(mandate) = mandate {
                    xml.text("MndtId", &mandate.reference);
                    xml.text("DtOfSgntr", &mandate.on.to_string());
                }
                xml.text("AmdmntInd", if *amended { "true" } else { "false" });
                if *amended {
                    // The same mandate from a new account, also at another bank (EPC130-08, "SMNDA").
                    xml.path(&["AmdmntInfDtls", "OrgnlDbtrAcct", "Id", "Othr", "Id"], "SMNDA");
                }
            });
        });
        xml.path(&["DbtrAgt", "FinInstnId", "Othr", "Id"], "NOTPROVIDED");
        xml.inside("Dbtr", |xml| {
            xml.text("Nm", &holder(name));
            if let Some(address) = address {
                xml.inside("PstlAdr", |xml| {
                    xml.text("TwnNm", &folded(&address.reveal().town, 35));
                    xml.text("Ctry", &address.reveal().country);
                });
            }
        });
        xml.path(&["DbtrAcct", "Id", "IBAN"], iban.reveal().electronic());
        xml.path(&["RmtInf", "Ustrd"], &folded(remittance, 140));
    });
}
