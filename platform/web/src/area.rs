//! What an area offers to the program, as one value: `wijland`'s list of areas is a table of contents.

use std::any::{Any, TypeId};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use kernel::{Action, Feature, OrganisationId, PersonId, TeamId, UserId};
use utoipa_axum::router::OpenApiRouter;

use crate::{App, Asset, User};

pub struct Area {
    pub name: &'static str,
    /// The whole area is of use only with this.
    pub part_of: Option<Feature>,
    pub migrations: &'static [db::Migration],
    pub texts: texts::Source,
    pub routes: Router<App>,
    pub api: OpenApiRouter<App>,
    pub assets: &'static [Asset],
    pub nav: Vec<Nav>,
    pub sections: Vec<Section>,
    pub first_steps: Vec<FirstStep>,
    pub parts: Vec<(Slot, PartFn)>,
    pub member_panels: Vec<PanelFn>,
    pub organisation_panels: Vec<OrganisationPanelFn>,
    pub personal_data: &'static [PersonalData],
    pub states: Vec<(TypeId, Arc<dyn Any + Send + Sync>)>,
    pub on_sign_in: Vec<HookFn>,
    pub on_sign_out: Vec<HookFn>,
    pub on_seen: Vec<HookFn>,
    pub on_leave: Vec<LeaveFn>,
}

impl Area {
    #[must_use]
    pub fn new(name: &'static str, texts: texts::Source) -> Self {
        Self {
            name,
            part_of: None,
            migrations: &[],
            texts,
            routes: Router::new(),
            api: OpenApiRouter::new(),
            assets: &[],
            nav: vec![],
            sections: vec![],
            first_steps: vec![],
            parts: vec![],
            member_panels: vec![],
            organisation_panels: vec![],
            personal_data: &[],
            states: vec![],
            on_sign_in: vec![],
            on_sign_out: vec![],
            on_seen: vec![],
            on_leave: vec![],
        }
    }

    #[must_use]
    pub fn migrations(mut self, migrations: &'static [db::Migration]) -> Self {
        self.migrations = migrations;
        self
    }

    /// Out of sight where the association does not use this: its places, sections and panels, not its addresses.
    #[must_use]
    pub fn part_of(mut self, feature: Feature) -> Self {
        self.part_of = Some(feature);
        self
    }

    /// Pages.
    #[must_use]
    pub fn routes(mut self, routes: Router<App>) -> Self {
        self.routes = routes;
        self
    }

    /// JSON: the same rules and store functions as the pages.
    #[must_use]
    pub fn api(mut self, api: OpenApiRouter<App>) -> Self {
        self.api = api;
        self
    }

    /// Styles and modules, served under a checksum.
    #[must_use]
    pub fn assets(mut self, assets: &'static [Asset]) -> Self {
        self.assets = assets;
        self
    }

    /// A place in the rail.
    #[must_use]
    pub fn nav(mut self, nav: Nav) -> Self {
        self.nav.push(nav);
        self
    }

    /// A page of administration.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// Something to be done before anybody can work here.
    #[must_use]
    pub fn first_step(mut self, step: FirstStep) -> Self {
        self.first_steps.push(step);
        self
    }

    /// A part of the shell that this area fills on every page.
    #[must_use]
    pub fn part(mut self, slot: Slot, part: PartFn) -> Self {
        self.parts.push((slot, part));
        self
    }

    /// A panel on every person's page.
    #[must_use]
    pub fn member_panel(mut self, panel: PanelFn) -> Self {
        self.member_panels.push(panel);
        self
    }

    /// A panel on every organisation's page.
    #[must_use]
    pub fn organisation_panel(mut self, panel: OrganisationPanelFn) -> Self {
        self.organisation_panels.push(panel);
        self
    }

    /// Something that this area keeps in memory for the whole program.
    #[must_use]
    pub fn state<T: Any + Send + Sync>(mut self, state: T) -> Self {
        self.states.push((TypeId::of::<T>(), Arc::new(state)));
        self
    }

    /// Done in the step in which a user signs in; the actor of the step is the user.
    #[must_use]
    pub fn on_sign_in(mut self, hook: HookFn) -> Self {
        self.on_sign_in.push(hook);
        self
    }

    /// Done in the step in which a user signs out.
    #[must_use]
    pub fn on_sign_out(mut self, hook: HookFn) -> Self {
        self.on_sign_out.push(hook);
        self
    }

