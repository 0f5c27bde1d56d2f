//! What a new tariff would do to everybody, and who reaches the state pension age in the months to come.

use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use kernel::{Actor, Cents, local};
use membership::tariff::{HolderKind, simulate, with_rows};
use tower::ServiceExt as _;

use crate::samples::Samples;
use crate::world::{Failed, World};

const LOOKS: usize = 200;

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let today = local(db.clock().now()).date();
    let versions =
        db.read(Actor::SYSTEM, async |tx| with_rows(tx, HolderKind::Person).await).await?;
    let Some((stored, rows)) = versions.last() else { return Err("there is no tariff".into()) };
    // Two per cent more for everybody, as a draft would be.
    let mut table = stored.table(rows);
    table.valid_from = today;
    for row in &mut table.rows {
        row.cents = Cents(row.cents.0 * 102 / 100);
    }
    let begin = Instant::now();
    let result = simulate(db, HolderKind::Person, &table, today).await?;
    let seconds = begin.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a number of members")]
    let each = result.members as f64 / seconds;
    println!(
        "a changed tariff computed for {} members: {seconds:.1} s ({each:.0} a second), {} pay more",
        result.members, result.up
    );
    // The raw limit beside it: the same rows read and nothing done with them.
    let begin = Instant::now();
    let read: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value(
                "select count(*) as value from memberships m join people p on p.id = m.person_id
                  where p.birth_date is not null and m.tariff <> '' and (m.ends_on is null or m.ends_on > '2026')",
                vec![],
            )
            .await
        })
        .await?;
    println!(
        "the same {read} rows counted by the database: {:.1} s",
        begin.elapsed().as_secs_f64()
    );

    let uploads = world.installation.settings.data.join("uploads");
    let router = wijland::router(&world.app, wijland::areas(uploads));
    let cookie = crate::pages::sign_in(&router, "ingrid").await?;
    for months in [6, 24] {
        let mut samples = Samples::default();
        for _ in 0..LOOKS {
            let begin = Instant::now();
            let request = Request::get(format!("/aow?maanden={months}"))
                .header(header::COOKIE, cookie.as_str())
                .body(Body::empty())?;
            let answer = router.clone().oneshot(request).await?;
            let status = answer.status();
            to_bytes(answer.into_body(), 1 << 24).await?;
            if !status.is_success() {
                return Err(format!("/aow answers {status}").into());
            }
            samples.push(begin.elapsed());
        }
        samples.print(&format!("who reaches the pension age within {months} months"), "50 ms");
    }
    Ok(())
}
