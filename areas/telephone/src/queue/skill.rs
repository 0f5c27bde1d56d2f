//! Who can do what some calls ask for: a language, retention, a sector.

use std::collections::{BTreeMap, BTreeSet};

use db::{Error, Tx, args, new_id};
use kernel::{SkillId, UserId};

use super::store::record;

db::row! {
    #[derive(Clone, Debug)]
    pub(super) struct Skill {
        pub id: SkillId,
        pub name_nl: String,
        pub name_en: String,
    }
}

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Skill>, Error> {
    tx.all(
        "select id, name_nl, name_en from skills where ended_at is null order by name_nl",
        args![],
    )
    .await
}

db::row! {
    struct Skilled { skill_id: SkillId, user_id: UserId }
}

/// What each colleague can do; who is not among them has no skill of any queue.
pub async fn skills_of(tx: &mut Tx) -> Result<BTreeMap<UserId, BTreeSet<SkillId>>, Error> {
    let rows: Vec<Skilled> = tx
        .all(
            "select k.skill_id, k.user_id from skilled k
               join skills s on s.id = k.skill_id and s.ended_at is null
               join users u on u.id = k.user_id and u.ended_at is null",
            args![],
        )
        .await?;
    let mut skills: BTreeMap<UserId, BTreeSet<SkillId>> = BTreeMap::new();
    for row in rows {
        skills.entry(row.user_id).or_default().insert(row.skill_id);
    }
    Ok(skills)
}

/// Adds a skill, or writes over the one with this id.
///
/// # Errors
///
/// [`Error::Duplicate`] if another has this name; [`Error::Raced`] if there is no such skill.
pub(super) async fn keep(
    tx: &mut Tx,
    id: Option<SkillId>,
    (name_nl, name_en): (&str, &str),
    users: &[UserId],
) -> Result<(), Error> {
    let is_same = |skill: &Skill| Some(skill.id) != id && skill.name_nl == name_nl;
    if all(tx).await?.iter().any(is_same) {
        return Err(Error::Duplicate);
    }
    let id = match id {
        Some(id) => {
            tx.change_one(
                "update skills set name_nl = $1, name_en = $2 where id = $3 and ended_at is null",
                args![name_nl, name_en, id],
            )
            .await?;
            id
        }
        None => {
            let id = SkillId(new_id());
            tx.change_one(
                "insert into skills (id, name_nl, name_en) values ($1, $2, $3)",
                args![id, name_nl, name_en],
            )
            .await?;
            id
        }
    };
    tx.execute("delete from skilled where skill_id = $1", args![id]).await?;
    for user in users {
        tx.execute(
            "insert into skilled (skill_id, user_id) values ($1, $2) on conflict do nothing",
            args![id, *user],
        )
        .await?;
    }
    record(tx, None, "skill").await
}
