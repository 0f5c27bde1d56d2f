//! Mandates, collections and pay-outs: files that a bank takes, and money that goes once.

use std::path::Path;
use std::process::Command;

use axum::http::StatusCode;
use db::{Tx, args};
use dues::amount::{NewDue, NewPayOut, Priced};
use dues::creditor::NewCreditor;
use dues::file::Written;
use dues::mandate::Given;
use dues::run::Failed;
use dues_rules::amount::{Cancelled, Kind, Purpose, State};
use dues_rules::mandate::Method;
use dues_rules::run::Refused;
use jiff::civil::Date;
use kernel::{Actor, Cents, DueId, MandateId, MembershipId, PaymentRunId, Pii, UserId};

use crate::harness::{Answer, Program, World, on_each_engine};

const OURS: &str = "NL39RABO0300065264";
/// Of members: at home, in Germany, and outside the European Economic Area.
pub(crate) const ACCOUNTS: [&str; 3] =
    ["NL91ABNA0417164300", "DE89370400440532013000", "CH9300762011623852957"];
pub(crate) const VLIET: &str = "1840227";
pub(crate) const DEKKER: &str = "2210418";
pub(crate) const KAYA: &str = "2304512";

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) async fn write<T>(world: &World, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let work = async |tx: &mut Tx| Ok::<_, db::Error>(work(tx).await);
    world.db.write(Actor::SYSTEM, work).await.unwrap()
}

async fn actor(world: &World, login: &'static str) -> Actor {
    Actor::user(UserId(world.user(login).await.parse().unwrap()))
}

pub(crate) async fn membership(world: &World, number: &str) -> MembershipId {
    let person = world.person(number).await;
    let sql = "select max(id) as value from memberships where person_id = $1";
    write(world, async |tx| tx.value::<i64>(sql, args![person]).await.unwrap()).await.into()
}

pub(crate) async fn creditor(world: &World) -> i64 {
    let new = NewCreditor {
        name: "Vakbond Samen & Sterk".into(),
        code: "NL79ZZZ999999990000".parse().unwrap(),
        iban: Pii::new(OURS.parse().unwrap()),
    };
    write(world, async |tx| dues::creditor::add(tx, world.app.keys(), &new).await.unwrap()).await
}

pub(crate) async fn mandate(
    world: &World,
    membership: MembershipId,
    iban: &str,
    method: Method,
) -> MandateId {
    let given = Given {
        membership,
        iban: Pii::new(iban.parse().unwrap()),
        holder: Pii::new("W. van Vliet-Çelik".into()),
        method,
        wording: None,
        given_on: day("2026-10-01"),
        signed_on: (method != Method::Voice).then(|| day("2026-10-01")),
        reference: None,
        last_used_on: None,
    };
    write(world, async |tx| dues::give_mandate(tx, world.app.keys(), &given).await.unwrap()).await
}

/// What is owed for a month, announced in time for a collection at the end of November.
async fn owes(world: &World, membership: MembershipId, period: &str, cents: i64) -> DueId {
    let for_day = day(&format!("{period}-01"));
    let new = NewDue {
        membership,
        period: period.into(),
        purpose: Purpose::Contribution,
        for_day,
        due_on: day("2026-11-01").min(for_day),
        priced: Priced { cents: Cents(cents), version: Some(7), class: "full".into() },
    };
    write(world, async |tx| {
        let id = dues::amount::due(tx, &new).await.unwrap().expect("asked once");
        dues::amount::announce(tx, membership, day("2026-11-01")).await.unwrap();
        id
    })
    .await
}

/// Three members with a mandate who owe for November.
pub(crate) async fn three(world: &World) -> Vec<DueId> {
    creditor(world).await;
    let mut dues = Vec::new();
    for (number, iban, cents) in
        [(VLIET, ACCOUNTS[0], 1922), (DEKKER, ACCOUNTS[1], 1441), (KAYA, ACCOUNTS[2], 961)]
    {
        let membership = membership(world, number).await;
        mandate(world, membership, iban, Method::Paper).await;
        dues.push(owes(world, membership, "2026-11", cents).await);
    }
    dues
}

async fn make(world: &World, kind: &str) -> Answer {
    let petra = world.program("petra").await;
    let body = serde_json::json!({"kind": kind, "day": "2026-11-30"});
    petra.post("/payment-runs", &body).await
}

/// A run that Petra made and Hanneke released.
pub(crate) async fn released(world: &World, kind: &str) -> String {
    let made = make(world, kind).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let answer = release(&world.program("hanneke").await, &id).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    id
}

async fn release(program: &Program<'_>, id: &str) -> Answer {
    program.post(&format!("/payment-runs/{id}/release"), &serde_json::json!({})).await
}

