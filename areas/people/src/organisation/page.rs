use activity::Line;
use askama::Template;
use jiff::ZonedDateTime;
use kernel::{OrganisationId, PhoneNumber, Postcode};
use people_rules::organisation::{Draft, Kind, LegalForm};
use people_rules::person::{Why, Wrong};
use serde::Deserialize;
use texts::Texts;
use web::ui::{Html, rendered};
use web::{Panel, Side};

use super::store::{Listed, Stored, Tree};
use crate::contact_person::{Contacts, Spokesperson};
use crate::field::{Field, field};

#[derive(Template)]
#[template(path = "organisation.html")]
pub(super) struct OrganisationPage<'a> {
    pub t: &'a Texts,
    pub stored: Stored,
    pub tree: Tree,
    pub contacts: Contacts,
    pub lines: Vec<Line>,
    pub now: &'a ZonedDateTime,
    /// What other areas know about it.
    pub panels: Vec<Panel>,
    pub may_change: bool,
    pub done: Option<String>,
}

/// One line of the tree.
struct Place<'a> {
    organisation: &'a Listed,
    /// How it is set in.
    class: &'static str,
    is_here: bool,
}

impl OrganisationPage<'_> {
    fn panels(&self, side: Side) -> impl Iterator<Item = Html> {
        self.panels
            .iter()
            .filter(move |panel| panel.side == side)
            .map(|panel| rendered(panel.html.clone()))
    }

    fn head(&self) -> impl Iterator<Item = Html> {
        self.panels(Side::Head)
    }

    fn main(&self) -> impl Iterator<Item = Html> {
        self.panels(Side::Main)
    }

    fn beside(&self) -> impl Iterator<Item = Html> {
        self.panels(Side::Beside)
    }

    fn kind(&self, organisation: &Listed) -> String {
        self.t.get(kind_text(organisation.kind))
    }

    fn status(&self) -> String {
        self.t.get(status_text(&self.tree.own))
    }

    fn icon(&self, organisation: &Listed) -> Html {
        kind_icon(organisation.kind)
    }

    /// Head office, branches: what one wants to know at a glance.
    fn subtitle(&self) -> String {
        let Draft { sector, town, .. } = &self.stored.draft;
        [sector.as_str(), town.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let Tree { above, own, below, more: _ } = &self.tree;
        let depth = above.len();
        let above = above.iter().enumerate().map(|(nr, found)| (found, nr, false));
        let below = below.iter().map(move |found| (found, depth + 1, false));
        above.chain([(own, depth, true)]).chain(below).map(|(organisation, depth, is_here)| Place {
            organisation,
            class: match depth {
                0 => "",
                1 => "sub",
                _ => "sub is-deep",
            },
            is_here,
        })
    }

    /// Where it is, or what its formula is: what tells one branch from another.
    fn about(&self, organisation: &Listed) -> String {
        let Listed { town, formula, .. } = organisation;
        [town.as_str(), formula.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn legal_form(&self) -> Option<String> {
        let form: LegalForm = self.stored.draft.legal_form.parse().ok()?;
        Some(self.t.get(legal_form_text(form)))
    }

    fn phone(&self) -> Option<String> {
        let written = &self.stored.draft.phone;
        (!written.is_empty()).then(|| shown_number(written))
    }

    fn address(&self) -> String {
        let Draft { street, house_number, addition, postcode, town, .. } = &self.stored.draft;
        let postcode = postcode
            .parse::<Postcode>()
            .map_or_else(|_| postcode.clone(), |postcode| postcode.to_string());
        let join = |parts: &[&str]| {
            parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
        };
        let lines = [join(&[street, house_number, addition]), join(&[&postcode, town])];
        lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
    }

    fn period(&self, contact: &Spokesperson) -> String {
        contact.period(self.t)
    }

    fn what(&self, line: &Line) -> String {
        let id = match (line.kind.as_str(), line.code("change").as_deref()) {
            ("organisation_added", _) => "people-organisation-logged-added",
            ("organisation_changed", Some("moved")) => "people-organisation-logged-moved",
            ("wish_made", _) => "people-organisation-logged-wish-made",
            ("wish_answered", _) => "people-organisation-logged-wish-answered",
            ("wish_told", _) => "people-organisation-logged-wish-told",
            ("agreement_made", _) => "people-organisation-logged-agreement-made",
            ("agreement_done", _) => "people-organisation-logged-agreement-done",
            ("visit_planned", _) => "people-organisation-logged-visit-planned",
            ("visit_reported", _) => "people-organisation-logged-visit-reported",
            ("visit_changed", _) => "people-organisation-logged-visit-changed",
            ("overdue_climbed", _) => "people-organisation-logged-overdue",
            ("organisation_changed", _) => "people-organisation-logged-changed",
            ("contact_person_changed", Some("ended")) => "people-organisation-logged-contact-ended",
            ("contact_person_changed", _) => "people-organisation-logged-contact-added",
            // An older version may have written what this one does not know.
            _ => "people-organisation-logged-other",
        };
        self.t.get(id)
    }

    fn line_icon(&self, line: &Line) -> Html {
        web::icon(match line.kind.split('_').next() {
            Some("contact") => "person",
            Some("wish") => "talk",
            Some("agreement") => "check",
            Some("visit") => "car",
            Some("overdue") => "alert",
            _ => "edit",
        })
    }

    fn when(&self, line: &Line) -> String {
        self.t.moment(line.at, self.now.timestamp())
    }

    fn created(&self) -> String {
        self.t.date(kernel::local(self.stored.created_at).date())
    }

    fn notice(&self) -> Option<String> {
        let id = match self.done.as_deref()? {
            "nieuw" => "people-done-new",
            "gewijzigd" => "people-done-changed",
            "contact" => "people-contact-person-done-new",
            "contact-einde" => "people-contact-person-done-ended",
            _ => return None,
        };
        Some(self.t.get(id))
    }
}

/// As a Dutch eye groups it; what cannot be called as it was written.
fn shown_number(written: &str) -> String {
    written.parse::<PhoneNumber>().map_or_else(|_| written.to_owned(), |number| number.display())
}

pub(super) fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Concern => "people-organisation-concern",
        Kind::Company => "people-organisation-company",
        Kind::Branch => "people-organisation-branch",
        Kind::Formula => "people-organisation-formula-kind",
    }
}

