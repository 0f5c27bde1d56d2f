//! Fills an empty installation by the same ways that a user has: files are imported, campaigns are
//! started from them.

use std::path::Path;

use access::users::{NewUser, Region, add_user, set_regions};
use calls::campaign::{CampaignSettings, NewCampaign, Purpose, Source, State};
use calls_rules::gate::Ground;
use db::Db;
use import::run::{Run, register};
use import::{Progress, run, synthetic};
use import_rules::columns::{Kind, Mapping};
use jiff::civil::Date;
use kernel::{Actor, AssociationKind, ImportId, Pii, Roles, TeamId, UserId, local};
use people_rules::organisation::NewContactPerson;
use story::{Association, ContactPerson, File};
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

/// Colleagues, members and what happened before the story begins.
pub async fn seed(
    db: &Db,
    association: &Association,
    uploads: &Path,
    password: &str,
    members: u64,
    agents: u32,
) -> Result<Seeded, Failure> {
    std::fs::create_dir_all(uploads)
        .map_err(Failure::file("the folder for uploads cannot be made"))?;
    let staff = colleagues(db, association, password, agents).await?;
    let seeding =
        Seeding { db, association, uploads, today: local(db.clock().now()).date(), staff };
    let people = match association.kind {
        AssociationKind::Union => {
            super::tariff::seed(&seeding).await?;
            let people = seeding.union(members).await?;
            super::keeping::seed(&seeding).await?;
            super::lines::seed(&seeding).await?;
            people
        }
        AssociationKind::Trade => super::trade::seed(&seeding, members).await?,
    };
    seeding.contact_persons().await?;
    seeding.themes().await?;
    if association.kind == AssociationKind::Trade {
        super::trade::visits(&seeding, members).await?;
        super::steering::seed(&seeding).await?;
    }
    // The story's months before are complete.
    let complete = async |tx: &mut db::Tx| {
        let book = rulebook::Rulebook::load(tx).await?;
        figures::count::base_is_complete(tx, &book).await
    };
    db.write(Actor::SYSTEM, complete).await?;
    Ok(Seeded { people })
}

/// What is filled, and by whom.
pub(super) struct Seeding<'a> {
    pub db: &'a Db,
    pub association: &'a Association,
    pub uploads: &'a Path,
    pub today: Date,
    pub staff: Staff,
}