async fn file(world: &World, id: &str) -> String {
    let answer = world.program("petra").await.get(&format!("/payment-runs/{id}/file")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.text
}

pub(crate) async fn state(world: &World, due: DueId) -> State {
    let read = async |tx: &mut Tx| dues::amount::by_id(tx, due).await;
    world.db.read(Actor::SYSTEM, read).await.unwrap().unwrap().state
}

/// The text of the one element with this name, or of the first.
fn text<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name}"));
    rest.split_once('<').unwrap().0
}

/// Validates against the schema of ISO 20022 where xmllint is installed; `./wijland-test` sees to that.
fn is_valid(world: &World, xml: &str, schema: &str) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/third_party/iso20022")
        .join(format!("{schema}.xsd"));
    assert!(schema.exists(), "{}", schema.display());
    let file = world.file("bank.xml", xml);
    let Ok(output) = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .arg(file)
        .output()
    else {
        return;
    };
    assert!(output.status.success(), "{}\n{xml}", String::from_utf8_lossy(&output.stderr));
}

/// One of everything, for whoever walks all pages.
pub(crate) async fn furnish(world: &World) {
    three(world).await;
    released(world, "collection").await;
    let month = serde_json::json!({"day": "2026-12-01"});
    let made = world.program("petra").await.post("/dues/periods", &month).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

#[tokio::test]
async fn a_collection_is_a_file_that_a_bank_takes_and_equals_its_rows() {
    on_each_engine(async |world| {
        three(&world).await;
        let id = released(&world, "collection").await;
        let xml = file(&world, &id).await;
        is_valid(&world, &xml, "pain.008.001.08");
        assert_eq!((text(&xml, "NbOfTxs"), text(&xml, "CtrlSum")), ("3", "43.24"));
        assert_eq!(text(&xml, "ReqdColltnDt"), "2026-11-30");
        assert_eq!(xml.matches("<DrctDbtTxInf>").count(), 3);
        for part in [
            "<Nm>W. van Vliet-Celik</Nm>",
            "<SeqTp>RCUR</SeqTp>",
            "<IBAN>NL91ABNA0417164300</IBAN>",
            "<Ustrd>Contributie nov 2026, lidnr 1840227</Ustrd>",
            "<DtOfSgntr>2026-10-01</DtOfSgntr>",
            // Only the Swiss bank asks where somebody lives.
            "<PstlAdr><TwnNm>Hilversum</TwnNm><Ctry>NL</Ctry></PstlAdr>",
        ] {
            assert!(xml.contains(part), "{part} is not in {xml}");
        }
        assert_eq!(xml.matches("<PstlAdr>").count(), 1);
        // Byte for byte the same, however often; and what was hashed when it was released.
        assert_eq!(file(&world, &id).await, xml);
        let sum =
            "select cast(sum(cents) as bigint) as value from payment_rows where ended_as is null";
        assert_eq!(world.count(sum).await, 4324);

        // The next says that the account changed, and what a member signs first can say so too.
        let vliet = membership(&world, VLIET).await;
        amended(&world, vliet).await;
        first_says_so(&world).await;
        let annelies = membership(&world, "2419906").await;
        mandate(&world, annelies, "BE68539007547034", Method::Emandate).await;
        owes(&world, annelies, "2026-11", 500).await;
        owes(&world, vliet, "2026-10", 1922).await;
        let xml = file(&world, &released(&world, "collection").await).await;
        is_valid(&world, &xml, "pain.008.001.08");
        assert!(xml.contains("SMNDA") && xml.contains("DE89370400440532013000"), "{xml}");
        assert_eq!(xml.matches("<PmtInf>").count(), 2, "{xml}");
        assert!(xml.find("FRST").unwrap() < xml.find("RCUR").unwrap());
        assert_eq!((text(&xml, "NbOfTxs"), text(&xml, "CtrlSum")), ("2", "24.22"));
    })
    .await;
}

/// Mr Van Vliet asks for another account by telephone and confirms it by letter.
async fn amended(world: &World, membership: MembershipId) {
    use dues_rules::mandate::Channel;

    let iban = Pii::new(ACCOUNTS[1].parse().unwrap());
    let holder = Pii::new("W. van Vliet".to_owned());
    write(world, async |tx| {
        let id = dues::mandate::open_of(tx, membership).await.unwrap().unwrap().id;
        let keys = world.app.keys();
        dues::mandate::amend_request(tx, keys, id, &iban, &holder, Channel::Phone).await.unwrap();
        let same = dues::mandate::amend_confirm(tx, id, Channel::Phone).await;
        assert!(same.is_err(), "one call is not enough");
        let before = dues::mandate::by_id(tx, id).await.unwrap().unwrap().account_id;
        dues::mandate::amend_confirm(tx, id, Channel::Letter).await.unwrap();
        let after = dues::mandate::by_id(tx, id).await.unwrap().unwrap().account_id;
        assert_ne!(before, after);
        assert!(dues::mandate::amend_confirm(tx, id, Channel::Link).await.is_err(), "once");
    })
    .await;
}

/// An administrator sets that the first collection of a mandate says that it is.
async fn first_says_so(world: &World) {
    write(world, async |tx| {
        let rule = rulebook::history(tx).await.unwrap();
        let old = rule.into_iter().find(|rule| rule.key == "sdd.sequence").unwrap();
        let new = rulebook::Rule { value: "[\"first\"]".into(), ..old };
        rulebook::change(tx, rulebook::Rule { valid_from: day("2026-11-24"), ..new })
            .await
            .unwrap();
    })
    .await;
    world.app.reload_rules().await.unwrap();
}

#[tokio::test]
async fn a_pay_out_is_a_file_that_a_bank_takes() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let vliet = membership(&world, VLIET).await;
        mandate(&world, vliet, ACCOUNTS[0], Method::Paper).await;
        let bonus = NewPayOut {
            membership: vliet,
            for_what: "referral-1".into(),
            purpose: Purpose::ReferralBonus,
            cents: Cents(2500),
            account: None,
        };
        write(&world, async |tx| {
            assert!(dues::pay_out(tx, &bonus).await.unwrap().is_some());
            assert_eq!(dues::pay_out(tx, &bonus).await.unwrap(), None, "once");
            // Nobody pays somebody of whom there is no account.
            let dekker = NewPayOut { membership: MembershipId(0), ..bonus.clone() };
            assert!(dues::pay_out(tx, &dekker).await.is_err());
        })
        .await;
        let dekker = membership(&world, DEKKER).await;
        let unknown = NewPayOut { membership: dekker, ..bonus.clone() };
        write(&world, async |tx| dues::pay_out(tx, &unknown).await.unwrap()).await;
        let id = released(&world, "pay_out").await;
        let xml = file(&world, &id).await;
        is_valid(&world, &xml, "pain.001.001.09");
        assert_eq!((text(&xml, "NbOfTxs"), text(&xml, "CtrlSum")), ("1", "25.00"));
        assert!(xml.contains("<Ustrd>Werverspremie, lidnr 1840227</Ustrd>"), "{xml}");
        assert!(xml.contains("<IBAN>NL91ABNA0417164300</IBAN>"));
        let left = "select row_count as value from payment_left_out where why = 'no_account'";
        assert_eq!(world.count(left).await, 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_out_twice_whoever_presses_what() {
    on_each_engine(async |world| {
        let dues = three(&world).await;
        // Two finance colleagues make a run at once: each amount is in one of them.
        let (one, other) = tokio::join!(make(&world, "collection"), make(&world, "collection"));
        let mut ids: Vec<String> = Vec::new();
        for answer in [&one, &other] {
            // The second may find nothing left.
            assert!(
                [StatusCode::CREATED, StatusCode::CONFLICT].contains(&answer.status),
                "{}",
                answer.text
            );
            if answer.status == StatusCode::CREATED {
                ids.push(answer.json()["id"].as_str().unwrap().to_owned());
            }
        }
        let rows = "select cast(sum(row_count) as bigint) as value from payment_runs";
        assert_eq!(world.count(rows).await, 3);
        let full = "select id as value from payment_runs where row_count > 0";
        assert_eq!(
            world.count("select count(*) as value from payment_runs where row_count > 0").await,
            1
        );
        let id = world.count(full).await.to_string();
        assert!(ids.contains(&id));

        // Whoever made it does not release it.
        let petra = world.program("petra").await;
        let own = release(&petra, &id).await;
        assert_eq!(
            (own.status, own.json()["type"].clone()),
            (StatusCode::CONFLICT, "urn:wijland:problem:own-run".into())
        );
        assert_eq!(
            petra.get(&format!("/payment-runs/{id}/file")).await.status,
            StatusCode::NOT_FOUND
        );

        // A double click of one who may, twice at the same time.
        let hanneke = world.program("hanneke").await;
        let (first, second) = tokio::join!(release(&hanneke, &id), release(&hanneke, &id));
        let mut statuses = [first.status, second.status];
        statuses.sort();
        assert_eq!(
            statuses,
            [StatusCode::OK, StatusCode::CONFLICT],
            "{} {}",
            first.text,
            second.text
        );
        for due in &dues {
            assert_eq!(state(&world, *due).await, State::Sent);
        }
        assert_eq!(world.count("select cast(max(tries) as bigint) as value from dues").await, 1);
        // It is not withdrawn any more, and what is in it goes into no other.
        let back =
            petra.post(&format!("/payment-runs/{id}/withdraw"), &serde_json::json!({})).await;
        assert_eq!(back.status, StatusCode::CONFLICT);
        assert_eq!(
            make(&world, "collection").await.json()["type"],
            "urn:wijland:problem:empty-run"
        );
    })
    .await;
}

#[tokio::test]
async fn a_release_that_breaks_off_collects_nothing_and_one_that_differs_is_refused() {
    on_each_engine(async |world| {
        let dues = three(&world).await;
        let made = make(&world, "collection").await;
        let id: PaymentRunId = made.json()["id"].as_str().unwrap().parse().unwrap();
        let count = async || dues::file::count(&world.db, world.app.keys(), id).await.unwrap();
        let written = count().await;
        assert_eq!((written.rows, written.cents), (3, Cents(4324)));

        // The file was written, and the program is killed before the step ends.
        let before = count().await;
        drop(world.db.begun(actor(&world, "hanneke").await).await.unwrap());
        assert_eq!(state(&world, dues[0]).await, State::InRun);
        assert_eq!(count().await, before, "and the file would be the same");

        // A file that says something else than the rows releases nothing.
        let wrong = Written { cents: Cents(4325), ..written.clone() };
        let book = world.app.rulebook();
        let hanneke = actor(&world, "hanneke").await;
        let done = world
            .db
            .write(hanneke.clone(), async |tx| dues::run::released(tx, &book, id, &wrong).await)
            .await;
        assert!(matches!(done, Err(Failed::Refused(Refused::Differs { .. }))), "{done:?}");

        // Somebody cancels between the file and the step: the row is out, and the file is refused.
        let vliet = membership(&world, VLIET).await;
        let stops = write(&world, async |tx| {
            dues::stop(tx, vliet, day("2026-10-31"), Cancelled::MembershipEnds).await.unwrap()
        })
        .await;
        assert_eq!((stops.cancelled, stops.goes_back), (Cents(1922), Cents(0)));
        let done = world
            .db
            .write(hanneke, async |tx| dues::run::released(tx, &book, id, &written).await)
            .await;
        assert!(matches!(done, Err(Failed::Refused(Refused::Differs { .. }))), "{done:?}");
        assert_eq!(state(&world, dues[0]).await, State::Cancelled);
        assert_eq!(state(&world, dues[1]).await, State::InRun);

        // Looked at again it goes out, without that row.
        let answer = release(&world.program("hanneke").await, &id.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let xml = file(&world, &id.to_string()).await;
        assert_eq!((text(&xml, "NbOfTxs"), text(&xml, "CtrlSum")), ("2", "24.02"));
        assert!(!xml.contains(ACCOUNTS[0]));
    })
    .await;
}

#[tokio::test]
async fn what_is_after_a_death_stops_wherever_it_is() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let vliet = membership(&world, VLIET).await;
        mandate(&world, vliet, ACCOUNTS[0], Method::Paper).await;
        let before = owes(&world, vliet, "2026-09", 100).await;
        let sent = owes(&world, vliet, "2026-10", 200).await;
        released(&world, "collection").await;
        let due = owes(&world, vliet, "2026-12", 300).await;
        let owed = async |on: &str| {
            let read = async |tx: &mut Tx| dues::outstanding(tx, vliet, day(on)).await;
            world.db.read(Actor::SYSTEM, read).await.unwrap()
        };
        assert_eq!((owed("2026-11-30").await, owed("2026-12-01").await), (Cents(0), Cents(300)));

        let stops = write(&world, async |tx| {
            dues::stop(tx, vliet, day("2026-09-30"), Cancelled::Died).await.unwrap()
        })
        .await;
        assert_eq!((stops.cancelled, stops.goes_back), (Cents(300), Cents(200)));
        assert_eq!(state(&world, before).await, State::Sent, "it was for days until then");
        assert_eq!(state(&world, due).await, State::Cancelled);
        // At the bank: it goes back once it came in.
        let early = write(&world, async |tx| dues::amount::give_back(tx, sent).await).await;
        assert!(early.is_err());
        let mut petra = world.browser("petra").await;
        let page = petra.get("/incasso/terug").await;
        page.shows("nog bij de bank");
        let statement = statement(&world, &[(sent, "2.00", None)]).await;
        is_valid(&world, &statement, "camt.053.001.08");
        petra.post_file("/incasso/bank", &[], ("file", "afschrift.xml", &statement)).await;
        let back = petra.post(&format!("/incasso/terug/{sent}/geef"), &[]).await;
        assert_eq!(back.location(), "/incasso/terug");
        assert_eq!(state(&world, sent).await, State::GivenBack);
        let again = petra.post(&format!("/incasso/terug/{sent}/geef"), &[]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
        let paid = "select count(*) as value from dues where kind = 'pay_out' and cents = 200 and against_id is not null";
        assert_eq!(world.count(paid).await, 1);
    })
    .await;
}

/// What our rows are called at the bank, with amounts and codes of return: one statement of it.
pub(crate) async fn statement(world: &World, said: &[(DueId, &str, Option<&str>)]) -> String {
    let mut entries = String::new();
    for (due, amount, code) in said {
        let name = end_to_end(world, *due).await;
        let (direction, back) = match code {
            Some(code) => ("DBIT", format!("<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>")),
            None => ("CRDT", String::new()),
        };
        entries += &format!(
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>2026-11-30</Dt></BookgDt><BkTxCd><Prtry><Cd>586</Cd></Prtry></BkTxCd>\
             <NtryDtls><TxDtls><Refs><EndToEndId>{name}</EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt>\
             <CdtDbtInd>{direction}</CdtDbtInd>{back}</TxDtls></NtryDtls></Ntry>"
        );
    }
    // Somebody else's payment on the same account.
    entries += "<Ntry><Amt Ccy=\"EUR\">9.99</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
        <BookgDt><Dt>2026-11-30</Dt></BookgDt><BkTxCd><Prtry><Cd>586</Cd></Prtry></BkTxCd>\
        <NtryDtls><TxDtls><Refs><EndToEndId>GIFT</EndToEndId></Refs><Amt Ccy=\"EUR\">9.99</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls></NtryDtls></Ntry>";
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-12-01T04:00:00</CreDtTm></GrpHdr><Stmt><Id>1</Id><CreDtTm>2026-12-01T04:00:00</CreDtTm>\
         <Acct><Id><IBAN>{OURS}</IBAN></Id></Acct><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">0.00</Amt>\
         <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-30</Dt></Dt></Bal>{entries}</Stmt></BkToCstmrStmt></Document>"
    )
}

