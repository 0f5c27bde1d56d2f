//! `wijland doctor`

use std::process::ExitCode;

use db::{Db, Error, args};
use kernel::Actor;

use super::say;
use crate::{Failure, Installation, Place, Settings};

/// What must never be and no constraint of the database holds by itself, as a query that counts it.
/// Source: state machines §4.5.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "every call that ended has an outcome or is on a desk (INV14)",
        "select count(*) as value from attempts a where a.ended_at is not null
            and not exists (select 1 from outcomes o where o.attempt_id = a.id)
            and not exists (select 1 from claims c where c.person_id = a.person_id and c.released_at is null)",
    ),
    (
        "nothing that somebody chose overlaps (INV16)",
        "select count(*) as value from presence_stretches a join presence_stretches b
           on b.user_id = a.user_id and b.id <> a.id and b.from_at < a.until_at and b.from_at > a.from_at",
    ),
    (
        "every record that is being worked on is on a desk",
        "select count(*) as value from call_records r where r.state in ('claimed', 'in_attempt', 'outcome_due')
            and not exists (select 1 from claims c where c.person_id = r.person_id and c.released_at is null)",
    ),
    (
        "every record that waits for a promise has one (INV7)",
        "select count(*) as value from call_records r where r.state = 'promised'
            and not exists (select 1 from callbacks b where b.person_id = r.person_id and b.ended_at is null)",
    ),
    (
        "every run comes to what its rows say (P2)",
        "select count(*) as value from payment_runs r where r.state <> 'withdrawn' and (r.row_count, r.cents) <>
            (select count(*), cast(coalesce(sum(w.cents), 0) as bigint) from payment_rows w
              where w.run_id = r.id and (w.ended_as is null or w.ended_as = 'returned'))",
    ),
    (
        "every amount that is in a run or went out has its row there (P1)",
        "select count(*) as value from dues d where d.state in ('in_run', 'sent', 'paid', 'settled', 'given_back')
            and not exists (select 1 from payment_rows w where w.due_id = d.id and w.run_id = d.run_id and w.ended_as is null)",
    ),
    (
        "every pay-out of premiums comes to what its lines say (R3)",
        "select count(*) as value from referral_payments p where p.cents <>
            (select cast(coalesce(sum(l.cents), 0) as bigint) from referral_lines l where l.payment_id = p.id)",
    ),
];

pub(crate) async fn run(place: Place) -> Result<ExitCode, Failure> {
    let installation = place.open().await?;
    let mut ill = 0;
    let mut tell = |well: bool, what: String| {
        ill += u32::from(!well);
        say(format!("{} {what}", if well { "ok" } else { "!!" }));
    };
    let Installation { db, settings, .. } = &installation;
    tell(
        true,
        format!("the database opens: {}", if db.is_postgres() { "PostgreSQL" } else { "SQLite" }),
    );
    match db.is_whole().await {
        Ok(whole) => tell(whole, "the database is whole".into()),
        Err(error) => tell(false, format!("the database cannot be checked: {error}")),
    }
    for (what, sql) in INVARIANTS {
        let found = count(db, sql).await?;
        tell(
            found == 0,
            if found == 0 { (*what).to_owned() } else { format!("{what}: {found} against it") },
        );
    }
    let recount = db.read(Actor::SYSTEM, async |tx| activity::recount(tx).await).await?;
    tell(
        recount.differences == 0,
        format!(
            "{} lines of the log counted again, {} differences",
            recount.events, recount.differences
        ),
    );
    let today = kernel::local(db.clock().now()).date();
    let dues = db.read(Actor::SYSTEM, async |tx| {
        let book = rulebook::Rulebook::load(tx).await?;
        let months = book.number("visits.starter_months", today).unwrap_or_default();
        let rules = visits::due::rules(tx, months, today).await?;
        visits::due::differences(tx, &rules).await
    });
    let dues = dues.await?;
    tell(
        dues == 0,
        format!(
            "who is due for a visit counted again, {dues} differences (a program that runs mends them)"
        ),
    );
    let figures = db.read(Actor::SYSTEM, async |tx| {
        let book = rulebook::Rulebook::load(tx).await?;
        figures::count::differences(tx, &book).await
    });
    let figures = figures.await?;
    tell(
        figures.differences == 0,
        format!(
            "{} numbers of the key figures counted again, {} differences (a program that runs mends what it has not counted yet)",
            figures.numbers, figures.differences
        ),
    );
    for example in &figures.examples {
        say(format!("   {example}"));
    }
    let (well, words) = sealed(&installation).await?;
    tell(well, words);
    let administrators = count(
        db,
        "select count(*) as value from users where ended_at is null and roles like '%administrator%'",
    )
    .await?;
    tell(administrators > 0, format!("{administrators} administrators"));
    let (well, what) = listens(settings);
    tell(well, what);
    for (well, what) in crate::tls::look(settings, db.clock()).await {
        tell(well, what);
    }
    let (well, what) = mail(settings, db).await?;
    tell(well, what);
    db.close().await;
    Ok(if ill == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether everything that is sealed has its key.
async fn sealed(installation: &Installation) -> Result<(bool, String), Failure> {
    let Installation { db, settings, keys, .. } = installation;
    let used = db.read(Actor::SYSTEM, async |tx| crate::keys::in_use(tx).await).await?;
    let is_lost = |nr: &i64| !keys.numbers().any(|known| known == *nr);
    let lost: i64 = used.iter().filter(|(nr, _)| is_lost(nr)).map(|(_, count)| count).sum();
    Ok(if lost == 0 {
        let all = used.values().sum::<i64>();
        (true, format!("{all} account numbers and recordings, and the keys that open them"))
    } else {
        let file = settings.key_file();
        let words = format!(
            "{lost} account numbers and recordings without their key: put the file back that belongs to this database as {}",
            file.display()
        );
        (false, words)
    })
}

fn listens(settings: &Settings) -> (bool, String) {
    let at = settings.listen;
    if at.ip().is_loopback() || settings.is_secure() {
        return (true, format!("listens on {at}"));
    }
    (
        false,
        format!("listens on {at} without TLS: set [tls], or put a proxy in front and set `secure`"),
    )
}

/// Whether mail leaves the house. Without a server that is as it was chosen, and said.
async fn mail(settings: &Settings, db: &Db) -> Result<(bool, String), Failure> {
    let failed = count(db, "select count(*) as value from outbox where state = 'failed'").await?;
    let failed = if failed == 0 {
        String::new()
    } else {
        format!("; {failed} messages did not arrive: see /beheer/post")
    };
    Ok(match mail::Outside::new(&settings.of_web(vault::KeyRing::default(), None)) {
        Err(wrong) => (false, format!("messages wait: {wrong}{failed}")),
        Ok(outside) => match outside.reaches_mail().await {
            None => {
                (true, format!("mail is kept and not sent: no mail.smtp in the settings{failed}"))
            }
            Some(Ok(())) => (true, format!("the mail server takes mail{failed}")),
            Some(Err(mail::Reason::SignIn)) => {
                (false, format!("the mail server does not let us in: look at mail.smtp{failed}"))
            }
            Some(Err(_)) => {
                (false, format!("the mail server of mail.smtp cannot be reached{failed}"))
            }
        },
    })
}

async fn count(db: &Db, sql: &'static str) -> Result<i64, Error> {
    db.read(Actor::SYSTEM, async |tx| tx.value(sql, args![]).await).await
}
