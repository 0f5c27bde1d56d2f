//! The form in which an agent types what whoever is on the line says; on the desk and on a page of its own.

use askama::Template;
use kernel::{PersonId, Pii};
use people_rules::check::{
    FactCode, Judged, Line, NotChecked, Refused, Said, Wrong, may_ask, missing, offered, read,
};
use texts::Texts;
use web::ui::{Html, rendered};
use web::{App, Fields, User, WebError};

use super::CheckRules;
use super::store::{Asked, Who, ask};
use crate::representative::relation_text;

/// What a try came to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    Wrong(Wrong),
    Refused(Refused),
    Judged(Judged),
}

impl Answer {
    #[must_use]
    pub fn passed(&self) -> bool {
        matches!(self, Self::Judged(judged) if judged.passed())
    }

    fn is_wrong(&self, fact: FactCode) -> bool {
        match self {
            Self::Wrong(Wrong::Bsn(found)) => *found == fact,
            Self::Judged(judged) => judged.wrong.contains(&fact),
            Self::Wrong(Wrong::Nothing) | Self::Refused(_) => false,
        }
    }
}

const WHO: &str = "wie";
const MEMBER: &str = "lid";
const SOMEBODY_ELSE: &str = "ander";

fn who(typed: &Fields) -> Who {
    match typed.text(WHO) {
        "" | MEMBER => Who::Member,
        other => other.parse().map_or(Who::SomebodyElse, Who::Representative),
    }
}

/// Takes one form in: compares, keeps which facts were right, and says what came of it.
pub async fn take(
    app: &App,
    user: &User,
    person: PersonId,
    typed: &Fields,
    rules: &CheckRules,
) -> Result<Answer, WebError> {
    let said = FactCode::ALL
        .iter()
        .map(|fact| Said { fact: *fact, words: Pii::new(typed.text(fact.code()).to_owned()) });
    let who = who(typed);
    let said = match read(said) {
        Ok(said) => said,
        // Whoever may not be checked is told so, whatever else was typed.
        Err(Wrong::Nothing) if who == Who::SomebodyElse => vec![],
        Err(wrong) => return Ok(Answer::Wrong(wrong)),
    };
    let asked =
        app.db().write(user.actor(), async |tx| ask(tx, person, who, &said, rules).await).await?;
    Ok(asked.map_or_else(Answer::Refused, Answer::Judged))
}

#[derive(Template)]
#[template(path = "check_form.html")]
pub struct FormPart<'a> {
    pub t: &'a Texts,
    pub asked: &'a Asked,
    pub rules: &'a CheckRules,
    pub typed: &'a Fields,
    pub answer: Option<&'a Answer>,
    /// What a representative who passed does not speak about.
    pub lacking: Option<NotChecked>,
    /// Where the form is sent.
    pub action: String,
}

/// One voice that can be on the line.
struct Voice {
    value: String,
    label: String,
    is_chosen: bool,
}

impl FormPart<'_> {
    #[must_use]
    pub fn html(&self) -> Html {
        rendered(self.render().unwrap_or_default())
    }

    fn voices(&self) -> Vec<Voice> {
        let t = self.t;
        let chosen = Some(self.typed.text(WHO)).filter(|who| !who.is_empty()).unwrap_or(MEMBER);
        let named = self.asked.representatives.iter().map(|found| {
            let relation = t.get(relation_text(found.relation));
            let name = found.name.reveal().as_str();
            let label = t.with2("people-check-representative", "name", name, "relation", relation);
            (found.id.to_string(), label)
        });
        std::iter::once((MEMBER.to_owned(), t.get("people-check-member")))
            .chain(named)
            .chain([(SOMEBODY_ELSE.to_owned(), t.get("people-check-somebody-else"))])
            .map(|(value, label)| Voice { is_chosen: value == chosen, value, label })
            .collect()
    }

    /// Why nobody can be checked, whoever it is.
    fn closed(&self) -> Option<Refused> {
        let Self { asked, rules, .. } = self;
        may_ask(&asked.known, &asked.before(Who::Member), Line::Member, &rules.rules).err()
    }

    fn note(&self) -> Option<String> {
        let t = self.t;
        if let Some(closed) = self.closed() {
            return Some(refused_text(t, closed));
        }
        match self.answer {
            Some(Answer::Wrong(Wrong::Bsn(_))) => Some(t.get("people-check-bsn")),
            Some(Answer::Wrong(Wrong::Nothing)) => Some(t.get("people-check-nothing")),
            Some(Answer::Refused(refused)) => Some(refused_text(t, *refused)),
            Some(Answer::Judged(judged)) if !judged.wrong.is_empty() => {
                let wrong = i64::try_from(judged.wrong.len()).unwrap_or(i64::MAX);
                Some(t.with("people-check-wrong", "n", wrong))
            }
            Some(Answer::Judged(_)) | None => self.lacking.map(|lacking| t.get(lacking.text_id())),
        }
    }

    fn hint(&self) -> String {
        let asked = self.asked;
        let before = asked.before(who(self.typed));
        let right = std::collections::BTreeSet::new();
        let missing = missing(&asked.known, &before, &right, &self.rules.rules);
        self.t.with("people-check-hint", "n", i64::try_from(missing).unwrap_or(i64::MAX))
    }

    fn facts(&self) -> Vec<FactCode> {
        offered(&self.asked.known, &self.rules.rules)
    }

    fn label(&self, fact: &FactCode) -> String {
        self.t.get(fact_text(*fact))
    }

    fn is_right(&self, fact: &FactCode) -> bool {
        self.asked.before(who(self.typed)).right.contains(fact)
    }

    fn is_wrong(&self, fact: &FactCode) -> bool {
        self.answer.is_some_and(|answer| answer.is_wrong(*fact))
    }

    /// What was typed stays, to see a slip of the finger; a number that we may not hold does not.
    fn value(&self, fact: &FactCode) -> &str {
        let typed = self.typed.text(fact.code());
        if kernel::holds_bsn(typed) { "" } else { typed }
    }

    /// The keyboard goes on where an answer is needed.
    fn is_first(&self, fact: &FactCode) -> bool {
        let open = || self.facts().into_iter().filter(|fact| !self.is_right(fact));
        let next = open().find(|fact| self.is_wrong(fact)).or_else(|| open().next());
        next == Some(*fact)
    }
}

pub(super) fn fact_text(fact: FactCode) -> &'static str {
    match fact {
        FactCode::BirthDate => "people-check-birth-date",
        FactCode::Postcode => "people-check-postcode",
        FactCode::MemberNumber => "people-member-number",
        FactCode::Email => "people-email",
        FactCode::Phone => "people-check-phone",
        FactCode::Called => "people-check-called",
    }
}

fn refused_text(t: &Texts, refused: Refused) -> String {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    match refused {
        Refused::SomebodyElse => t.get("people-check-refused-somebody-else"),
        Refused::RepresentativeOver => t.get("people-check-refused-over"),
        Refused::TooFewKnown { known, needed } => {
            t.with2("people-check-refused-few", "known", count(known), "needed", count(needed))
        }
        Refused::TooManyWrong { wrong } => t.with("people-check-refused-many", "n", count(wrong)),
    }
}
