//! What can be brought forward when a member wants to leave.

use db::{Error, Tx, args};
use kernel::{Action, Cents, Role};
use membership::tariff::HolderKind;
use texts::Texts;
use web::User;

kernel::codes! {
    pub enum Kind {
        /// What the association does.
        Argument = "argument",
        /// What the member pays, or could pay.
        Tariff = "tariff",
        /// A colleague who does something for the member.
        Service = "service",
        /// Something that costs the association.
        Offer = "offer",
        /// Others whom the member may know.
        Referral = "referral",
    }
}

kernel::codes! {
    /// What has to be so of the member.
    pub enum Needs {
        Nothing = "nothing",
        /// The member will pay less, or may with proof.
        LowerTariff = "lower_tariff",
    }
}

kernel::codes! {
    /// Who may bring it forward.
    pub enum Authority {
        Agent = "agent",
        TeamLead = "team_lead",
    }
}

impl Authority {
    pub(crate) fn is_held_by(self, user: &User) -> bool {
        match self {
            Self::Agent => user.may(Action::WorkCalls),
            Self::TeamLead => user.roles.has(Role::TeamLead),
        }
    }
}

db::row! {
    #[derive(Clone, Debug)]
    pub(crate) struct Argument {
        pub nr: i64,
        pub holder: HolderKind,
        pub kind: Kind,
        pub name_nl: String,
        pub name_en: String,
        pub says_nl: String,
        pub says_en: String,
        pub say_nl: String,
        pub say_en: String,
        pub reasons: String,
        pub needs: Needs,
        pub authority: Authority,
        pub cost_cents: Cents,
        pub article_nr: Option<i64>,
        pub position: i64,
        pub ended: bool,
    }
}

impl Argument {
    fn pick<'a>(t: &Texts, nl: &'a str, en: &'a str) -> &'a str {
        if t.language().code() == "en" && !en.is_empty() { en } else { nl }
    }

    pub(crate) fn name(&self, t: &Texts) -> &str {
        Self::pick(t, &self.name_nl, &self.name_en)
    }

    pub(crate) fn says(&self, t: &Texts) -> &str {
        Self::pick(t, &self.says_nl, &self.says_en)
    }

    pub(crate) fn say(&self, t: &Texts) -> &str {
        Self::pick(t, &self.say_nl, &self.say_en)
    }

    /// Whether this reason is named in it.
    pub(crate) fn names(&self, nr: i64) -> bool {
        self.reasons.split(',').any(|word| word.parse() == Ok(nr))
    }

    /// Whether it answers this reason, or the one above it.
    pub(crate) fn answers(&self, nr: i64, top: i64) -> bool {
        self.reasons.is_empty() || self.names(nr) || self.names(top)
    }
}

/// The newest version of every argument that is used, in their order.
pub(crate) async fn all(tx: &mut Tx, holder: HolderKind) -> Result<Vec<Argument>, Error> {
    tx.all(
        "select a.nr, a.holder, a.kind, a.name_nl, a.name_en, a.says_nl, a.says_en, a.say_nl, a.say_en, a.reasons,
                a.needs, a.authority, a.cost_cents, a.article_nr, a.position, a.ended
           from retention_arguments a
          where a.holder = $1 and not a.ended
            and a.id = (select max(n.id) from retention_arguments n where n.nr = a.nr)
          order by a.position, a.nr",
        args![holder],
    )
    .await
}
