//! Fills an empty installation by the same ways that a user has: files are imported, campaigns are
//! started from them.

use std::path::Path;

use access::users::{NewUser, add_user};
use calls::campaign::{CampaignSettings, NewCampaign, Purpose, Source, State};
use calls_rules::gate::Ground;
use db::Db;
use import::run::{Run, register};
use import::{Progress, run, synthetic};
use import_rules::columns::{Kind, Mapping};
use jiff::civil::Date;
use kernel::{Actor, ImportId, Pii, Roles, TeamId, UserId, local};
use people_rules::organisation::NewContactPerson;
use story::{ContactPerson, File};
use texts::Language;

use crate::Failure;

/// What was made.
#[derive(Clone, Copy, Debug)]
pub struct Seeded {
    pub people: u64,
}

/// The login of an invented colleague.
pub(super) fn agent_login(nr: u32) -> String {
    format!("agent{nr:03}")
}

/// Colleagues, members, those who asked for a call and the lists they are on.
pub async fn seed(
    db: &Db,
    uploads: &Path,
    password: &str,
    members: u64,
    agents: u32,
) -> Result<Seeded, Failure> {
    let today = local(db.clock().now()).date();
    let Staff { team, lead, administrator } = colleagues(db, password, agents).await?;
    let administrator = Actor::user(administrator);
    std::fs::create_dir_all(uploads)
        .map_err(Failure::file("the folder for uploads cannot be made"))?;

    let mut people = 0;
    if members > 0 {
        let file = tempfile::Builder::new()
            .suffix(".csv")
            .tempfile_in(uploads)
            .map_err(Failure::file("no temporary file"))?;
        let wish =
            synthetic::Wish { kind: Kind::Persons, rows: members, seed: 24, today, owners: &[] };
        synthetic::write(wish, std::io::BufWriter::new(&file)).map_err(|error| {
            Failure::file("the invented members cannot be written")(error.into())
        })?;
        people +=
            take_in(db, &administrator, Kind::Persons, "leden-verzonnen.csv", file.path(), today)
                .await?
                .1;
    }
    let mut lists = Vec::new();
    for file in story::FILES {
        let (id, added) = take_in_story(db, &administrator, uploads, *file, today).await?;
        if matches!(file.kind, "persons" | "prospects") {
            people += added;
        }
        if file.kind == "prospects" {
            lists.push(id);
        }
    }
    let [requests, list] = lists[..] else {
        return Err(Failure::told("the story has two lists"));
    };
    let lead = Actor { team: Some(team), ..Actor::user(lead) };
    let campaigns = [
        ("Vroeg zelf om een gesprek", Ground::RequestedCall, requests),
        ("Werkdruk in de zorg", Ground::Consent, list),
    ];
    let rules = db.read(Actor::SYSTEM, async |tx| rulebook::Rulebook::load(tx).await).await?;
    let rules =
        calls::gate_rules(&rules, today).map_err(|missing| Failure::told(missing.to_string()))?;
    for (name, ground, import) in campaigns {
        let new = NewCampaign {
            name: name.into(),
            ground,
            purpose: Purpose::Recruitment,
            state: State::Active,
            source: Source::Import { import },
            team: Some(team),
            settings: CampaignSettings::default(),
        };
        calls::campaign::start(db, lead.clone(), new, &rules).await?;
    }
    contact_persons(db, lead).await?;
    Ok(Seeded { people })
}

/// Those who speak for the employers of the story.
async fn contact_persons(db: &Db, by: Actor) -> Result<(), Failure> {
    let missing = db
        .write(by, async |tx| {
            for contact in story::CONTACT_PERSONS {
                let ContactPerson { organisation, person, role, since } = contact;
                let organisation = people::organisation::by_external_id(tx, organisation).await?;
                let person = people::person::by_member_number(tx, person).await?;
                let (Some(organisation), Some(person)) = (organisation, person) else {
                    return Ok(Some(contact.person));
                };
                let new = NewContactPerson { person, role: (*role).to_owned(), from: Some(*since) };
                people::contact_person::add(tx, organisation, &new).await?;
            }
            Ok::<_, db::Error>(None)
        })
        .await?;
    match missing {
        Some(person) => Err(Failure::told(format!("{person} or the employer is not in the story"))),
        None => Ok(()),
    }
}

