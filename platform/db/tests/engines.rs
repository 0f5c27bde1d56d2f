//! What both engines must do the same.

use db::{Bulk, Error, Migration, Query, args};
use jiff::Timestamp;
use kernel::{Actor, CommandKey, UserId};

const THINGS: &[Migration] = &[Migration {
    name: "test-0001-things",
    sql: "create table things (
    id     id   primary key,
    name   text not null,
    day    text,
    ready  flag not null,
    at     int,
    bytes  bytes
);
create unique index things_name on things (name) where ready;
",
}];

db::row! {
    #[derive(Debug, PartialEq)]
    struct Thing {
        id: i64,
        name: String,
        day: Option<jiff::civil::Date>,
        ready: bool,
        at: Option<Timestamp>,
        bytes: Option<Vec<u8>>,
    }
}

#[tokio::test]
async fn every_kind_of_value_comes_back() {
    db::test::on_each_engine(THINGS, Actor::SYSTEM, async |tx| {
        let thing = Thing {
            id: i64::MAX,
            name: "Yılmaz".into(),
            day: Some("2026-11-24".parse().unwrap()),
            ready: true,
            at: Some(tx.now()),
            bytes: Some(vec![0, 255]),
        };
        let insert =
            "insert into things (id, name, day, ready, at, bytes) values ($1, $2, $3, $4, $5, $6)";
        tx.change_one(
            insert,
            args![thing.id, thing.name.as_str(), thing.day, true, thing.at, thing.bytes.clone()],
        )
        .await
        .unwrap();
        tx.change_one(
            insert,
            args![1_i64, "b", None::<jiff::civil::Date>, false, None::<Timestamp>, None::<Vec<u8>>],
        )
        .await
        .unwrap();

        let ready: Option<Thing> =
            tx.one("select * from things where ready", args![]).await.unwrap();
        assert_eq!(ready, Some(thing));
        let mut query = Query::new("select * from things where true");
        query
            .push(" and name >= ")
            .bind("a")
            .push(" and not ready order by name limit ")
            .bind(10_i64);
        let listed: Vec<Thing> = tx.list(query).await.unwrap();
        assert_eq!((listed.len(), listed[0].id, listed[0].day), (1, 1, None));
        let sum: i64 = tx
            .value("select cast(sum(id) as bigint) as value from things where id = 1", args![])
            .await
            .unwrap();
        assert_eq!(sum, 1);
    })
    .await;
}

#[tokio::test]
async fn many_rows_in_few_statements() {
    db::test::on_each_engine(THINGS, Actor::SYSTEM, async |tx| {
        let mut bulk =
            Bulk::new("insert into things (id, name, ready) values", "on conflict do nothing");
        for id in 0..10_001_i64 {
            bulk.push(args![id % 10_000, id.to_string(), false]);
        }
        assert_eq!(bulk.write(tx).await.unwrap(), 10_000);
    })
    .await;
}

#[tokio::test]
async fn a_unique_index_answers_duplicate() {
    db::test::on_each_engine(THINGS, Actor::SYSTEM, async |tx| {
        let insert = "insert into things (id, name, ready) values ($1, 'same', true)";
        tx.change_one(insert, args![1_i64]).await.unwrap();
        let again = tx.change_one(insert, args![2_i64]).await;
        assert!(matches!(again, Err(Error::Duplicate)), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn what_fails_halfway_never_happened() {
    db::test::on_each_database(THINGS, async |db| {
        let insert = "insert into things (id, name, ready) values ($1, $2, false)";
        let failed: Result<(), Error> = db
            .write(Actor::SYSTEM, async |tx| {
                tx.change_one(insert, args![1_i64, "a"]).await?;
                Err(Error::Raced)
            })
            .await;
        assert!(matches!(failed, Err(Error::Raced)));

        // A process that is killed ends no transaction either.
        let mut begun = db.begun(Actor::SYSTEM).await.unwrap();
        begun.change_one(insert, args![2_i64, "b"]).await.unwrap();
        drop(begun);

        let left: i64 = db
            .read(Actor::SYSTEM, async |tx| {
                tx.value::<i64>("select count(*) as value from things", args![]).await
            })
            .await
            .unwrap();
        assert_eq!(left, 0);
    })
    .await;
}

#[tokio::test]
async fn a_command_sent_twice_is_carried_out_once() {
    db::test::on_each_database(THINGS, async |db| {
        let send = async |request: i64| {
            let command = CommandKey { key: "k-1".into(), request };
            let actor = Actor { command: Some(command), ..Actor::user(UserId(7)) };
            db.write(actor, async |tx| {
                tx.execute(
                    "insert into things (id, name, ready) values ($1, 'x', false)",
                    args![db::new_id()],
                )
                .await
            })
            .await
        };
        assert!(send(1).await.is_ok());
        assert!(matches!(send(2).await, Err(Error::AlreadyDone)));
        // The same request may need more than one step.
        assert!(send(1).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn migrations_run_once_also_when_two_processes_start() {
    db::test::on_each_database(THINGS, async |db| {
        let (one, two) = tokio::join!(db.migrate(THINGS), db.migrate(THINGS));
        one.unwrap();
        two.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_index_that_was_set_aside_comes_back_as_it_was() {
    const WITH_INDEX: &[Migration] = &[
        Migration { name: "test-0001-things", sql: THINGS[0].sql },
        Migration {
            name: "test-0002-index",
            sql: "create index things_day on things (day, id) where ready;\n",
        },
    ];
    db::test::on_each_database(WITH_INDEX, async |db| {
        let find = if db.is_postgres() {
            "select indexdef as value from pg_indexes where indexname = 'things_day'"
        } else {
            "select sql as value from sqlite_master where name = 'things_day'"
        };
        db::row! {
            #[derive(Debug, PartialEq)]
            struct Index { value: String }
        }
        let index = async || -> Vec<Index> {
            db.read(Actor::SYSTEM, async |tx| tx.all(find, vec![]).await).await.unwrap()
        };
        let before = index().await;
        assert_eq!(before.len(), 1);
        // Twice, as two imports that begin at once do.
        for _ in 0..2 {
            db.set_indexes_aside(&["things_day"]).await.unwrap();
        }
        assert_eq!(index().await.is_empty(), !db.is_postgres());
        for _ in 0..2 {
            db.put_indexes_back().await.unwrap();
        }
        assert_eq!(index().await, before);
    })
    .await;
}

#[tokio::test]
async fn a_list_holds_its_values_and_an_empty_one_nothing() {
    db::test::on_each_database(THINGS, async |db| {
        let step = async |tx: &mut db::Tx| {
            for (id, name) in [(1_i64, "een"), (2, "twee"), (3, "drie")] {
                let sql = "insert into things (id, name, ready) values ($1, $2, $3)";
                tx.execute(sql, args![id, name, false]).await?;
            }
            Ok::<_, Error>(())
        };
        db.write(Actor::SYSTEM, step).await.unwrap();
        db::row! { struct Id { id: i64 } }
        for (asked, found) in [(vec![3_i64, 1, 9], vec![1, 3]), (vec![], vec![])] {
            let mut query = Query::new("select id from things where id in ");
            query.bind_list(asked).push(" order by id");
            let ids: Vec<Id> =
                db.read(Actor::SYSTEM, async |tx| tx.list(query).await).await.unwrap();
            assert_eq!(ids.iter().map(|row| row.id).collect::<Vec<_>>(), found);
        }
    })
    .await;
}
