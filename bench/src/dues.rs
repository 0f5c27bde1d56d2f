//! A collection of every member at once: the run is filled, released, and its file is written; then the bank books it.

use std::io::Write as _;
use std::time::Instant;

use db::{Bulk, Tx, args};
use dues::creditor::NewCreditor;
use dues_rules::amount::Kind;
use jiff::civil::Date;
use kernel::{Actor, MembershipId, OrganisationId, PaymentRunId, PersonId, Pii, UserId};
use vault::{KeyRing, Sealed};

use crate::world::{Failed, World};

const AT_ONCE: i64 = 5_000;

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let rows = fill(world).await?;
    println!("{rows} members owe a month");
    let creditor = db.read(Actor::SYSTEM, async |tx| dues::creditor::current(tx).await).await?;
    let creditor = creditor.ok_or("no creditor")?.id;
    let day: Date = "2026-11-30".parse()?;
    let users: Vec<UserId> = world.agents().await?.0;
    let (maker, releaser) = (Actor::user(users[0]), Actor::user(users[1]));

    let begin = Instant::now();
    let book = world.app.rulebook();
    let run: PaymentRunId = db
        .write(maker, async |tx| dues::run::make(tx, &book, Kind::Collection, creditor, day).await)
        .await?;
    dues::run::fill(&world.app, run).await?;
    println!("the run of {rows} rows is full: {:.1} s", begin.elapsed().as_secs_f64());

    let begin = Instant::now();
    dues::run::release(&world.app, releaser, run).await?;
    println!("released, counted and hashed: {:.1} s", begin.elapsed().as_secs_f64());

    let before = resident()?;
    let begin = Instant::now();
    let mut pieces = dues::file::Pieces::of(db, world.app.keys(), run).await?;
    let (mut bytes, mut most) = (0, before);
    while let Some(piece) = pieces.next().await? {
        bytes += piece.len();
        most = most.max(resident()?);
    }
    println!(
        "pain.008 of {rows} collections: {:.1} s (target 30 s), {} MB of file, {} MB of memory above {} MB at rest (target 200 MB)",
        begin.elapsed().as_secs_f64(),
        bytes >> 20,
        (most - before) >> 10,
        before >> 10
    );

    let written = pieces.written();
    let part = format!("WL-{}-RCUR", radix(run.0));
    let mut file = tempfile::tempfile()?;
    write!(
        file,
        "<Document><BkToCstmrDbtCdtNtfctn><Ntfctn><Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><Btch><PmtInfId>{part}</PmtInfId></Btch></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>",
        written.cents.decimal()
    )?;
    std::io::Seek::rewind(&mut file)?;
    let begin = Instant::now();
    let outcome = dues::bank::read(&world.app, Actor::user(users[0]), "camt.054", file).await?;
    println!("{} of them booked: {:.1} s", outcome.booked, begin.elapsed().as_secs_f64());
    Ok(())
}

/// In KiB.
fn resident() -> Result<i64, Failed> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS")).ok_or("no such process")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}

fn radix(id: i64) -> String {
    let mut rest = id;
    let mut letters = String::new();
    while rest > 0 {
        let digit = u32::try_from(rest % 36).expect("below 36");
        letters.insert(0, char::from_digit(digit, 36).expect("below 36").to_ascii_uppercase());
        rest /= 36;
    }
    letters
}

db::row! {
    struct Member { id: MembershipId, person_id: Option<PersonId>, organisation_id: Option<OrganisationId> }
}

/// Gives every membership an account, a mandate and an amount, once; how many there are.
async fn fill(world: &World) -> Result<i64, Failed> {
    let db = &world.installation.db;
    let keys = world.app.keys();
    let current = db.read(Actor::SYSTEM, async |tx| dues::creditor::current(tx).await).await?;
    if current.is_none() {
        let new = NewCreditor {
            name: "Werkbond".into(),
            code: "NL79ZZZ999999990000".parse()?,
            iban: Pii::new("NL39RABO0300065264".parse()?),
        };
        db.write(Actor::SYSTEM, async |tx| dues::creditor::add(tx, keys, &new).await).await?;
        let begin = Instant::now();
        db.enlarge_cache(true).await?;
        let mut after = MembershipId(0);
        while let Some(last) =
            db.write(Actor::SYSTEM, async |tx| some(tx, keys, after).await).await?
        {
            after = last;
        }
        db.enlarge_cache(false).await?;
        db.analyze().await?;
        println!("accounts, mandates and amounts: {:.1} s", begin.elapsed().as_secs_f64());
    }
    let due = "select count(*) as value from dues where state = 'due'";
    Ok(db.read(Actor::SYSTEM, async |tx| tx.value(due, vec![]).await).await?)
}

/// An account number with check digits that fit.
fn iban(nr: i64) -> String {
    let digits = format!("{:010}", nr % 10_000_000_000);
    // A = 10, B = 11, N = 23, L = 21; the country and 00 behind.
    let turned = format!("10112310{digits}232100");
    let rest = turned.bytes().fold(0, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
    format!("NL{:02}ABNA{digits}", 98 - rest)
}

async fn some(
    tx: &mut Tx,
    keys: &KeyRing,
    after: MembershipId,
) -> Result<Option<MembershipId>, dues::Broken> {
    let members: Vec<Member> = tx
        .all(
            "select id, person_id, organisation_id from memberships where id > $1 and ends_on is null order by id limit $2",
            args![after, AT_ONCE],
        )
        .await?;
    let mut accounts = Bulk::new(
        "insert into accounts (id, person_id, organisation_id, holder, sealed, key_nr, look_up, country, made_by, made_at) values",
        "",
    );
    let mut mandates = Bulk::new(
        "insert into mandates (id, membership_id, person_id, organisation_id, account_id, creditor_code, reference, method,
                               moi_safe, state, given_on, signed_on, made_by, made_at) values",
        "",
    );
    let mut owed = Bulk::new(
        "insert into dues (id, kind, membership_id, person_id, organisation_id, period, purpose, cents, tariff_version,
                           tariff_class, for_day, planned_on, due_on, announced_on, state, tries, made_by, made_at) values",
        "",
    );
    let now = tx.now();
    for Member { id, person_id, organisation_id } in &members {
        let (account, number) = (db::new_id(), iban(id.0));
        let Sealed { key, bytes } = keys.seal(&format!("accounts {account}"), number.as_bytes())?;
        let look_up = keys.look_up(number.as_bytes())?;
        accounts.push(args![
            account,
            *person_id,
            *organisation_id,
            "J. de Vries-van den Berg",
            bytes,
            key,
            look_up,
            "NL",
            0_i64,
            now,
        ]);
        mandates.push(args![
            db::new_id(),
            *id,
            *person_id,
            *organisation_id,
            account,
            "NL79ZZZ999999990000",
            format!("M{id}"),
            "paper",
            true,
            "signed",
            "2026-01-01",
            "2026-01-01",
            0_i64,
            now,
        ]);
        owed.push(args![
            db::new_id(),
            "collection",
            *id,
            *person_id,
            *organisation_id,
            "2026-11",
            "contribution",
            1000 + id.0 % 1000,
            1_i64,
            "full",
            "2026-11-01",
            "2026-11-01",
            "2026-11-01",
            "2026-11-01",
            "due",
            0_i64,
            0_i64,
            now,
        ]);
    }
    for rows in [accounts, mandates, owed] {
        rows.write(tx).await?;
    }
    Ok(members.last().map(|last| last.id))
}
