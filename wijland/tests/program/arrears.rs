//! What did not come in becomes a friendly call, once, and goes away when it is settled.

use kernel::{DueId, PersonId};
use people::permission::{Channel, NewObjection, object};

use crate::dues::{DEKKER, KAYA, VLIET, read_in, released, statement, three, write};
use crate::harness::{World, on_each_engine};

const OPEN: &str =
    "select count(*) as value from callbacks where purpose = 'service' and ended_at is null";

/// Three members whose November came back; each is to be spoken with.
async fn came_back(world: &World) -> Vec<DueId> {
    let dues = three(world).await;
    released(world, "collection").await;
    let said = [
        (dues[0], "19.22", Some("AC04")),
        (dues[1], "14.41", Some("MD06")),
        (dues[2], "9.61", Some("MD07")),
    ];
    let back = statement(world, &said).await;
    read_in(world, &back).await;
    dues
}

async fn look(world: &World) {
    calls::arrears::look(&world.app).await.unwrap();
}

async fn called(world: &World, number: &str) -> i64 {
    let person = world.person(number).await;
    let sql =
        "select count(*) as value from callbacks where purpose = 'service' and person_id = $1";
    write(world, async |tx| tx.value::<i64>(sql, db::args![person]).await.unwrap()).await
}

#[tokio::test]
async fn what_came_back_is_a_call_today_once_and_none_to_relatives() {
    on_each_engine(async |world| {
        let before = world.count(OPEN).await;
        came_back(&world).await;
        look(&world).await;
        look(&world).await;
        assert_eq!(world.count(OPEN).await, before + 2);
        let [vliet, dekker, kaya] =
            [called(&world, VLIET).await, called(&world, DEKKER).await, called(&world, KAYA).await];
        assert_eq!([vliet, dekker, kaya], [1, 1, 0], "the bank says that the third died");
        let today = "select count(*) as value from callbacks
                      where purpose = 'service' and due_on = '2026-11-24' and owner_id is null and team_id is not null";
        assert_eq!(world.count(today).await, 2);

        // On a list it says what kind of talk it is; on the desk why.
        world.clock("09:30");
        let mut noor = world.browser("noor").await;
        let person = world.person(VLIET).await;
        noor.post(&format!("/leden/{person}/gesprek"), &[("direction", "out")]).await;
        let desk = noor.get("/werkplek").await;
        desk.shows("Contributie nov 2026 kwam niet binnen: AC04.");
        desk.shows("Over het lidmaatschap");
        desk.hides("MD06");
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_call_goes_away_when_the_amount_is_settled_and_is_not_made_again() {
    on_each_engine(async |world| {
        let dues = came_back(&world).await;
        look(&world).await;
        let open = world.count(OPEN).await;
        let mut petra = world.browser("petra").await;
        petra.post(&format!("/incasso/terug/{}/kwijt", dues[0]), &[]).await;
        petra.post(&format!("/incasso/terug/{}/opgepakt", dues[1]), &[]).await;
        look(&world).await;
        assert_eq!(world.count(OPEN).await, open - 2);
        let settled = "select count(*) as value from callbacks where purpose = 'service' and ended_why = 'settled'";
        assert_eq!(world.count(settled).await, 2);
        look(&world).await;
        assert_eq!((called(&world, VLIET).await, called(&world, DEKKER).await), (1, 1));
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_is_called_who_objected_or_died() {
    on_each_engine(async |world| {
        came_back(&world).await;
        let (vliet, dekker) = (world.person(VLIET).await, world.person(DEKKER).await);
        write(&world, async |tx| {
            let objection = NewObjection::all(PersonId(vliet), Channel::Phone, "call");
            object(tx, objection).await.unwrap();
            calls::report_death(tx, PersonId(dekker)).await.unwrap();
        })
        .await;
        look(&world).await;
        assert_eq!((called(&world, VLIET).await, called(&world, DEKKER).await), (0, 0));
    })
    .await;
}
