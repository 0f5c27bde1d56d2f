//! What members are called, as far as somebody may see them.

use std::collections::BTreeMap;

use db::{Error, Query, Tx};
use figures_rules::Universe;
use people::Sight;

/// id → name, of those with these ids whom `sight` shows; organisations are shown to everybody who gets this far.
pub(crate) async fn named(
    tx: &mut Tx,
    universe: Universe,
    ids: &[i64],
    sight: Sight,
) -> Result<BTreeMap<i64, String>, Error> {
    db::row! { struct Named { id: i64, name: String } }

    let mut names = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let mut query = Query::new(match universe {
            Universe::Persons => {
                "select p.id, trim(p.first_name || ' ' || p.prefix) || ' ' || p.surname as name from people p where p.id in "
            }
            _ => "select o.id, o.name from organisations o where o.id in ",
        });
        query.bind_list(some.iter().copied());
        if universe == Universe::Persons {
            sight.push(&mut query);
        }
        let found: Vec<Named> = tx.list(query).await?;
        names.extend(found.into_iter().map(|one| (one.id, one.name.trim().to_owned())));
    }
    Ok(names)
}

/// Fewer than a statement may have values.
const AT_ONCE: usize = 2_000;
