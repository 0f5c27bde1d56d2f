use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, RwLock};

use db::Db;
use jiff::ZonedDateTime;
use kernel::{Actor, AssociationKind, Feature, OrganisationId, PersonId, Pii};
use live::Hub;
use rulebook::Rulebook;
use texts::{Catalogue, Language, Texts};
use vault::KeyRing;

use crate::area::{HookFn, LeaveFn, OrganisationPanelFn, PanelFn, PanelFuture, PartFn};
use crate::assets::Assets;
use crate::{Area, FirstStep, Nav, Panel, Section, Slot, User};

/// The program as a handler sees it. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    settings: Settings,
    served_at: OnceLock<(SocketAddr, String)>,
    hub: Hub,
    catalogue: Catalogue,
    rulebook: RwLock<Arc<Rulebook>>,
    nav: Vec<Nav>,
    sections: Vec<Section>,
    first_steps: Vec<FirstStep>,
    parts: Vec<(Slot, PartFn)>,
    member_panels: Vec<PanelFn>,
    organisation_panels: Vec<OrganisationPanelFn>,
    assets: Assets,
    states: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
    on_sign_in: Vec<HookFn>,
    on_sign_out: Vec<HookFn>,
    on_seen: Vec<HookFn>,
    on_leave: Vec<LeaveFn>,
}

/// What this installation is called and how it is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    pub association: String,
    /// What of the program is in sight.
    pub features: Vec<Feature>,
    /// Reached over TLS, from the program itself or a proxy in front: cookies are marked so, and browsers told to stay with it.
    pub secure: bool,
    /// The proxy in front tells from where a request came (`X-Forwarded-For`).
    pub behind_proxy: bool,
    /// Where members reach the program, without a slash at the end; without it, where it listens.
    pub public_url: Option<String>,
    pub mail: MailSettings,
    pub sms: SmsSettings,
    pub sound: SoundSettings,
    pub telephone: TelephoneSettings,
    pub recordings: RecordingSettings,
    pub demo: Option<Demo>,
    /// Opens what is kept sealed. Without a key nothing can be sealed.
    pub keys: KeyRing,
}

/// How mail leaves the house; without a server it is kept and not sent.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    /// `smtps://user:password@host`, `smtp://host:587?tls=required`, or `smtp://localhost`.
    pub smtp: Option<Pii<String>>,
    /// Who writes: `Werkbond <ledenservice@werkbond.example>`.
    pub from: Option<String>,
}

/// The gateway for text messages; without an address they are kept and not sent.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsSettings {
    pub url: Option<String>,
    /// Sent as `Authorization: Bearer …`.
    pub token: Option<Pii<String>>,
    /// What a telephone shows as sender.
    pub from: String,
    /// The JSON that the gateway wants, with `{to}`, `{from}`, `{text}` and `{reference}` in it.
    pub body: Option<String>,
}

/// Where browsers reach the sound of a conversation, and where it is made.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SoundSettings {
    /// Address and UDP port, such as `0.0.0.0:40000`; without it a free port at the address of the pages.
    pub listen: Option<SocketAddr>,
    /// What browsers are told, where that is another than `listen`: the address outside a router.
    pub address: Option<std::net::IpAddr>,
    /// The telephone runs in a process of its own, `wijland telephone`, and is reached at this socket; without it, in this one.
    pub socket: Option<PathBuf>,
}

