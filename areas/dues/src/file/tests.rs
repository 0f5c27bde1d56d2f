//! What a file says is what its rows say, whatever they are.

use dues_rules::amount::Kind;
use dues_rules::run::Sequence;
use kernel::{Cents, Pii};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::rows::{Address, Head, Part, Payment, Signed};
use super::stream::{File, Written};

fn payment(nr: usize, cents: i64, name: String, remittance: String, amended: bool) -> Payment {
    Payment {
        end_to_end: format!("A-{nr}"),
        cents: Cents(cents),
        name: Pii::new(name),
        iban: Pii::new("NL91ABNA0417164300".parse().unwrap()),
        remittance,
        mandate: Some(Signed { reference: format!("M{nr}"), on: "2026-01-31".parse().unwrap() }),
        amended,
        address: nr
            .is_multiple_of(3)
            .then(|| Pii::new(Address { town: "Zürich".into(), country: "CH".into() })),
    }
}

fn written(kind: Kind, payments: &[Payment]) -> (String, Written) {
    let cents = payments.iter().map(|payment| payment.cents).sum();
    let rows = i64::try_from(payments.len()).unwrap();
    let part = Part { sequence: Sequence::Recurring, rows, cents };
    let head = Head {
        kind,
        message_id: "WL-1".into(),
        made_at: "2026-11-24T09:00:00Z".parse().unwrap(),
        day: "2026-11-30".parse().unwrap(),
        name: "Bond & Co".into(),
        creditor: "NL79ZZZ999999990000".parse().unwrap(),
        iban: Pii::new("NL39RABO0300065264".parse().unwrap()),
        rows,
        cents,
        parts: vec![part],
    };
    let mut file = File::begin(&head);
    file.begin_part(&head, &part);
    let mut text = file.piece();
    for payment in payments {
        file.payment(kind, payment);
        text.extend(file.piece());
    }
    file.end_part();
    file.end(kind);
    text.extend(file.piece());
    (String::from_utf8(text).unwrap(), file.written())
}

/// The texts of all elements with this name.
fn texts(file: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(file);
    let (mut found, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => text.clear(),
            Event::Text(part) => text.push_str(&part),
            // `&apos;` and the like: one letter.
            Event::GeneralRef(_) => text.push('\''),
            Event::End(end) if end.local_name().as_ref() == name => found.push(text.clone()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn the_file_says_what_its_rows_say(
        rows in prop::collection::vec((1_i64..10_000_000, "\\PC{0,90}", "\\PC{0,160}", any::<bool>()), 1..40),
        is_collection in any::<bool>(),
    ) {
        let kind = if is_collection { Kind::Collection } else { Kind::PayOut };
        let payments: Vec<Payment> = rows
            .into_iter()
            .enumerate()
            .map(|(nr, (cents, name, remittance, amended))| payment(nr, cents, name, remittance, amended))
            .collect();
        let (file, written) = written(kind, &payments);
        let amounts: Vec<Cents> =
            texts(&file, "InstdAmt").iter().map(|text| Cents::parse(text).unwrap()).collect();
        let sum: Cents = amounts.iter().copied().sum();
        prop_assert_eq!(amounts.len(), payments.len());
        prop_assert_eq!((written.rows, written.cents), (i64::try_from(amounts.len()).unwrap(), sum));
        prop_assert_eq!(texts(&file, "CtrlSum"), vec![sum.decimal(), sum.decimal()]);
        prop_assert_eq!(texts(&file, "NbOfTxs"), vec![written.rows.to_string(); 2]);
        prop_assert_eq!(written.bytes, i64::try_from(file.len()).unwrap());
        // Nobody's name is longer, or in other letters, than a bank takes.
        for name in texts(&file, "Nm") {
            prop_assert!((1..=70).contains(&name.len()) && name.is_ascii(), "{}", name);
        }
    }
}

#[test]
fn what_is_rare_is_told_to_the_bank() {
    let payments = [
        payment(0, 1500, "Zoë Łukasz".into(), "Contributie".into(), true),
        payment(1, 995, "Ægir Ørsted".into(), "Contributie".into(), false),
    ];
    let (file, _) = written(Kind::Collection, &payments);
    assert_eq!(texts(&file, "AmdmntInd"), ["true", "false"]);
    assert!(file.contains("<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>"));
    // Structured, and only where a bank asks for it.
    assert_eq!(texts(&file, "TwnNm"), ["Zurich"]);
    assert!(!file.contains("AdrLine") && !file.contains("BIC"));
    assert_eq!(texts(&file, "Nm"), ["Bond + Co", "Bond + Co", "Zoe Lukasz", "AEgir Orsted"]);
    let (file, _) = written(Kind::PayOut, &payments);
    assert!(file.contains("<ReqdExctnDt><Dt>2026-11-30</Dt></ReqdExctnDt>"));
    assert!(!file.contains("MndtId"));
}