/// Who of them the rest is made by.
#[derive(Clone, Copy, Debug)]
pub struct Staff {
    team: TeamId,
    lead: UserId,
    administrator: UserId,
}

/// Everybody who works at the demo union, and `agents` invented ones.
pub async fn colleagues(db: &Db, password: &str, agents: u32) -> Result<Staff, Failure> {
    // One password for all of the demo, so that one hash will do.
    let hash = web::password::hash(Pii::new(password.to_owned())).await;
    let staff = db
        .write(Actor::SYSTEM, async |tx| {
            let team = access::teams::add(tx, story::TEAM).await?;
            let (mut lead, mut administrator) = (UserId(0), UserId(0));
            let new = |login: String, name: String, role, in_team: bool| NewUser {
                email: format!("{login}@werkbond.example"),
                first_name: name.split(' ').next().unwrap_or_default().to_owned(),
                login,
                name,
                password_hash: hash.clone(),
                roles: Roles::new([role]),
                team: in_team.then_some(team),
                language: Language::Dutch,
            };
            for colleague in story::COLLEAGUES {
                let id = add_user(
                    tx,
                    new(
                        colleague.login.into(),
                        colleague.name.into(),
                        colleague.role,
                        colleague.in_team,
                    ),
                )
                .await?;
                match colleague.role {
                    kernel::Role::TeamLead => lead = id,
                    kernel::Role::Administrator => administrator = id,
                    _ => {}
                }
            }
            for nr in 1..=agents {
                add_user(
                    tx,
                    new(agent_login(nr), format!("Agent {nr:03}"), kernel::Role::Agent, true),
                )
                .await?;
            }
            Ok::<_, db::Error>(Staff { team, lead, administrator })
        })
        .await?;
    Ok(staff)
}

async fn take_in_story(
    db: &Db,
    actor: &Actor,
    uploads: &Path,
    file: File,
    today: Date,
) -> Result<(ImportId, u64), Failure> {
    let path = uploads.join(file.name);
    std::fs::write(&path, story::on_day(file, today))
        .map_err(Failure::file("the story cannot be written"))?;
    let kind: Kind =
        file.kind.parse().map_err(|_| Failure::told(format!("{} is no kind", file.kind)))?;
    let done = take_in(db, actor, kind, file.name, &path, today).await?;
    std::fs::remove_file(&path).map_err(Failure::file("the story cannot be cleared away"))?;
    Ok(done)
}

/// Takes a file in; all of it, or the story is wrong.
async fn take_in(
    db: &Db,
    actor: &Actor,
    kind: Kind,
    name: &str,
    path: &Path,
    today: Date,
) -> Result<(ImportId, u64), Failure> {
    let headers = import::run::headers(path).map_err(import::run::Failed::File)?;
    let mapping = Mapping::recognised(&headers);
    let id = register(db, actor.clone(), kind, name, &mapping).await?;
    let errors = path.with_extension("errors");
    let wanted = Run { id, kind, file: path.to_owned(), mapping, errors: Some(errors.clone()) };
    let counts = run(db, actor.clone(), &wanted, today, &Progress::default()).await?;
    if counts.refused > 0 {
        let why = std::fs::read_to_string(&errors).unwrap_or_default();
        return Err(Failure::told(format!("{name}: {} rows were refused\n{why}", counts.refused)));
    }
    if errors.exists() {
        std::fs::remove_file(&errors)
            .map_err(Failure::file("an empty errors file cannot be removed"))?;
    }
    Ok((id, counts.added))
}