/// The line to the public telephone network; without a host there is none. What the words mean is read, and what is wrong with
/// them said, where the telephone is.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelephoneSettings {
    /// `sip.example` or `192.0.2.7:5070`; a second one is tried where the first is not there.
    #[serde(deserialize_with = "one_or_several")]
    pub hosts: Vec<String>,
    /// `udp`, `tcp` or `tls`.
    pub transport: Option<String>,
    /// Our account there.
    #[serde(deserialize_with = "digits_or_text")]
    pub user: Option<Pii<String>>,
    /// The name that goes with the password, where that is another.
    #[serde(deserialize_with = "digits_or_text")]
    pub login: Option<Pii<String>>,
    #[serde(deserialize_with = "digits_or_text")]
    pub password: Option<Pii<String>>,
    /// We tell the host where we are; without it, as there is a password or none.
    pub registers: Option<bool>,
    /// What stands behind the `@`, where that is not the name of the host.
    pub domain: Option<String>,
    /// What whoever is called sees, and can call back.
    #[serde(deserialize_with = "digits_or_text")]
    pub number: Option<Pii<String>>,
    /// The sound is encrypted, too.
    pub secure: bool,
    /// A file of certificates that are trusted beside those of the machine.
    pub ca: Option<PathBuf>,
    /// Where calls are heard: an address of this machine, and a port.
    pub listen: Option<String>,
    /// What the host is told, where that is another: the address outside a router.
    pub address: Option<String>,
    /// The ports for the sound of calls: `30000-39999`.
    pub ports: Option<String>,
    /// Who calls `echo` or `muziek` on this line, hears himself, or music.
    pub echo: bool,
    /// A number at the provider that says back what it hears.
    #[serde(deserialize_with = "digits_or_text")]
    pub echo_number: Option<Pii<String>>,
}

/// Where recorded calls are kept, sealed: in a folder, or with an endpoint in a store that speaks S3. What is wrong with it is said
/// where the telephone is.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordingSettings {
    /// Without it, `recordings` in the data folder.
    pub folder: std::path::PathBuf,
    /// `https://s3.example`
    pub endpoint: Option<String>,
    /// Which must be there already.
    pub bucket: Option<String>,
    /// Without it `us-east-1`, as stores do that have none.
    pub region: Option<String>,
    /// A key that may put, get and delete there.
    #[serde(deserialize_with = "digits_or_text")]
    pub key: Option<Pii<String>>,
    #[serde(deserialize_with = "digits_or_text")]
    pub secret: Option<Pii<String>>,
}

#[derive(serde::Deserialize)]
#[serde(untagged, expecting = "text, or a list of texts, is expected for telephone.hosts")]
enum OneOrSeveral {
    One(String),
    Several(Vec<String>),
}

/// A list in the file; with commas in the environment, which knows no lists.
fn one_or_several<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let texts = match serde::Deserialize::deserialize(from)? {
        OneOrSeveral::One(text) => text.split(',').map(str::to_owned).collect(),
        OneOrSeveral::Several(texts) => texts,
    };
    let trimmed = texts.iter().map(|text| text.trim().to_owned());
    Ok(trimmed.filter(|text| !text.is_empty()).collect())
}

#[derive(serde::Deserialize)]
#[serde(untagged, expecting = "a text is expected for an account, a password, a key or a number")]
enum DigitsOrText {
    Digits(u64),
    Text(String),
}

/// A password of digits is easily written without quotes; an error that shows it would end up in a log.
fn digits_or_text<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<Pii<String>>, D::Error> {
    Ok(Some(Pii::new(match serde::Deserialize::deserialize(from)? {
        DigitsOrText::Digits(digits) => digits.to_string(),
        DigitsOrText::Text(text) => text,
    })))
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            association: String::new(),
            features: Self::of_kind(AssociationKind::Union),
            secure: false,
            behind_proxy: false,
            public_url: None,
            mail: MailSettings::default(),
            sms: SmsSettings::default(),
            sound: SoundSettings::default(),
            telephone: TelephoneSettings::default(),
            recordings: RecordingSettings::default(),
            demo: None,
            keys: KeyRing::default(),
        }
    }
}

impl Settings {
    /// What such an association uses unless somebody says otherwise.
    #[must_use]
    pub fn of_kind(kind: AssociationKind) -> Vec<Feature> {
        Feature::ALL.iter().copied().filter(|feature| kind.uses(*feature)).collect()
    }

