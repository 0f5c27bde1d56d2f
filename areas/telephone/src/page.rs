use std::collections::BTreeMap;

use askama::Template;
use db::{Error, Query, Tx};
use kernel::UserId;
use texts::Texts;

use crate::exchange::Stand;

/// `/geluid`
#[derive(Template)]
#[template(path = "sound_test.html")]
pub(crate) struct TestPage<'a> {
    pub t: &'a Texts,
}

/// Who can be called, and what goes on: asked again when something changes.
#[derive(Template)]
#[template(path = "colleagues.html")]
pub(crate) struct ColleaguesPart<'a> {
    pub t: &'a Texts,
    pub stand: Stand,
    pub others: Vec<UserId>,
    pub names: BTreeMap<UserId, String>,
}

impl ColleaguesPart<'_> {
    fn name(&self, user: &UserId) -> &str {
        self.names.get(user).map_or("–", String::as_str)
    }
}

/// What these colleagues are called.
pub(crate) async fn names(
    tx: &mut Tx,
    users: &[UserId],
) -> Result<BTreeMap<UserId, String>, Error> {
    db::row! { struct Named { id: UserId, name: String } }

    if users.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut query = Query::new("select u.id, u.name from users u where u.id in (");
    for (nr, user) in users.iter().enumerate() {
        if nr > 0 {
            query.push(", ");
        }
        query.bind(*user);
    }
    query.push(")");
    let named: Vec<Named> = tx.list(query).await?;
    Ok(named.into_iter().map(|named| (named.id, named.name)).collect())
}
