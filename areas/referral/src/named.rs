use db::{Error, Tx};
use kernel::PersonId;
use people::Sight;

/// Somebody on a list: by name only for whoever may see the file.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub id: PersonId,
    pub name: Option<String>,
}

/// Who it is, for a user who sees so far; that a name was seen is written down.
pub(crate) async fn named(tx: &mut Tx, id: PersonId, sight: Sight) -> Result<Named, Error> {
    let found = match sight {
        Sight::Nobody => None,
        Sight::All | Sight::Region(_) => people::person::by_id(tx, id, sight).await?,
    };
    if found.is_some() {
        activity::log_read(tx, id, activity::Why::Referral).await?;
    }
    Ok(Named { id, name: found.map(|found| found.person.name.short()) })
}