    #[must_use]
    pub fn uses(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    fn shows(&self, part_of: Option<Feature>) -> bool {
        part_of.is_none_or(|feature| self.uses(feature))
    }
}

/// What only the demo shows.
#[derive(Clone, Debug, Default)]
pub struct Demo {
    pub accounts: Vec<DemoAccount>,
    /// Who may ring the desk.
    pub callers: Vec<DemoCaller>,
}

/// Somebody of the demo who rings when asked to.
#[derive(Clone, Debug)]
pub struct DemoCaller {
    pub name: String,
    /// In E.164.
    pub number: String,
}

#[derive(Clone, Debug)]
pub struct DemoAccount {
    pub user: String,
    pub name: String,
    pub password: String,
    pub role: String,
}

impl App {
    pub async fn new(db: Db, settings: Settings, areas: &[Area]) -> Result<Self, db::Error> {
        let rulebook = db.read(Actor::SYSTEM, async |tx| Rulebook::load(tx).await).await?;
        let sources: Vec<_> =
            std::iter::once(crate::TEXTS).chain(areas.iter().map(|area| area.texts)).collect();
        let used: Vec<&Area> = areas.iter().filter(|area| settings.shows(area.part_of)).collect();
        let mut nav: Vec<Nav> = used.iter().flat_map(|area| area.nav.clone()).collect();
        nav.retain(|nav| settings.shows(nav.part_of));
        nav.sort_by_key(|nav| nav.rank);
        let mut sections: Vec<Section> =
            used.iter().flat_map(|area| area.sections.clone()).collect();
        sections.sort_by_key(|section| section.rank);
        let mut first_steps: Vec<FirstStep> =
            used.iter().flat_map(|area| area.first_steps.clone()).collect();
        first_steps.sort_by_key(|step| step.rank);
        Ok(Self(Arc::new(Inner {
            db,
            member_panels: used.iter().flat_map(|area| area.member_panels.clone()).collect(),
            organisation_panels: used
                .iter()
                .flat_map(|area| area.organisation_panels.clone())
                .collect(),
            settings,
            served_at: OnceLock::new(),
            hub: Hub::default(),
            catalogue: Catalogue::new(&sources),
            rulebook: RwLock::new(Arc::new(rulebook)),
            nav,
            sections,
            first_steps,
            parts: areas.iter().flat_map(|area| area.parts.clone()).collect(),
            assets: Assets::new(areas.iter().flat_map(|area| area.assets)),
            states: areas.iter().flat_map(|area| area.states.clone()).collect(),
            on_sign_in: areas.iter().flat_map(|area| area.on_sign_in.clone()).collect(),
            on_sign_out: areas.iter().flat_map(|area| area.on_sign_out.clone()).collect(),
            on_seen: areas.iter().flat_map(|area| area.on_seen.clone()).collect(),
            on_leave: areas.iter().flat_map(|area| area.on_leave.clone()).collect(),
        })))
    }

    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Where the program listens, and how its pages are reached there (`https://bond.example`), for addresses in what it sends;
    /// said once, when it begins.
    pub fn serves_at(&self, address: SocketAddr, origin: String) {
        // A program that is started again within a test keeps the first.
        let _ = self.0.served_at.set((address, origin));
    }

    /// Where pages are served, once they are.
    #[must_use]
    pub fn served_at(&self) -> Option<SocketAddr> {
        self.0.served_at.get().map(|(address, _)| *address)
    }

    /// The address of a page as a member reaches it; `path` begins with a slash.
    #[must_use]
    pub fn public(&self, path: &str) -> String {
        let here = || match self.0.served_at.get() {
            Some((_, origin)) => origin.clone(),
            None => "http://localhost".to_owned(),
        };
        let base = self.settings().public_url.clone().unwrap_or_else(here);
        format!("{}{path}", base.trim_end_matches('/'))
    }

    /// The keys of what is kept sealed.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.0.settings.keys
    }

    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    #[must_use]
    pub fn texts(&self, language: Language) -> Texts {
        self.0.catalogue.texts(language)
    }

    /// The time on the office wall.
    #[must_use]
    pub fn now(&self) -> ZonedDateTime {
        kernel::local(self.0.db.clock().now())
    }

    /// What is valid now; the same for the whole of one request if it is asked once.
    #[must_use]
    pub fn rulebook(&self) -> Arc<Rulebook> {
        Arc::clone(&self.0.rulebook.read().expect("nobody panics while holding it"))
    }