fn kind_icon(kind: Kind) -> Html {
    web::icon(match kind {
        Kind::Concern | Kind::Company => "building",
        Kind::Branch => "shop",
        Kind::Formula => "share",
    })
}

fn legal_form_text(form: LegalForm) -> &'static str {
    match form {
        LegalForm::Bv => "people-legal-form-bv",
        LegalForm::Nv => "people-legal-form-nv",
        LegalForm::Stichting => "people-legal-form-stichting",
        LegalForm::Vereniging => "people-legal-form-vereniging",
        LegalForm::Cooperatie => "people-legal-form-cooperatie",
        LegalForm::Vof => "people-legal-form-vof",
        LegalForm::Maatschap => "people-legal-form-maatschap",
        LegalForm::Cv => "people-legal-form-cv",
        LegalForm::Eenmanszaak => "people-legal-form-eenmanszaak",
    }
}

pub(super) fn status_text(organisation: &Listed) -> &'static str {
    match (organisation.is_member, organisation.was_member) {
        (true, _) => "people-status-member",
        (false, true) => "people-status-former",
        (false, false) => "people-organisation-no-member",
    }
}

/// The form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OrganisationForm {
    pub version: String,
    /// Only of a new one: under whom it comes.
    pub parent: String,
    pub kind: String,
    pub name: String,
    pub external_id: String,
    pub member_number: String,
    pub kvk: String,
    pub branch_number: String,
    pub legal_form: String,
    pub formula: String,
    pub sector: String,
    pub street: String,
    pub house_number: String,
    pub addition: String,
    pub postcode: String,
    pub town: String,
    pub country: String,
    pub phone: String,
    pub email: String,
}

impl OrganisationForm {
    /// Empty, for a branch of `parent` if there is one.
    pub(super) fn new(parent: Option<&Stored>) -> Self {
        let Some(parent) = parent else {
            return Self { kind: Kind::Company.code().into(), ..Self::default() };
        };
        let Draft { kvk, legal_form, formula, sector, .. } = parent.draft.clone();
        let kind = if parent.kind == Kind::Company { Kind::Branch } else { Kind::Company };
        // A company of a concern has a number of its own.
        let (kvk, legal_form) =
            if kind == Kind::Branch { (kvk, legal_form) } else { Default::default() };
        Self {
            parent: parent.id.to_string(),
            kind: kind.code().into(),
            kvk,
            legal_form,
            formula,
            sector,
            ..Self::default()
        }
    }

    pub(super) fn of(stored: &Stored) -> Self {
        let Draft {
            kind,
            name,
            external_id,
            member_number,
            kvk,
            branch_number,
            legal_form,
            formula,
            sector,
            street,
            house_number,
            addition,
            postcode,
            town,
            country,
            phone,
            email,
        } = stored.draft.clone();
        Self {
            version: stored.version.to_string(),
            parent: String::new(),
            kind,
            name,
            external_id,
            member_number,
            kvk,
            branch_number,
            legal_form,
            formula,
            sector,
            street,
            house_number,
            addition,
            postcode,
            town,
            country,
            phone: shown_number(&phone),
            email,
        }
    }

    pub(super) fn draft(&self) -> Draft {
        let own = self.clone();
        Draft {
            kind: own.kind,
            name: own.name,
            external_id: own.external_id,
            member_number: own.member_number,
            kvk: own.kvk,
            branch_number: own.branch_number,
            legal_form: own.legal_form,
            formula: own.formula,
            sector: own.sector,
            street: own.street,
            house_number: own.house_number,
            addition: own.addition,
            postcode: own.postcode,
            town: own.town,
            country: own.country,
            phone: own.phone,
            email: own.email,
        }
    }
}

