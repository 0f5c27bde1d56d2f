//! The log and its counters, on both engines.

use activity::{Dim, counts, record, recount};
use db::{Migration, args};
use jiff::civil::Date;
use kernel::{Actor, CampaignId, Event, EventKind, Fact, TeamId, UserId};

const STEPS: &[Migration] = &[
    // The log reads the names of users; their table belongs to another area.
    Migration {
        name: "test-users",
        sql: "create table users (\n    id id primary key,\n    name text not null\n);",
    },
    activity::MIGRATIONS[0],
];

fn marit() -> Actor {
    Actor { team: Some(TeamId(3)), ..Actor::user(UserId(7)) }
}

fn day() -> Date {
    "2026-11-24".parse().unwrap()
}

fn outcome(code: &'static str, reached: &'static str) -> Event {
    let mut event = Event::new(EventKind::OutcomeLogged, day())
        .with("outcome", Fact::Code(code))
        .with("reached", Fact::Code(reached));
    event.campaign = Some(CampaignId(5));
    event
}

#[tokio::test]
async fn an_outcome_moves_every_counter_it_belongs_to() {
    db::test::on_each_engine(STEPS, marit(), async |tx| {
        record(tx, outcome("joined", "yes")).await.unwrap();
        record(tx, outcome("joined", "yes")).await.unwrap();
        record(tx, outcome("no_answer", "no")).await.unwrap();

        for (dim, key) in [(Dim::User, 7), (Dim::Team, 3), (Dim::Campaign, 5), (Dim::All, 0)] {
            let counts = counts(tx, dim, key, day(), day()).await.unwrap();
            assert_eq!(counts.get("new_members"), Some(&(2, 0)), "{dim}");
            assert_eq!(counts.get("conversations"), Some(&(2, 0)), "{dim}");
        }
        let others = counts(tx, Dim::User, 8, day(), day()).await.unwrap();
        assert!(others.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_recount_finds_what_the_counters_say_and_notices_when_they_lie() {
    db::test::on_each_engine(STEPS, marit(), async |tx| {
        record(tx, outcome("retained", "yes")).await.unwrap();
        let mut ended =
            Event::new(EventKind::IntentEnded, day()).with("intent", Fact::Code("lunch"));
        ended.amount = Some(1800);
        record(tx, ended).await.unwrap();
        let same = recount(tx).await.unwrap();
        assert_eq!((same.events, same.differences), (2, 0));

        tx.execute(
            "update rollup_day set n = n + 1 where dim = 'user' and kind = 'retained_members'",
            args![],
        )
        .await
        .unwrap();
        assert_eq!(recount(tx).await.unwrap().differences, 1);
    })
    .await;
}
