//! What one user does reaches the others after the commit, and only then.

use db::Migration;
use kernel::{Actor, Event, EventKind, UserId};
use live::{Change, Hub, Topic};

const STEPS: &[Migration] = &[
    Migration {
        name: "test-users",
        sql: "create table users (\n    id id primary key,\n    name text not null\n);",
    },
    activity::MIGRATIONS[0],
];

#[tokio::test]
async fn a_commit_wakes_the_pages_that_wait_for_it() {
    db::test::on_each_database(STEPS, async |db| {
        let hub = Hub::default();
        let mut page = hub.listen();
        let publisher = tokio::spawn(live::publish(db.clone(), hub.clone()));
        // The publisher must have found its place in the log before something is written behind it.
        tokio::task::yield_now().await;

        let day = "2026-11-24".parse().unwrap();
        // Written again until the publisher runs: the first lines may precede its start.
        let change = loop {
            db.write(Actor::user(UserId(7)), async |tx| {
                activity::record(tx, Event::new(EventKind::IntentChosen, day)).await
            })
            .await
            .unwrap();
            if let Ok(change) =
                tokio::time::timeout(std::time::Duration::from_millis(200), page.recv()).await
            {
                break change.unwrap();
            }
        };
        assert_eq!(change, Change { topic: Topic::Own, user: Some(UserId(7)) });
        assert_eq!(page.recv().await.unwrap(), Change { topic: Topic::Team, user: None });
        publisher.abort();
    })
    .await;
}
