use askama::Template;
use jiff::civil::Date;
use membership::tariff::HolderKind;
use texts::Texts;
use web::Fields;

use super::form::{BRACES, Wrong};
use super::store::Colleague;
use crate::argument::{Argument, Authority, Kind, Needs};
use crate::article::Article;
use crate::reason::Reason;

pub(super) fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Argument => "retention-kind-argument",
        Kind::Tariff => "retention-kind-tariff",
        Kind::Service => "retention-kind-service",
        Kind::Offer => "retention-kind-offer",
        Kind::Referral => "retention-kind-referral",
    }
}

pub(super) fn holder_text(holder: HolderKind) -> &'static str {
    match holder {
        HolderKind::Person => "retention-of-people",
        HolderKind::Organisation => "retention-of-companies",
    }
}

/// Everything that an association keeps members with.
#[derive(Template)]
#[template(path = "catalogue.html")]
pub(super) struct CataloguePage<'a> {
    pub t: &'a Texts,
    pub reasons: Vec<Reason>,
    pub arguments: Vec<Argument>,
    pub articles: Vec<Article>,
    pub today: Date,
    pub notice: Option<String>,
}

impl CataloguePage<'_> {
    fn reason(&self, reason: &Reason) -> String {
        reason.name(self.t)
    }

    fn shown(&self) -> Vec<&Reason> {
        self.reasons.iter().filter(|reason| !reason.ended).collect()
    }

    fn is_avoidable(&self, reason: &Reason) -> String {
        let text = if reason.avoidable { "retention-avoidable" } else { "retention-not-avoidable" };
        self.t.get(text)
    }

    fn holder(&self, holder: &HolderKind) -> String {
        self.t.get(holder_text(*holder))
    }

    fn argument(&self, argument: &Argument) -> String {
        argument.name(self.t).to_owned()
    }

    fn kind(&self, argument: &Argument) -> String {
        self.t.get(kind_text(argument.kind))
    }

    /// The reasons that it answers, in words.
    fn answers(&self, argument: &Argument) -> String {
        let named: Vec<String> = self
            .reasons
            .iter()
            .filter(|reason| !argument.reasons.is_empty() && argument.names(reason.nr))
            .map(|reason| reason.name(self.t))
            .collect();
        if named.is_empty() { self.t.get("retention-each-reason") } else { named.join(", ") }
    }

    fn title(&self, article: &Article) -> String {
        article.title(self.t).to_owned()
    }

    fn until(&self, article: &Article) -> String {
        article.expires_on.map(|day| self.t.date(day)).unwrap_or_default()
    }

    fn is_doubtful(&self, article: &Article) -> bool {
        article.is_doubtful(self.today)
    }
}

/// What is written: a reason, an argument or an article.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum What {
    Reason,
    Argument,
    Article,
}

impl What {
    pub(super) fn read(code: &str) -> Option<Self> {
        match code {
            "reden" => Some(Self::Reason),
            "argument" => Some(Self::Argument),
            "artikel" => Some(Self::Article),
            _ => None,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Reason => "reden",
            Self::Argument => "argument",
            Self::Article => "artikel",
        }
    }
}

/// The form of one of them.
#[derive(Template)]
#[template(path = "catalogue_edit.html")]
pub(super) struct EditPage<'a> {
    pub t: &'a Texts,
    pub what: What,
    /// None for another one.
    pub nr: Option<i64>,
    pub typed: &'a Fields,
    pub wrong: Option<Wrong>,
    pub reasons: Vec<Reason>,
    pub articles: Vec<Article>,
    pub colleagues: Vec<Colleague>,
}

type Choice = (String, String, bool);

impl EditPage<'_> {
    fn is(&self, what: What) -> bool {
        self.what == what
    }

    fn title(&self) -> String {
        if self.nr.is_some() {
            return self.typed.text("naam").to_owned();
        }
        self.t.get(match self.what {
            What::Reason => "retention-reason-new",
            What::Argument => "retention-argument-new",
            What::Article => "retention-article-new",
        })
    }

    fn action(&self) -> String {
        let nr = self.nr.map_or_else(|| "nieuw".to_owned(), |nr| nr.to_string());
        format!("/beheer/behoud/{}/{nr}", self.what.code())
    }

    fn why(&self, field: &str) -> Option<String> {
        self.wrong.filter(|(found, _)| *found == field).map(|(_, text)| self.t.get(text))
    }

    fn is_on(&self, field: &str) -> bool {
        self.typed.text(field) == "ja"
    }

    fn holders(&self) -> Vec<Choice> {
        let choice = |holder: &HolderKind| {
            let text = self.t.get(holder_text(*holder));
            (holder.to_string(), text, self.typed.text("van") == holder.code())
        };
        HolderKind::ALL.iter().map(choice).collect()
    }

    fn tops(&self) -> Vec<Choice> {
        self.reasons
            .iter()
            .filter(|reason| {
                reason.parent_nr.is_none() && !reason.ended && Some(reason.nr) != self.nr
            })
            .map(|reason| {
                let nr = reason.nr.to_string();
                let on = self.typed.text("onder") == nr;
                (nr, reason.name(self.t), on)
            })
            .collect()
    }

    fn answers(&self) -> Vec<Choice> {
        let on: Vec<&str> = self.typed.all("bij").collect();
        self.reasons
            .iter()
            .filter(|reason| reason.parent_nr.is_none() && !reason.ended)
            .map(|reason| {
                let nr = reason.nr.to_string();
                let is_on = on.contains(&nr.as_str());
                (nr, reason.name(self.t), is_on)
            })
            .collect()
    }

    fn kinds(&self) -> Vec<Choice> {
        let choice = |kind: &Kind| {
            (
                kind.to_string(),
                self.t.get(kind_text(*kind)),
                self.typed.text("soort") == kind.code(),
            )
        };
        Kind::ALL.iter().map(choice).collect()
    }

    fn needs(&self) -> Vec<Choice> {
        let choice = |needs: &Needs| {
            let text = match needs {
                Needs::Nothing => "retention-needs-nothing",
                Needs::LowerTariff => "retention-needs-lower",
            };
            (needs.to_string(), self.t.get(text), self.typed.text("nodig") == needs.code())
        };
        Needs::ALL.iter().map(choice).collect()
    }

    fn authorities(&self) -> Vec<Choice> {
        let choice = |authority: &Authority| {
            let text = match authority {
                Authority::Agent => "retention-by-agent",
                Authority::TeamLead => "retention-by-lead",
            };
            (authority.to_string(), self.t.get(text), self.typed.text("wie") == authority.code())
        };
        Authority::ALL.iter().map(choice).collect()
    }

    fn article_choices(&self) -> Vec<Choice> {
        self.articles
            .iter()
            .map(|article| {
                let nr = article.nr.to_string();
                let on = self.typed.text("artikel") == nr;
                (nr, article.title(self.t).to_owned(), on)
            })
            .collect()
    }

    fn owners(&self) -> Vec<Choice> {
        self.colleagues
            .iter()
            .map(|colleague| {
                let id = colleague.id.to_string();
                let on = self.typed.text("eigenaar") == id;
                (id, colleague.name.clone(), on)
            })
            .collect()
    }

    fn braces(&self) -> String {
        let braces: Vec<String> = BRACES.iter().map(|name| format!("{{{name}}}")).collect();
        self.t.with("retention-braces-hint", "braces", braces.join(" "))
    }
}