async fn end_to_end(world: &World, due: DueId) -> String {
    let sql = "select end_to_end as value from payment_rows where due_id = $1 order by run_id desc limit 1";
    write(world, async |tx| tx.value::<String>(sql, args![due]).await.unwrap()).await
}

pub(crate) async fn read_in(world: &World, xml: &str) -> Answer {
    let mut petra = world.browser("petra").await;
    petra.post_file("/incasso/bank", &[], ("file", "bank.xml", xml)).await
}

#[tokio::test]
async fn what_the_bank_says_is_done_once_and_each_code_has_its_action() {
    on_each_engine(async |world| {
        let dues = three(&world).await;
        let [vliet, dekker, kaya] = dues[..] else { panic!("three") };
        released(&world, "collection").await;

        // Booked: two come in. Read twice, also as another file with a return in it.
        let booked = statement(&world, &[(vliet, "19.22", None), (dekker, "14.41", None)]).await;
        for _ in 0..2 {
            assert_eq!(read_in(&world, &booked).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(state(&world, vliet).await, State::Paid);
        assert_eq!(state(&world, kaya).await, State::Sent);
        let world = &world;
        let counts = |column: &'static str| async move { world.count(column).await };
        assert_eq!(counts("select cast(sum(booked) as bigint) as value from bank_files").await, 2);
        assert_eq!(counts("select cast(sum(known) as bigint) as value from bank_files").await, 2);
        assert_eq!(counts("select cast(sum(others) as bigint) as value from bank_files").await, 2);

        // Not enough money: it is tried again behind payday. Taken back: nothing more until somebody spoke with her.
        let back = statement(
            world,
            &[(vliet, "19.22", Some("AM04")), (dekker, "14.41", Some("MD06")), (kaya, "9.61", Some("MD01"))],
        )
        .await;
        is_valid(world, &back, "camt.053.001.08");
        read_in(world, &back).await;
        read_in(world, &back).await;
        assert_eq!(state(world, vliet).await, State::Due);
        let again = "select count(*) as value from dues where state = 'due' and due_on = '2026-12-28'";
        assert_eq!(counts(again).await, 1);
        assert_eq!(state(world, dekker).await, State::Returned);
        let paused = "select count(*) as value from mandates where blocked_at is not null and ended_at is null";
        assert_eq!(counts(paused).await, 1);
        let refused = "select count(*) as value from mandates where ended_as = 'refused_by_bank'";
        assert_eq!(counts(refused).await, 1);
        let arrears = "select count(*) as value from events where kind = 'arrears_began'";
        assert_eq!(counts(arrears).await, 2, "a friendly call each");

        // What was paid in between is no new return.
        let mut petra = world.browser("petra").await;
        let page = petra.get("/incasso/terug").await;
        page.shows("MD06");
        page.shows("Bel: het lid boekte terug");
        page.shows("Vraag een nieuwe machtiging");
        petra.post(&format!("/incasso/terug/{dekker}/opgepakt"), &[]).await;
        petra.post(&format!("/incasso/terug/{kaya}/kwijt"), &[]).await;
        petra.get("/incasso/terug").await.shows("Niets wacht op iemand");
        assert_eq!(state(world, kaya).await, State::Cancelled);

        // The second try comes back as well: now somebody calls.
        world.clock_on("2026-12-22", "09:00");
        let made = world
            .program("petra")
            .await
            .post("/payment-runs", &serde_json::json!({"kind": "collection", "day": "2026-12-28"}))
            .await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let run = made.json()["id"].as_str().unwrap().to_owned();
        release(&world.program("hanneke").await, &run).await;
        let name = end_to_end(world, vliet).await;
        let rejected = format!(
            "<Document><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId><CreDtTm>2026-12-24T10:00:00</CreDtTm></GrpHdr>\
             <OrgnlGrpInfAndSts><OrgnlMsgId>WL-1</OrgnlMsgId><OrgnlMsgNmId>pain.008</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>\
             <OrgnlPmtInfAndSts><OrgnlPmtInfId>WL-1-RCUR</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId>\
             <TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
        );
        read_in(world, &rejected).await;
        assert_eq!(state(world, vliet).await, State::Returned);
        assert_eq!(counts(arrears).await, 3);
        let waiting = world
            .db
            .read(Actor::SYSTEM, async |tx| dues::amount::waiting(tx, DueId(0), 10).await)
            .await
            .unwrap();
        assert_eq!(waiting.iter().map(|due| due.id).collect::<Vec<_>>(), [vliet]);

        for (file, why) in [("geen xml", "geen pain.002"), ("<Document><BkToCstmrStmt>", "afgebroken")] {
            let answer = read_in(world, file).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            answer.shows(why);
        }
    })
    .await;
}

#[tokio::test]
async fn one_line_of_a_statement_books_a_whole_part_or_a_file_is_refused_whole() {
    on_each_engine(async |world| {
        let dues = three(&world).await;
        let id = released(&world, "collection").await;
        let xml = file(&world, &id).await;
        let part = text(&xml, "PmtInfId").to_owned();
        let notice = |cents: &str| {
            format!(
                "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N</MsgId>\
                 <CreDtTm>2026-12-01T04:00:00</CreDtTm></GrpHdr><Ntfctn><Id>1</Id><Acct><Id><IBAN>{OURS}</IBAN></Id></Acct>\
                 <Ntry><Amt Ccy=\"EUR\">{cents}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-30</Dt></BookgDt>\
                 <BkTxCd><Prtry><Cd>193</Cd></Prtry></BkTxCd><NtryDtls><Btch><PmtInfId>{part}</PmtInfId><NbOfTxs>3</NbOfTxs></Btch></NtryDtls></Ntry>\
                 </Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
            )
        };
        // Another amount is another payment.
        read_in(&world, &notice("43.25")).await;
        assert_eq!(state(&world, dues[0]).await, State::Sent);
        is_valid(&world, &notice("43.24"), "camt.054.001.08");
        read_in(&world, &notice("43.24")).await;
        for due in &dues {
            assert_eq!(state(&world, *due).await, State::Paid);
        }

        // Eight weeks later nobody takes it back without a reason.
        world.clock_on("2027-01-25", "09:00");
        dues::look(&world.app).await.unwrap();
        assert_eq!(state(&world, dues[0]).await, State::Paid);
        world.clock_on("2027-01-26", "09:00");
        dues::look(&world.app).await.unwrap();
        assert_eq!(state(&world, dues[0]).await, State::Settled);

        // 36 months after it was used a mandate expires.
        let open = "select count(*) as value from mandates where ended_at is null";
        world.clock_on("2029-11-30", "09:00");
        dues::look(&world.app).await.unwrap();
        assert_eq!(world.count(open).await, 3);
        world.clock_on("2029-12-01", "09:00");
        dues::look(&world.app).await.unwrap();
        assert_eq!(world.count(open).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_run_says_who_stays_behind_and_can_be_taken_back() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let spoken = membership(&world, VLIET).await;
        mandate(&world, spoken, ACCOUNTS[0], Method::Voice).await;
        let spoken = owes(&world, spoken, "2026-11", 100).await;
        let without = membership(&world, DEKKER).await;
        owes(&world, without, "2026-11", 200).await;
        let fine = membership(&world, KAYA).await;
        mandate(&world, fine, ACCOUNTS[1], Method::Paper).await;
        let fine_due = owes(&world, fine, "2026-11", 300).await;

        let mut petra = world.browser("petra").await;
        let form = petra.get("/incasso/nieuw").await;
        form.shows("value=\"2026-11-25\"");
        let creditor = form.between("<option value=\"", "\"").to_owned();
        let press = async |day: &str| {
            world
                .browser("petra")
                .await
                .post("/incasso/nieuw", &[("dag", day), ("incassant", &creditor)])
                .await
        };
        press("2026-11-28").await.shows("De eerstvolgende dag is 30 november 2026");
        press("2026-11-24").await.shows("De eerste dag die kan is 25 november 2026");
        let made = press("2026-11-30").await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let page = petra.get(made.location()).await;
        page.shows("machtiging nog niet getekend");
        page.shows("geen machtiging");
        page.shows("Een collega kijkt ernaar");
        page.hides("Geef vrij");
        let behind = petra.get(&format!("{}/blijft-achter", made.location())).await;
        behind.shows("Vliet");
        behind.hides("Kaya");

        // The director sees the sum and nobody's name.
        let mut hanneke = world.browser("hanneke").await;
        let page = hanneke.get(made.location()).await;
        page.shows("€ 3,00");
        page.shows("Geef vrij");
        page.hides("Kaya");

        let back = petra.post(&format!("{}/intrekken", made.location()), &[]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        assert_eq!(state(&world, fine_due).await, State::Due);
        hanneke
            .post(&format!("{}/vrijgeven", made.location()), &[])
            .await
            .shows("Deze is ingetrokken");

        // Signed, it goes along the next time.
        let id = "select max(id) as value from mandates where state = 'provisional'";
        let id = MandateId(world.count(id).await);
        write(&world, async |tx| {
            dues::mandate::sign(tx, id, Method::Web, day("2026-11-24")).await.unwrap();
            dues::mandate::sign(tx, id, Method::Web, day("2026-11-25")).await.unwrap();
        })
        .await;
        press("2026-11-30").await;
        assert_eq!(state(&world, spoken).await, State::InRun);
        assert_eq!(
            world.count("select count(*) as value from dues where state = 'in_run'").await,
            2
        );
    })
    .await;
}

#[tokio::test]
async fn an_account_number_stands_nowhere_and_who_saw_it_does() {
    on_each_engine(async |world| {
        three(&world).await;
        released(&world, "collection").await;
        nowhere(&world).await;

        // The member's page shows as much as recognises it; finance may see all, with a reason.
        let person = world.person(VLIET).await;
        let mut petra = world.browser("petra").await;
        let page = petra.get(&format!("/leden/{person}")).await;
        page.shows("NL91 •••• •••• 4300");
        page.hides("0417");
        let account = page.between("action=\"/rekening/", "\"").to_owned();
        let seen = "select count(*) as value from reads where why = 'account'";
        assert_eq!(
            petra.post(&format!("/rekening/{account}"), &[]).await.status,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(world.count(seen).await, 0);
        petra
            .post(&format!("/rekening/{account}"), &[("waarom", "bank")])
            .await
            .shows("NL91 ABNA 0417 1643 00");
        assert_eq!(world.count(seen).await, 1);
        assert_eq!(
            world.count("select count(*) as value from events where kind = 'account_shown'").await,
            1
        );
        let mut noor = world.browser("noor").await;
        noor.get(&format!("/leden/{person}")).await.shows("NL91 •••• •••• 4300");
        let refused = noor.post(&format!("/rekening/{account}"), &[("waarom", "bank")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        // Found without being opened, whatever key sealed it; and with another key everything opens still.
        let iban = ACCOUNTS[0].parse().unwrap();
        let find = async |keys: &vault::KeyRing| {
            write(&world, async |tx| dues::account::find(tx, keys, &iban).await.unwrap().len())
                .await
        };
        assert_eq!(find(world.app.keys()).await, 1);
        let mut ring = world.app.keys().clone();
        ring.add();
        assert_eq!(dues::account::reseal(&world.db, &ring).await.unwrap(), 4);
        assert_eq!(dues::account::reseal(&world.db, &ring).await.unwrap(), 0);
        assert_eq!(find(&ring).await, 1);
        ring.forget(1);
        assert_eq!(find(&ring).await, 1);
        let used = world.db.read(Actor::SYSTEM, async |tx| dues::account::keys_in_use(tx).await);
        assert_eq!(used.await.unwrap(), [(2, 4)].into());
        nowhere(&world).await;
    })
    .await;
}

/// Walks every table of PostgreSQL, and every byte that SQLite wrote.
async fn nowhere(world: &World) {
    let numbers: Vec<&str> = ACCOUNTS.iter().copied().chain([OURS]).collect();
    if !world.db.is_postgres() {
        let mut bytes = Vec::new();
        for file in std::fs::read_dir(world.path()).unwrap().flatten() {
            if file.path().is_file() && file.file_name().to_string_lossy().starts_with("wijland.db")
            {
                bytes.extend(std::fs::read(file.path()).unwrap());
            }
        }
        for number in numbers {
            // Also without its beginning, which anybody can work out.
            let part = &number.as_bytes()[4..];
            assert!(!bytes.windows(part.len()).any(|window| window == part), "{number}");
        }
        return;
    }
    db::row! { struct Table { name: String } }

    let sql = "select cast(table_name as text) as name from information_schema.tables where table_schema = 'public'";
    let tables = async |tx: &mut Tx| tx.all::<Table>(sql, vec![]).await;
    for Table { name: table } in world.db.read(Actor::SYSTEM, tables).await.unwrap() {
        for number in &numbers {
            let plain = &number[4..];
            let hex: String = plain.bytes().map(|byte| format!("{byte:02x}")).collect();
            let sql = format!(
                "select count(*) as value from {table} t where t::text like '%{plain}%' or t::text like '%{hex}%'"
            );
            assert_eq!(world.count(sql.leak()).await, 0, "{number} stands in {table}");
        }
    }
}

#[tokio::test]
async fn a_wrong_account_is_told_what_is_wrong_and_a_right_one_is_kept_once() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let membership = membership(&world, VLIET).await;
        let mut noor = world.browser("noor").await;
        let path = format!("/machtiging/nieuw/{membership}");
        let mut press = async |iban: &str| {
            let form = [("iban", iban), ("naam", "W. van Vliet"), ("hoe", "voice"), ("dag", "2026-11-24")];
            noor.post(&path, &form).await
        };
        for (iban, why) in [
            ("NL91ABNA041716430", "heeft 18 tekens; dit heeft er 17"),
            ("NL92ABNA0417164300", "De controlecijfers kloppen niet"),
            ("ZZ38ABNA0417164300", "Geen land heeft"),
            ("TR330006100519786457841326", "kan niet geïncasseerd worden"),
            ("", "Vul een IBAN in"),
        ] {
            let answer = press(iban).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            answer.shows(why);
            answer.shows("W. van Vliet");
        }
        // Pressed twice it is one mandate.
        let first = press("NL91 ABNA 0417 1643 00").await;
        let second = press("nl91abna0417164300").await;
        assert_eq!(first.location(), second.location());
        assert_eq!(world.count("select count(*) as value from mandates").await, 1);
        assert_eq!(world.count("select count(*) as value from accounts").await, 1);
        // What was said by telephone is shown as a risk, and ends when another takes its place.
        let mut petra = world.browser("petra").await;
        petra.get(first.location()).await.shows("telt deze machtiging voor de bank niet als bewijs");
        mandate(&world, membership, ACCOUNTS[1], Method::Paper).await;
        let replaced = "select count(*) as value from mandates where ended_as = 'replaced'";
        assert_eq!(world.count(replaced).await, 1);

        // One that another system had keeps its reference, its day and what was collected by it.
        let taken = serde_json::json!({"membership": membership.to_string(), "iban": ACCOUNTS[0], "holder": "W. van Vliet",
            "method": "paper", "given_on": "2019-03-01", "signed_on": "2019-03-01", "reference": "OUD-17", "last_used_on": "2026-10-27"});
        let program = world.program("petra").await;
        let answer = program.post("/mandates", &taken).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        assert_eq!((&answer.json()["reference"], &answer.json()["account"]), (&"OUD-17".into(), &"NL91 •••• •••• 4300".into()));
        let other = membership_of(&world, DEKKER).await;
        let again = serde_json::json!({"membership": other, "iban": ACCOUNTS[1], "holder": "J. Dekker", "method": "paper",
            "signed_on": "2019-03-01", "reference": "OUD-17"});
        assert_eq!(program.post("/mandates", &again).await.json()["type"], "urn:wijland:problem:reference-taken");
    })
    .await;
}

async fn membership_of(world: &World, number: &str) -> String {
    membership(world, number).await.to_string()
}

#[tokio::test]
async fn the_same_amount_needs_one_notice_and_is_asked_once() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let vliet = membership(&world, VLIET).await;
        let asked = async |period: &str, cents: i64| {
            let for_day = day(&format!("{period}-01"));
            let priced = Priced { cents: Cents(cents), version: None, class: String::new() };
            let purpose = Purpose::Contribution;
            let new = NewDue {
                membership: vliet,
                period: period.into(),
                purpose,
                for_day,
                due_on: for_day,
                priced,
            };
            let id = write(&world, async |tx| dues::amount::due(tx, &new).await.unwrap()).await;
            let id = id?;
            let read = async |tx: &mut Tx| dues::amount::by_id(tx, id).await;
            Some(world.db.read(Actor::SYSTEM, read).await.unwrap().unwrap())
        };
        assert_eq!(asked("2026-11", 1000).await.unwrap().announced_on, None);
        write(&world, async |tx| {
            dues::amount::announce(tx, vliet, day("2026-11-02")).await.unwrap()
        })
        .await;
        assert_eq!(asked("2026-12", 1000).await.unwrap().announced_on, Some(day("2026-11-02")));
        assert_eq!(asked("2027-01", 1100).await.unwrap().announced_on, None, "another amount");
        assert!(asked("2027-01", 1100).await.is_none());
        assert!(asked("2027-01", 1200).await.is_none(), "once per period");
        let kind = Kind::Collection;
        let runs = world
            .db
            .read(Actor::SYSTEM, async |tx| {
                dues::run::latest(tx, kind, PaymentRunId(i64::MAX), 5).await
            })
            .await
            .unwrap();
        assert!(runs.is_empty());
    })
    .await;
}