    /// Done while a page of a user is open, every half minute.
    #[must_use]
    pub fn on_seen(mut self, hook: HookFn) -> Self {
        self.on_seen.push(hook);
        self
    }

    /// Done in the step in which somebody's account ends: what she leaves behind goes to the team.
    #[must_use]
    pub fn on_leave(mut self, hook: LeaveFn) -> Self {
        self.on_leave.push(hook);
        self
    }

    /// Which tables hold something about a person: for insight, export, erasure and periods. A test
    /// fails on a table with a person that no area names.
    #[must_use]
    pub fn personal_data(mut self, personal_data: &'static [PersonalData]) -> Self {
        self.personal_data = personal_data;
        self
    }
}

/// A place in the rail, for those who may open it.
#[derive(Clone, Copy, Debug)]
pub struct Nav {
    /// The lowest five that somebody may open are shown.
    pub rank: u8,
    pub path: &'static str,
    pub icon: &'static str,
    pub text: &'static str,
    pub action: Action,
    /// Shown only where the association uses this.
    pub part_of: Option<Feature>,
}

/// A page of administration, for those who may open it: listed on `/beheer`.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Lower comes first.
    pub rank: u8,
    pub path: &'static str,
    pub icon: &'static str,
    pub title: &'static str,
    /// What is done there, in one line.
    pub says: &'static str,
    pub action: Action,
}

/// What makes an empty installation one to work in: shown on `/beheer`, in the order of `rank`, until all
/// of it is done.
#[derive(Clone, Copy)]
pub struct FirstStep {
    /// Lower comes first.
    pub rank: u8,
    /// Where it is done.
    pub path: &'static str,
    pub title: &'static str,
    pub says: &'static str,
    pub action: Action,
    pub is_done: DoneFn,
}

pub type DoneFuture<'a> = Pin<Box<dyn Future<Output = Result<bool, db::Error>> + Send + 'a>>;
pub type DoneFn = for<'a> fn(&'a mut db::Tx) -> DoneFuture<'a>;

/// The places of the shell that stay while pages change inside. All of them are of the call centre.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Slot {
    /// My own counts of today, in the top bar.
    Day,
    /// What I chose to do, in the top bar.
    Presence,
    /// The telephone.
    Phone,
    /// Who else is there, under the telephone.
    Mates,
}

impl Slot {
    pub const ALL: [Self; 4] = [Self::Day, Self::Presence, Self::Phone, Self::Mates];

    /// In the address (`/deel/dag`) and as the id of the element.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Day => "dag",
            Self::Presence => "status",
            Self::Phone => "telefoon",
            Self::Mates => "collegas",
        }
    }
}

pub type PartFuture = Pin<Box<dyn Future<Output = Result<String, db::Error>> + Send>>;
/// HTML for a slot, or nothing for users whom it does not concern.
pub type PartFn = fn(App, User) -> PartFuture;

pub type PanelFuture = Pin<Box<dyn Future<Output = Result<Option<Panel>, db::Error>> + Send>>;
pub type PanelFn = fn(App, User, PersonId) -> PanelFuture;
pub type OrganisationPanelFn = fn(App, User, OrganisationId) -> PanelFuture;

pub type HookFuture<'a> = Pin<Box<dyn Future<Output = Result<(), db::Error>> + Send + 'a>>;
/// What an area adds to a step of another.
pub type HookFn = for<'a> fn(&'a mut db::Tx) -> HookFuture<'a>;

/// Somebody whose account ends, and who goes on with what was hers.
#[derive(Clone, Copy, Debug)]
pub struct Leaver {
    pub user: UserId,
    pub heir: Option<TeamId>,
}

/// What an area does when somebody leaves; the actor of the step is whoever ends the account.
pub type LeaveFn = for<'a> fn(&'a mut db::Tx, Leaver) -> HookFuture<'a>;

/// One panel on the page of a person or an organisation.
pub struct Panel {
    pub side: Side,
    /// Lower comes first.
    pub rank: u8,
    pub html: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// Under the name, over the whole width.
    Head,
    Main,
    Beside,
}

/// A table with something about a person, and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct PersonalData {
    pub table: &'static str,
    /// What it is, for the register of processing.
    pub what: &'static str,
    /// What erasing the person does with it.
    pub erasure: &'static str,
}
