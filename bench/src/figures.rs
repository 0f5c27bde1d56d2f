//! Two years of figures over many contact moments: counted from nothing, read, kept, and counted again.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use db::{Bulk, Db};
use figures::count::{self, Follower};
use figures_rules::{Dim, Figure, Month, Universe};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Actor, Event, EventKind, Fact, local};

use crate::samples::Samples;
use crate::world::{Failed, World};

/// As many contact moments to a member as in `storage.md`: ten.
const CONTACTS_EACH: u64 = 10;
/// Over so many days.
const DAYS: i64 = 730;
const READS: usize = 500;
/// Ids that no other table of the bench uses.
const FIRST: i64 = 2_000_000_000;
/// What is written between two looks of a busy floor.
const NEW: usize = 1_000;

const SECTORS: [&str; 12] = [
    "Zorg",
    "Vervoer",
    "Techniek",
    "Onderwijs",
    "Bouw",
    "Horeca",
    "Handel",
    "Overheid",
    "Welzijn",
    "Media",
    "Schoonmaak",
    "Metaal",
];

pub(crate) async fn measure(world: &World, members: u64, data: &Path) -> Result<(), Failed> {
    let db = &world.installation.db;
    let today = local(db.clock().now()).date();
    fill(db, members, today).await?;

    let begin = Instant::now();
    Follower::catch_up(&world.app).await?;
    println!("figures counted from nothing: {:.1} s", begin.elapsed().as_secs_f64());

    read(db, today).await?;

    let mut samples = Samples::default();
    for _ in 0..10 {
        for _ in 0..NEW {
            let person = FIRST + i64::try_from(fastrand::u64(0..members)).unwrap_or(0);
            db.write(Actor::SYSTEM, async |tx| activity::record(tx, contact(today, person)).await)
                .await?;
        }
        let begin = Instant::now();
        Follower::catch_up(&world.app).await?;
        samples.push(begin.elapsed());
    }
    samples.print(&format!("{NEW} new contact moments counted"), "–");

    let begin = Instant::now();
    let book = world.app.rulebook();
    let recount = db.read(Actor::SYSTEM, async |tx| count::differences(tx, &book).await).await?;
    println!(
        "{} numbers counted again from all contact moments: {:.1} s, {} differences",
        recount.numbers,
        begin.elapsed().as_secs_f64(),
        recount.differences
    );
    beside(db, data).await
}

fn contact(day: Date, person: i64) -> Event {
    Event::new(EventKind::OutcomeLogged, day)
        .about(person.into())
        .with("reached", Fact::Code("yes"))
}

/// What the board reads: nine figures of two years with the one before, and one told apart by sector.
async fn read(db: &Db, today: Date) -> Result<(), Failed> {
    let now = Month::of(today);
    let figures = [
        Figure::NetGrowth,
        Figure::Joined,
        Figure::Left,
        Figure::Retention,
        Figure::Renewal,
        Figure::ContactCoverage,
        Figure::Conversations,
        Figure::AgreementsKept,
        Figure::WishesSolved,
    ];
    let (mut board, mut one) = (Samples::default(), Samples::default());
    for _ in 0..READS {
        let begin = Instant::now();
        db.read(Actor::SYSTEM, async |tx| {
            figures::figure::line(
                tx,
                Figure::ContactCoverage,
                Universe::Persons,
                &Dim::All,
                now.plus(-23),
                now,
            )
            .await
        })
        .await?;
        one.push(begin.elapsed());
        let begin = Instant::now();
        db.read(Actor::SYSTEM, async |tx| {
            for figure in figures {
                let (from, all) = (now.plus(-35), Dim::All);
                figures::figure::line(tx, figure, Universe::Persons, &all, from, now).await?;
            }
            figures::figure::along(
                tx,
                Figure::ContactCoverage,
                Universe::Persons,
                "sector",
                now,
                now,
            )
            .await
        })
        .await?;
        board.push(begin.elapsed());
    }
    one.print("one figure over 24 months", "20 ms");
    board.print("nine figures over 36 months, one by sector", "20 ms");
    Ok(())
}

async fn fill(db: &Db, members: u64, today: Date) -> Result<(), Failed> {
    let known: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select count(*) as value from memberships where id >= 2000000000", vec![])
                .await
        })
        .await?;
    if known > 0 {
        return Ok(());
    }
    let begin = Instant::now();
    let members = i64::try_from(members)?;
    for from in (0..members).step_by(20_000) {
        let count = 20_000.min(members - from);
        db.write(Actor::SYSTEM, async |tx| people(tx, from, count, today).await).await?;
    }
    let contacts = members * i64::try_from(CONTACTS_EACH)?;
    for from in (0..contacts).step_by(50_000) {
        let count = 50_000.min(contacts - from);
        db.write(Actor::SYSTEM, async |tx| events(tx, from, count, members, today).await).await?;
    }
    db.write(Actor::SYSTEM, async |tx| tx.execute("analyze", vec![]).await).await?;
    println!(
        "{members} members with {contacts} contact moments made in {:.0} s",
        begin.elapsed().as_secs_f64()
    );
    Ok(())
}

