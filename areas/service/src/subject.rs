//! Whom a question or an agreement is about: a member whom this user may see.

use db::{Error, Tx};
use kernel::{Actor, OrganisationId, PersonId};
use people::Sight;
use web::{ApiError, App, WebError};

/// An organisation, a person, both or nobody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    pub organisation: Option<OrganisationId>,
    pub person: Option<PersonId>,
    /// As a page calls them; empty for nobody.
    pub name: String,
}

/// What the hidden fields of a form name.
///
/// # Errors
///
/// [`WebError::NotFound`] for who is not there, or not for this user.
pub(crate) async fn of_form(
    app: &App,
    actor: Actor,
    sight: Sight,
    organisation: &str,
    person: &str,
) -> Result<Subject, WebError> {
    let id = |text: &str| {
        if text.is_empty() {
            return Ok(None);
        }
        text.parse::<i64>().map(Some).map_err(|_| WebError::Unreadable)
    };
    let organisation = id(organisation)?.map(OrganisationId);
    let person = id(person)?.map(PersonId);
    let read = app.db().read(actor, async |tx| found(tx, sight, organisation, person).await);
    match read.await? {
        Ok(subject) => Ok(subject),
        Err(_) => Err(WebError::NotFound),
    }
}

/// What a body of the API names, or the field that names nobody.
pub(crate) async fn of_body(
    tx: &mut Tx,
    sight: Sight,
    organisation: Option<&str>,
    person: Option<&str>,
) -> Result<Result<Subject, ApiError>, Error> {
    let id = |text: Option<&str>, field: &'static str| match text.map(str::parse::<i64>) {
        None => Ok(None),
        Some(Ok(id)) => Ok(Some(id)),
        Some(Err(_)) => Err(ApiError::wrong(field, "not an id")),
    };
    let ids = id(organisation, "organisation")
        .and_then(|organisation| Ok((organisation, id(person, "person")?)));
    let (organisation, person) = match ids {
        Ok(ids) => ids,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let found = found(tx, sight, organisation.map(OrganisationId), person.map(PersonId)).await?;
    Ok(found.map_err(|field| ApiError::wrong(field, "nobody, or not for this user")))
}

/// Somebody whom this user may not see is nobody: the field that names them comes back.
async fn found(
    tx: &mut Tx,
    sight: Sight,
    organisation: Option<OrganisationId>,
    person: Option<PersonId>,
) -> Result<Result<Subject, &'static str>, Error> {
    let mut names = Vec::new();
    if let Some(person) = person {
        match people::person::by_id(tx, person, sight).await? {
            Some(found) => names.push(found.person.name.spoken()),
            None => return Ok(Err("person")),
        }
    }
    if let Some(organisation) = organisation {
        match people::organisation::by_id(tx, organisation).await? {
            Some(found) => names.push(found.draft.name),
            None => return Ok(Err("organisation")),
        }
    }
    Ok(Ok(Subject { organisation, person, name: names.join(", ") }))
}