impl Seeding<'_> {
    /// Members, those who asked for a call and the lists they are on.
    async fn union(&self, members: u64) -> Result<u64, Failure> {
        let Self { db, today, staff: Staff { team, lead, .. }, .. } = self;
        let mut people = 0;
        if members > 0 {
            let wish = synthetic::Wish {
                kind: Kind::Persons,
                rows: members,
                seed: 24,
                today: *today,
                owners: &[],
            };
            let mut made = Vec::new();
            synthetic::write(wish, &mut made).map_err(|error| {
                Failure::file("the invented members cannot be written")(error.into())
            })?;
            people += self.take_in(Kind::Persons, "leden-verzonnen.csv", &made).await?.1;
        }
        let mut lists = Vec::new();
        for file in self.association.files {
            let (id, added) = self.take_in_story(*file).await?;
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
        let lead = Actor { team: Some(*team), ..Actor::user(*lead) };
        let campaigns = [
            ("Vroeg zelf om een gesprek", Ground::RequestedCall, requests),
            ("Werkdruk in de zorg", Ground::Consent, list),
        ];
        let rules = db.read(Actor::SYSTEM, async |tx| rulebook::Rulebook::load(tx).await).await?;
        let rules = calls::gate_rules(&rules, *today)
            .map_err(|missing| Failure::told(missing.to_string()))?;
        for (name, ground, import) in campaigns {
            let new = NewCampaign {
                name: name.into(),
                ground,
                purpose: Purpose::Recruitment,
                state: State::Active,
                source: Source::Import { import },
                team: Some(*team),
                settings: CampaignSettings::default(),
            };
            calls::campaign::start(db, lead.clone(), new, &rules).await?;
        }
        Ok(people)
    }

    /// Those who speak for the organisations of the story.
    async fn contact_persons(&self) -> Result<(), Failure> {
        let Staff { team, lead, .. } = self.staff;
        let by = Actor { team: Some(team), ..Actor::user(lead) };
        let missing = self
            .db
            .write(by, async |tx| {
                for contact in self.association.contact_persons {
                    let ContactPerson { organisation, person, role, since } = contact;
                    let organisation =
                        people::organisation::by_external_id(tx, organisation).await?;
                    let person = match people::person::by_member_number(tx, person).await? {
                        Some(member) => Some(member),
                        None => people::person::by_external_id(tx, person).await?,
                    };
                    let (Some(organisation), Some(person)) = (organisation, person) else {
                        return Ok(Some(contact.person));
                    };
                    let role = (*role).to_owned();
                    let new = NewContactPerson { person, role, from: Some(*since) };
                    people::contact_person::add(tx, organisation, &new).await?;
                }
                Ok::<_, db::Error>(None)
            })
            .await?;
        match missing {
            Some(person) => {
                Err(Failure::told(format!("{person} or whom it speaks for is not in the story")))
            }
            None => Ok(()),
        }
    }

    /// What members ask about, and who of the colleagues knows.
    async fn themes(&self) -> Result<(), Failure> {
        let by = Actor::user(self.staff.administrator);
        self.db
            .write(by, async |tx| {
                for theme in self.association.themes {
                    let mut experts = Vec::new();
                    for login in theme.experts {
                        experts.extend(access::users::by_login(tx, login).await?);
                    }
                    service::theme::keep(tx, None, theme.nl, theme.en, &experts).await?;
                }
                Ok::<_, db::Error>(())
            })
            .await?;
        Ok(())
    }

    pub(super) async fn take_in_story(&self, file: File) -> Result<(ImportId, u64), Failure> {
        let kind: Kind =
            file.kind.parse().map_err(|_| Failure::told(format!("{} is no kind", file.kind)))?;
        self.take_in(kind, file.name, story::on_day(file, self.today).as_bytes()).await
    }

    /// Takes a file in, as anybody would; all of it, or the story is wrong.
    pub(super) async fn take_in(
        &self,
        kind: Kind,
        name: &str,
        text: &[u8],
    ) -> Result<(ImportId, u64), Failure> {
        let administrator = Actor::user(self.staff.administrator);
        let path = self.uploads.join(name);
        std::fs::write(&path, text).map_err(Failure::file("the story cannot be written"))?;
        let headers = import::run::headers(&path).map_err(import::run::Failed::File)?;
        let mapping = Mapping::recognised(&headers);
        let id = register(self.db, administrator.clone(), kind, name, &mapping).await?;
        let errors = path.with_extension("errors");
        let wanted = Run { id, kind, file: path.clone(), mapping, errors: Some(errors.clone()) };
        let counts = run(self.db, administrator, &wanted, self.today, &Progress::default()).await?;
        if counts.refused > 0 {
            let why = std::fs::read_to_string(&errors).unwrap_or_default();
            let refused = format!("{name}: {} rows were refused\n{why}", counts.refused);
            return Err(Failure::told(refused));
        }
        for done in [&path, &errors] {
            match std::fs::remove_file(done) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::file("the story cannot be cleared away")(error));
                }
                _ => {}
            }
        }
        Ok((id, counts.added))
    }
}

/// Who of them the rest is made by.
#[derive(Clone, Copy, Debug)]
pub struct Staff {
    pub(super) team: TeamId,
    pub(super) lead: UserId,
    pub(super) administrator: UserId,
}

/// Everybody who works at a demo association, and `agents` invented ones.
pub async fn colleagues(
    db: &Db,
    association: &Association,
    password: &str,
    agents: u32,
) -> Result<Staff, Failure> {
    // One password for all of the demo, so that one hash will do.
    let hash = web::password::hash(Pii::new(password.to_owned())).await;
    let staff = db
        .write(Actor::SYSTEM, async |tx| {
            let team = access::teams::add(tx, association.team).await?;
            let (mut lead, mut administrator) = (UserId(0), UserId(0));
            let new = |login: String, name: String, role, in_team: bool| NewUser {
                email: format!("{login}@{}", association.domain),
                first_name: name.split(' ').next().unwrap_or_default().to_owned(),
                login,
                name,
                password_hash: hash.clone(),
                roles: Roles::new([role]),
                team: in_team.then_some(team),
                language: Language::Dutch,
            };
            for colleague in association.colleagues {
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
                let region = |(from, until): &(&str, &str)| Region {
                    from: (*from).to_owned(),
                    until: (*until).to_owned(),
                };
                let regions: Vec<Region> = colleague.regions.iter().map(region).collect();
                set_regions(tx, id, &regions).await?;
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