async fn people(tx: &mut db::Tx, from: i64, count: i64, today: Date) -> Result<(), db::Error> {
    let now = tx.now();
    let mut people = Bulk::new(
        "insert into people (id, initials, first_name, call_name, prefix, surname, sort_key, street, addition, postcode,
             town, country, email, email_fold, sector, employer, occupation, source, interest, language, created_at,
             changed_at, version) values",
        "",
    );
    let mut memberships = Bulk::new(
        "insert into memberships (id, person_id, tariff, starts_on, ends_on, created_at) values",
        "",
    );
    for nr in from..from + count {
        let id = FIRST + nr;
        let name = format!("Lid {nr}");
        let sector = SECTORS[usize::try_from(nr % 12).unwrap_or(0)];
        people.push(db::args![
            id, "", "Jan", "", "", &name, &name, "", "", "", "Dorp", "NL", "", "", sector, "", "",
            "", "", "", now, now, 1_i64,
        ]);
        let since = today.saturating_sub((30 + nr * 7 % 6_000).days());
        // One in twelve left in the last two years.
        let until = (nr % 12 == 5)
            .then(|| today.saturating_sub((nr % 700).days()))
            .filter(|until| *until >= since);
        memberships.push(db::args![id, id, "Standaard", since, until, now]);
    }
    people.write(tx).await?;
    memberships.write(tx).await.map(drop)
}

/// Contact moments spread over two years, in the order of their days.
async fn events(
    tx: &mut db::Tx,
    from: i64,
    count: i64,
    members: i64,
    today: Date,
) -> Result<(), db::Error> {
    let total = members * i64::try_from(CONTACTS_EACH).unwrap_or(1);
    let mut bulk = Bulk::new(
        "insert into events (id, at, day, kind, actor_kind, actor_id, person_id, payload) values",
        "",
    );
    let now = tx.now().as_millisecond();
    let each = (db::new_id() >> 22) / (total + 1);
    for nr in from..from + count {
        let ago = DAYS - nr * DAYS / total;
        let day = today.saturating_sub(ago.days());
        let at = now - ago * 86_400_000 + nr % 86_000;
        // An id grows with its time, as the program makes them: milliseconds in front of 22 bits.
        let id = ((nr + 1) * each) << 22;
        let person = FIRST + nr.wrapping_mul(7_919) % members;
        bulk.push(db::args![
            id,
            at,
            day,
            "outcome_logged",
            "user",
            1_i64 + nr % 200,
            person,
            r#"{"outcome":"retained","reached":"yes"}"#,
        ]);
    }
    bulk.write(tx).await.map(drop)
}

/// The same question to DuckDB, where it is installed, over the same rows.
async fn beside(db: &Db, data: &Path) -> Result<(), Failed> {
    if Command::new("duckdb").arg("--version").output().is_err() {
        println!("DuckDB is not installed: nothing to set beside");
        return Ok(());
    }
    db::row! { struct Row { id: i64, day: String, person_id: i64 } }
    let path = data.join("contacts.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    writeln!(file, "day,person")?;
    let mut after = 0_i64;
    loop {
        let rows: Vec<Row> = db
            .read(Actor::SYSTEM, async |tx| {
                tx.all(
                    "select id, day, person_id from events where id > $1 and kind = 'outcome_logged'
                      order by id limit 200000",
                    db::args![after],
                )
                .await
            })
            .await?;
        let Some(last) = rows.last().map(|row| row.id) else { break };
        for row in &rows {
            writeln!(file, "{},{}", row.day, row.person_id)?;
        }
        after = last;
    }
    file.flush()?;
    let question = format!(
        ".timer on\ncreate table c as select * from read_csv('{}');\n\
         select substr(cast(day as varchar), 1, 7) m, count(*), count(distinct person) from c group by m order by m;\n",
        path.display()
    );
    let mut duckdb = Command::new("duckdb")
        .arg(":memory:")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    // Dropped at the end of the statement: it answers when it has heard everything.
    duckdb.stdin.take().ok_or("DuckDB does not listen")?.write_all(question.as_bytes())?;
    let said = String::from_utf8_lossy(&duckdb.wait_with_output()?.stdout).into_owned();
    let times: Vec<&str> = said.lines().filter(|line| line.contains("Run Time")).collect();
    let [taken_in, counted] = times[..] else { return Err("DuckDB says no times".into()) };
    println!("DuckDB, the rows taken in: {taken_in}");
    println!("DuckDB, 24 months from the rows: {counted}");
    Ok(())
}
