use std::fmt::Write as _;

use kernel::Actor;

use crate::{Db, Error, Tx, args, tx};

/// One step of the schema. Never edited after a release; its first paragraph says why it exists.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Area, number and subject: `calls-0002-callbacks`.
    pub name: &'static str,
    pub sql: &'static str,
}

impl Db {
    /// Brings the schema up to date, each step in a transaction of its own.
    ///
    /// Several processes may do this at once: the first does the work, the others wait for it.
    pub async fn migrate(&self, steps: &[Migration]) -> Result<(), Error> {
        self.write(Actor::SYSTEM, async |tx| {
            tx.lock_schema().await?;
            tx.script(translate("create table if not exists migrations (\n    name text primary key,\n    at int not null\n);", tx.is_pg()))
                .await?;
            Ok::<_, Error>(())
        })
        .await?;
        for step in steps {
            self.write(Actor::SYSTEM, async |tx| {
                tx.lock_schema().await?;
                tx.migrate(step).await
            })
            .await?;
        }
        Ok(())
    }
}

impl Tx {
    pub(crate) fn is_pg(&self) -> bool {
        !matches!(self.engine, tx::Engine::Sqlite(_))
    }

    async fn lock_schema(&mut self) -> Result<(), Error> {
        if self.is_pg() {
            // Any number will do, as long as nobody else uses it; released at the commit.
            self.execute("select pg_advisory_xact_lock(8426042)", args![]).await?;
        }
        Ok(())
    }

    pub(crate) async fn migrate(&mut self, step: &Migration) -> Result<(), Error> {
        let now = self.now;
        let done = self
            .execute(
                "insert into migrations (name, at) values ($1, $2) on conflict (name) do nothing",
                args![step.name, now],
            )
            .await?;
        if done == 1 {
            self.script(translate(step.sql, self.is_pg()))
                .await
                .map_err(|source| Error::Migration { name: step.name, source })?;
        }
        Ok(())
    }
}

/// Turns the five column words into the engine's types; one column stands on one line.
///
/// Text is compared by its bytes on both engines: names are folded in Rust, and an order by
/// language would keep PostgreSQL from using an index for the beginning of a word. A table whose
/// primary key is all there is to find (`); -- clustered`) is stored in that order on SQLite. A column
/// that is added stands on a line of its own below `alter table x add`. What only one engine
/// understands, such as a trigger, stands between `-- on sqlite:` or `-- on postgresql:` and `-- on both:`.
fn translate(sql: &str, pg: bool) -> String {
    let mut out = String::with_capacity(sql.len() * 2);
    let (mut in_table, mut is_ours) = (false, true);
    for line in sql.lines() {
        match line {
            "-- on sqlite:" => is_ours = !pg,
            "-- on postgresql:" => is_ours = pg,
            "-- on both:" => is_ours = true,
            _ => {}
        }
        if !is_ours {
            continue;
        }
        in_table |= line.starts_with("create table")
            || (line.starts_with("alter table") && line.ends_with(" add"));
        if in_table && line.starts_with(");") {
            in_table = false;
            out += match (pg, line.contains("-- clustered")) {
                (true, _) => ");",
                (false, true) => ") strict, without rowid;",
                (false, false) => ") strict;",
            };
        } else if in_table && let Some(column) = Column::read(line) {
            let _ =
                write!(out, "    {} {}{}", column.name, engine_type(column.kind, pg), column.rest);
            in_table &= !column.rest.ends_with(';');
        } else {
            out += line;
        }
        out.push('\n');
    }
    out
}

struct Column<'a> {
    name: &'a str,
    kind: &'a str,
    rest: &'a str,
}

impl<'a> Column<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let line = line.strip_prefix("    ")?;
        let (name, rest) = line.split_once(' ')?;
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        let (kind, rest) = rest.split_at(end);
        matches!(kind, "id" | "int" | "text" | "flag" | "bytes").then_some(Self {
            name,
            kind,
            rest,
        })
    }
}

fn engine_type(word: &str, pg: bool) -> &'static str {
    match (word, pg) {
        ("id" | "int", true) => "bigint",
        ("flag", true) => "boolean",
        ("bytes", true) => "bytea",
        ("text", true) => "text collate \"C\"",
        ("id" | "int" | "flag", false) => "integer",
        ("bytes", false) => "blob",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::translate;

    const COMMON: &str = "\
-- Why.
create table things (
    id       id   primary key,
    name     text not null check (name <> ''),
    ready    flag not null,
    picture  bytes,
    primary key (id, name)
);
create index things_name on things (name);
create table words (
    word     text primary key
); -- clustered
";

    #[test]
    fn columns_get_the_types_of_the_engine() {
        let sqlite = translate(COMMON, false);
        assert!(sqlite.contains("    id integer   primary key,"), "{sqlite}");
        assert!(sqlite.contains("    picture blob,") && sqlite.contains(") strict;"));
        assert!(sqlite.contains(") strict, without rowid;"));
        let pg = translate(COMMON, true);
        assert!(pg.contains("    id bigint   primary key,"), "{pg}");
        assert!(pg.contains("    ready boolean not null,"));
        assert!(pg.contains("    name text collate \"C\" not null check (name <> ''),"));
        assert!(pg.contains("    primary key (id, name)\n);"));
    }

    #[test]
    fn a_column_is_added_and_a_trigger_is_written_for_its_engine() {
        let sql = "\
alter table things add
    owner_id id references users (id);
update things set name = 'x';
-- on sqlite:
create trigger t;
-- on postgresql:
create function f();
-- on both:
create index i on things (owner_id);
";
        let (sqlite, pg) = (translate(sql, false), translate(sql, true));
        assert!(sqlite.contains("add\n    owner_id integer references users (id);"), "{sqlite}");
        assert!(pg.contains("add\n    owner_id bigint references users (id);"), "{pg}");
        assert!(sqlite.contains("trigger t") && !sqlite.contains("function f"), "{sqlite}");
        assert!(pg.contains("function f") && !pg.contains("trigger t"), "{pg}");
        for both in [sqlite, pg] {
            assert!(both.contains("create index i") && both.contains("set name"), "{both}");
        }
    }
}