/// Why what was typed was not kept, beside what makes no sense.
pub(super) enum Clash {
    /// Somebody else changed the organisation while this form was open; this stands there now.
    Changed(Box<Stored>),
    /// The trade register number or the external key is another organisation's.
    Taken,
}

#[derive(Template)]
#[template(path = "organisation_edit.html")]
pub(super) struct EditPage<'a> {
    pub t: &'a Texts,
    pub id: Option<OrganisationId>,
    /// Under whom a new one comes.
    pub parent: Option<&'a Stored>,
    pub form: &'a OrganisationForm,
    pub wrong: &'a [Wrong],
    pub clash: Option<Clash>,
}

impl EditPage<'_> {
    fn version(&self) -> String {
        match &self.clash {
            Some(Clash::Changed(theirs)) => theirs.version.to_string(),
            _ => self.form.version.clone(),
        }
    }

    fn is_taken(&self) -> bool {
        matches!(self.clash, Some(Clash::Taken))
    }

    fn why(&self, field: &str) -> Option<String> {
        let why = self.wrong.iter().find(|wrong| wrong.field == field)?.why;
        Some(self.t.get(why_text(why)))
    }

    fn action(&self) -> String {
        self.id.map_or_else(
            || "/organisaties/nieuw".to_owned(),
            |id| format!("/organisaties/{id}/wijzig"),
        )
    }

    fn back(&self) -> String {
        let id = self.id.or(self.parent.map(|parent| parent.id));
        id.map_or_else(|| "/organisaties".to_owned(), |id| format!("/organisaties/{id}"))
    }

    fn kinds(&self) -> impl Iterator<Item = (Kind, &'static str)> {
        Kind::ALL.iter().map(|kind| (*kind, kind_text(*kind)))
    }

    fn is_kind(&self, kind: &Kind) -> bool {
        self.form.kind == kind.code()
    }

    fn legal_forms(&self) -> impl Iterator<Item = (LegalForm, &'static str)> {
        LegalForm::ALL.iter().map(|form| (*form, legal_form_text(*form)))
    }

    fn is_legal_form(&self, form: &LegalForm) -> bool {
        self.form.legal_form == form.code()
    }

    fn name(&self) -> Field<'_> {
        field("name", "people-organisation-name", &self.form.name, "text", "s4")
    }

    fn register(&self) -> [Field<'_>; 5] {
        let f = self.form;
        [
            field("kvk", "people-organisation-kvk", &f.kvk, "text", "s2"),
            field(
                "branch_number",
                "people-organisation-branch-number",
                &f.branch_number,
                "text",
                "s2",
            ),
            field("member_number", "people-member-number", &f.member_number, "text", "s2"),
            field("sector", "people-sector", &f.sector, "text", "s3"),
            field("formula", "people-organisation-formula", &f.formula, "text", "s3"),
        ]
    }

    fn reach(&self) -> [Field<'_>; 8] {
        let f = self.form;
        [
            field("phone", "people-phone", &f.phone, "tel", "s3"),
            field("email", "people-email", &f.email, "text", "s3"),
            field("street", "people-street", &f.street, "text", "s4"),
            field("house_number", "people-house-number", &f.house_number, "text", "s1"),
            field("addition", "people-addition", &f.addition, "text", "s1"),
            field("postcode", "people-postcode", &f.postcode, "text", "s2"),
            field("town", "people-town", &f.town, "text", "s3"),
            field("country", "people-country", &f.country, "text", "s1"),
        ]
    }

    /// What stands there now, where it differs from what was typed.
    fn theirs(&self) -> Vec<(String, String)> {
        let Some(Clash::Changed(theirs)) = &self.clash else { return vec![] };
        let mine = &self.form;
        let theirs = OrganisationForm::of(theirs);
        [
            ("people-organisation-name", &mine.name, &theirs.name),
            ("people-organisation-kvk", &mine.kvk, &theirs.kvk),
            ("people-organisation-branch-number", &mine.branch_number, &theirs.branch_number),
            ("people-member-number", &mine.member_number, &theirs.member_number),
            ("people-sector", &mine.sector, &theirs.sector),
            ("people-organisation-formula", &mine.formula, &theirs.formula),
            ("people-phone", &mine.phone, &theirs.phone),
            ("people-email", &mine.email, &theirs.email),
            ("people-street", &mine.street, &theirs.street),
            ("people-house-number", &mine.house_number, &theirs.house_number),
            ("people-postcode", &mine.postcode, &theirs.postcode),
            ("people-town", &mine.town, &theirs.town),
        ]
        .into_iter()
        .filter(|(_, mine, theirs)| mine.trim() != theirs.trim())
        .map(|(label, _, theirs)| (self.t.get(label), theirs.clone()))
        .collect()
    }
}

/// An organisation has a name, no surname; the rest is said as of a person.
pub(crate) fn why_text(why: Why) -> &'static str {
    match why {
        Why::NameMissing => "people-organisation-why-name-missing",
        why => crate::person::why_text(why),
    }
}
