//! Users, teams, roles and tokens.

pub mod account;
pub mod message;
pub mod presence;
pub(crate) mod roles;
pub mod roster;
pub mod teams;
pub mod token;
mod two_step;
pub mod users;

use kernel::Action;
use web::{Area, DoneFuture, FirstStep, PersonalData, Section, Slot};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration { name: "access-0001-users", sql: include_str!("../migrations/0001-users.sql") },
    db::Migration {
        name: "access-0002-presence",
        sql: include_str!("../migrations/0002-presence.sql"),
    },
    db::Migration {
        name: "access-0003-temporary-passwords",
        sql: include_str!("../migrations/0003-temporary-passwords.sql"),
    },
    db::Migration {
        name: "access-0004-roster",
        sql: include_str!("../migrations/0004-roster.sql"),
    },
    db::Migration {
        name: "access-0005-messages",
        sql: include_str!("../migrations/0005-messages.sql"),
    },
    db::Migration {
        name: "access-0006-connection",
        sql: include_str!("../migrations/0006-connection.sql"),
    },
];

pub const TEXTS: texts::Source = texts::Source {
    area: "access",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

/// Colleagues are no members: nothing here is about a person of the member base.
const PERSONAL_DATA: &[PersonalData] = &[];

#[must_use]
pub fn area() -> Area {
    Area::new("access", TEXTS)
        .migrations(MIGRATIONS)
        .routes(
            account::routes()
                .merge(presence::routes())
                .merge(two_step::routes())
                .merge(users::routes())
                .merge(teams::routes())
                .merge(roles::routes())
                .merge(roster::routes())
                .merge(message::routes())
                .merge(token::routes()),
        )
        .api(presence::api_routes())
        .part(Slot::Presence, presence::own)
        .part(Slot::Mates, presence::mates)
        .on_sign_in(presence::signed_in)
        .on_sign_out(presence::signed_out)
        .on_seen(presence::seen)
        .section(section(10, "/beheer/collegas", "people", "access-users", "access-users-says"))
        .section(section(20, "/beheer/teams", "board", "access-teams", "access-teams-says"))
        .section(section(30, "/beheer/rollen", "shield", "access-roles", "access-roles-says"))
        .first_step(FirstStep {
            rank: 20,
            path: "/beheer/teams",
            title: "access-first-team",
            says: "access-first-team-says",
            action: Action::Administer,
            is_done: has_team,
        })
        .first_step(FirstStep {
            rank: 30,
            path: "/beheer/collegas",
            title: "access-first-users",
            says: "access-first-users-says",
            action: Action::Administer,
            is_done: has_colleague,
        })
        .section(section(90, "/beheer/sleutels", "key", "access-tokens", "access-tokens-says"))
        .personal_data(PERSONAL_DATA)
}

fn section(
    rank: u8,
    path: &'static str,
    icon: &'static str,
    title: &'static str,
    says: &'static str,
) -> Section {
    Section { rank, path, icon, title, says, action: Action::Administer }
}

fn has_team(tx: &mut db::Tx) -> DoneFuture<'_> {
    Box::pin(async {
        let teams: i64 =
            tx.value("select count(*) as value from teams where ended_at is null", vec![]).await?;
        Ok(teams > 0)
    })
}

/// Somebody besides who sets it up.
fn has_colleague(tx: &mut db::Tx) -> DoneFuture<'_> {
    Box::pin(async {
        let users: i64 =
            tx.value("select count(*) as value from users where ended_at is null", vec![]).await?;
        Ok(users > 1)
    })
}
