//! Indexes that a large import does without: kept up to date row by row they take more than half of its time,
//! made at its end a tenth.

use kernel::Actor;

use crate::{Db, Error, args};

impl Db {
    /// Takes these indexes away until [`put_indexes_back`](Self::put_indexes_back). Not one that is unique, which
    /// guards something. On SQLite only: PostgreSQL is fast enough with them.
    pub async fn set_indexes_aside(&self, names: &[&'static str]) -> Result<(), Error> {
        if self.is_postgres() {
            return Ok(());
        }
        self.write(Actor::SYSTEM, async |tx| {
            for name in names {
                let set_aside = tx
                    .execute(
                        "insert into indexes_aside (name, sql)
                         select name, sql from sqlite_master where type = 'index' and name = $1",
                        args![*name],
                    )
                    .await?;
                if set_aside == 1 {
                    tx.script(format!("drop index {name}")).await?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Makes what was set aside again, each in a step of its own so that others get their turn. Does nothing when
    /// nothing is.
    pub async fn put_indexes_back(&self) -> Result<(), Error> {
        crate::row! { struct Aside { name: String, sql: String } }

        let aside: Vec<Aside> = self
            .read(Actor::SYSTEM, async |tx| {
                tx.all("select name, sql from indexes_aside order by name", args![]).await
            })
            .await?;
        for Aside { name, sql } in aside {
            self.write(Actor::SYSTEM, async |tx| {
                // Another process may have been first.
                let ours = "delete from indexes_aside where name = $1";
                if tx.execute(ours, args![name]).await? == 1 {
                    tx.script(sql).await?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        }
        Ok(())
    }
}