    /// Reads the rules again, after one changed.
    pub async fn reload_rules(&self) -> Result<(), db::Error> {
        let rulebook = self.0.db.read(Actor::SYSTEM, async |tx| Rulebook::load(tx).await).await?;
        *self.0.rulebook.write().expect("nobody panics while holding it") = Arc::new(rulebook);
        Ok(())
    }

    /// What an area keeps in memory for this program; see [`Area::state`].
    ///
    /// # Panics
    ///
    /// If no area registered a `T`: the area that asks is the one that registers.
    #[must_use]
    pub fn state<T: Any + Send + Sync>(&self) -> Arc<T> {
        let state = self.0.states.get(&TypeId::of::<T>()).expect("registered by its own area");
        Arc::clone(state).downcast().expect("kept under its own type")
    }

    #[must_use]
    pub fn nav(&self) -> &[Nav] {
        &self.0.nav
    }

    /// The pages of administration that this user may open.
    /// What is to be done by this user before anybody can work here, and whether it is done; empty once
    /// all of it is.
    pub(crate) async fn first_steps(
        &self,
        user: &User,
    ) -> Result<Vec<(&FirstStep, bool)>, db::Error> {
        let mut steps = Vec::new();
        for step in self.0.first_steps.iter().filter(|step| user.may(step.action)) {
            let is_done = self.db().read(user.actor(), async |tx| (step.is_done)(tx).await).await?;
            steps.push((step, is_done));
        }
        if steps.iter().all(|(_, is_done)| *is_done) {
            steps.clear();
        }
        Ok(steps)
    }

    pub(crate) fn sections(&self, user: &User) -> Vec<&Section> {
        self.0.sections.iter().filter(|section| user.may(section.action)).collect()
    }

    #[must_use]
    pub fn on_leave(&self) -> &[LeaveFn] {
        &self.0.on_leave
    }

    pub(crate) fn on_sign_in(&self) -> &[HookFn] {
        &self.0.on_sign_in
    }

    pub(crate) fn on_sign_out(&self) -> &[HookFn] {
        &self.0.on_sign_out
    }

    pub(crate) fn on_seen(&self) -> &[HookFn] {
        &self.0.on_seen
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.0.assets
    }

    /// What an area puts into a slot of the shell; empty if none does.
    pub async fn part(&self, slot: Slot, user: &User) -> Result<String, db::Error> {
        if !self.settings().uses(Feature::CallCentre) {
            return Ok(String::new());
        }
        match self.0.parts.iter().find(|(found, _)| *found == slot) {
            Some((_, part)) => part(self.clone(), user.clone()).await,
            None => Ok(String::new()),
        }
    }

    /// The panels of all areas for one person's page, each read by its own query, at the same time.
    pub async fn member_panels(
        &self,
        user: &User,
        person: PersonId,
    ) -> Result<Vec<Panel>, db::Error> {
        let panels =
            self.0.member_panels.iter().map(|panel| panel(self.clone(), user.clone(), person));
        together(panels).await
    }

    /// The panels of all areas for one organisation's page.
    pub async fn organisation_panels(
        &self,
        user: &User,
        organisation: OrganisationId,
    ) -> Result<Vec<Panel>, db::Error> {
        let panels = self
            .0
            .organisation_panels
            .iter()
            .map(|panel| panel(self.clone(), user.clone(), organisation));
        together(panels).await
    }

    /// Keeps the rules of this process up to date with what others change.
    pub async fn follow_rules(self) {
        let mut changes = self.0.hub.listen();
        loop {
            match changes.recv().await {
                Ok(change) if change.topic != live::Topic::Rules => {}
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
                _ => {
                    if let Err(error) = self.reload_rules().await {
                        tracing::error!(%error, "changed rules could not be read");
                    }
                }
            }
        }
    }
}

/// Reads all at the same time; in the order of their ranks.
async fn together(panels: impl Iterator<Item = PanelFuture>) -> Result<Vec<Panel>, db::Error> {
    let mut found: Vec<Panel> =
        futures_util::future::try_join_all(panels).await?.into_iter().flatten().collect();
    found.sort_by_key(|panel| panel.rank);
    Ok(found)
}
