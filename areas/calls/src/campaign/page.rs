use askama::Template;
use calls_rules::gate::Ground;
use jiff::civil::Date;
use kernel::{GuideId, ImportId, Window};
use serde::Deserialize;
use texts::Texts;

use super::segment::{COUNTED, Example};
use super::{Bucket, Campaign, CampaignSettings, Filter, Funnel, Source, State};

/// The form exactly as the browser sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CampaignForm {
    pub name: String,
    pub ground: String,
    /// `import` or `filter`.
    pub source: String,
    pub import: String,
    pub status: String,
    pub sector: String,
    pub interest: String,
    pub employer: String,
    pub town: String,
    pub age_from: String,
    pub age_until: String,
    pub quiet_months: String,
    pub aow_months: String,
    pub living: String,
    pub priority: String,
    pub starts_on: String,
    pub ends_on: String,
    pub from: String,
    pub until: String,
    pub tries_max: String,
    pub rest_minutes: String,
    pub opening: String,
    pub guide: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Name,
    Ground,
    Import,
    Age,
    Quiet,
    Aow,
    Days,
    Hours,
    Tries,
    Rest,
    Guide,
    /// The conditions mean nobody.
    Nobody,
}

impl Wrong {
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Ground => "ground",
            Self::Import => "import",
            Self::Age => "age_from",
            Self::Quiet => "quiet_months",
            Self::Aow => "aow_months",
            Self::Days => "ends_on",
            Self::Hours => "from",
            Self::Tries => "tries_max",
            Self::Rest => "rest_minutes",
            Self::Guide => "guide",
            Self::Nobody => "sector",
        }
    }

    pub(super) fn text_id(self) -> &'static str {
        match self {
            Self::Name => "calls-campaign-name-wrong",
            Self::Ground => "calls-campaign-ground-wrong",
            Self::Import => "calls-campaign-import-wrong",
            Self::Age => "calls-campaign-age-wrong",
            Self::Quiet => "calls-campaign-quiet-wrong",
            Self::Aow => "calls-campaign-aow-wrong",
            Self::Days => "calls-campaign-days-wrong",
            Self::Hours => "calls-campaign-hours-wrong",
            Self::Tries => "calls-campaign-tries-wrong",
            Self::Rest => "calls-campaign-rest-wrong",
            Self::Guide => "calls-campaign-guide-wrong",
            Self::Nobody => "calls-campaign-nobody",
        }
    }

    /// Whether it is about one of the settings that are folded away.
    pub(super) fn is_setting(self) -> bool {
        matches!(self, Self::Days | Self::Hours | Self::Tries | Self::Rest | Self::Guide)
    }
}

/// What was asked for, understood.
pub(super) struct Parsed {
    pub name: String,
    pub ground: Ground,
    pub source: Source,
    pub settings: CampaignSettings,
}

/// A number that may be left out.
fn optional(
    typed: &str,
    range: std::ops::RangeInclusive<i64>,
    wrong: Wrong,
) -> Result<Option<i64>, Wrong> {
    match typed.trim() {
        "" => Ok(None),
        typed => {
            let number = typed.parse().ok().filter(|number| range.contains(number));
            number.map(Some).ok_or(wrong)
        }
    }
}

/// A day that may be left out.
fn optional_day(typed: &str) -> Result<Option<Date>, Wrong> {
    match typed.trim() {
        "" => Ok(None),
        typed => kernel::parse_day(typed).map(Some).ok_or(Wrong::Days),
    }
}

impl CampaignForm {
    /// The form of a campaign that is there.
    pub(super) fn of(campaign: &Campaign, t: &Texts) -> Self {
        let number =
            |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let time =
            |time: Option<jiff::civil::Time>| time.map(|time| t.time(time)).unwrap_or_default();
        Self {
            name: campaign.name.clone(),
            priority: campaign.priority.to_string(),
            starts_on: day(campaign.starts_on),
            ends_on: day(campaign.ends_on),
            from: time(campaign.from_time),
            until: time(campaign.until_time),
            tries_max: number(campaign.tries_max),
            rest_minutes: number(campaign.rest_minutes),
            opening: campaign.opening.clone(),
            guide: campaign.guide_id.map(|id| id.to_string()).unwrap_or_default(),
            ..Self::default()
        }
    }

    pub(super) fn name(&self) -> Result<String, Wrong> {
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 100 { Err(Wrong::Name) } else { Ok(name) }
    }

    pub(super) fn filter(&self) -> Result<Filter, Wrong> {
        let age = 0..=120;
        let age_from = optional(&self.age_from, age.clone(), Wrong::Age)?;
        let age_until = optional(&self.age_until, age, Wrong::Age)?;
        if age_from.zip(age_until).is_some_and(|(from, until)| until < from) {
            return Err(Wrong::Age);
        }
        let text = |typed: &str| typed.trim().to_owned();
        Ok(Filter {
            status: self.status.clone(),
            sector: text(&self.sector),
            interest: text(&self.interest),
            employer: text(&self.employer),
            town: text(&self.town),
            age_from,
            age_until,
            quiet_months: optional(&self.quiet_months, 1..=120, Wrong::Quiet)?,
            aow_months: optional(&self.aow_months, 1..=60, Wrong::Aow)?,
        })
    }

    pub(super) fn settings(&self) -> Result<CampaignSettings, Wrong> {
        let (starts_on, ends_on) = (optional_day(&self.starts_on)?, optional_day(&self.ends_on)?);
        if starts_on.zip(ends_on).is_some_and(|(starts, ends)| ends < starts) {
            return Err(Wrong::Days);
        }
        let hours = match (self.from.trim(), self.until.trim()) {
            ("", "") => None,
            (from, until) => Some(Window::parse(from, until).ok_or(Wrong::Hours)?),
        };
        Ok(CampaignSettings {
            priority: self.priority.parse().unwrap_or(0_i64).clamp(-1, 1),
            starts_on,
            ends_on,
            hours,
            tries_max: optional(&self.tries_max, 1..=20, Wrong::Tries)?,
            rest_minutes: optional(&self.rest_minutes, 15..=43_200, Wrong::Rest)?,
            opening: self.opening.trim().chars().take(300).collect(),
            guide: match self.guide.as_str() {
                "" => None,
                id => Some(id.parse().map_err(|_| Wrong::Guide)?),
            },
        })
    }

    pub(super) fn parse(&self) -> Result<Parsed, Wrong> {
        let name = self.name()?;
        let ground = self.ground.parse().map_err(|_| Wrong::Ground)?;
        let source = if self.source == "import" {
            let import: ImportId = self.import.parse().map_err(|_| Wrong::Import)?;
            Source::Import { import }
        } else {
            Source::Filter { filter: self.filter()?, living: !self.living.is_empty() }
        };
        Ok(Parsed { name, ground, source, settings: self.settings()? })
    }
}

/// Who is meant: how many, and some of them.
#[derive(Template)]
#[template(path = "campaign_who.html")]
pub(super) struct Who<'a> {
    pub t: &'a Texts,
    pub count: i64,
    pub examples: Vec<Example>,
    /// Of the first people: how many were judged on the ground that was chosen, and how many can be called now.
    pub judged: Option<(usize, usize)>,
    pub wrong: Option<Wrong>,
}

impl Who<'_> {
    fn callable(&self) -> Option<String> {
        let (judged, passed) = self.judged.filter(|(judged, _)| *judged > 0)?;
        let number = |n: usize| self.t.number(i64::try_from(n).unwrap_or(i64::MAX));
        Some(self.t.with2(
            "calls-campaign-who-callable",
            "n",
            number(judged),
            "passed",
            number(passed),
        ))
    }

    fn counted(&self) -> String {
        if self.count > COUNTED {
            self.t.with("calls-campaign-who-many", "n", self.t.number(COUNTED))
        } else {
            self.t.with("calls-campaign-who", "n", self.count)
        }
    }
}

/// One campaign: what can be set of it.
#[derive(Template)]
#[template(path = "campaign.html")]
pub(super) struct CampaignPage<'a> {
    pub t: &'a Texts,
    pub campaign: &'a Campaign,
    pub form: &'a CampaignForm,
    pub guides: Vec<(GuideId, String)>,
    pub wrong: Option<Wrong>,
    pub notice: Option<String>,
}

/// Whether the guide that was chosen is none of those to choose from: of another team, or ended. It stays until another
/// is chosen.
fn has_other_guide(form: &CampaignForm, guides: &[(GuideId, String)]) -> bool {
    !form.guide.is_empty() && !guides.iter().any(|(id, _)| id.to_string() == form.guide)
}

impl CampaignPage<'_> {
    fn has_other_guide(&self) -> bool {
        has_other_guide(self.form, &self.guides)
    }

    /// Who is meant, in the words of the form: `Sector: Zorg en welzijn. Woonplaats: Ede.`
    fn conditions(&self) -> String {
        let t = self.t;
        let Ok(Source::Filter { filter, .. }) = serde_json::from_str(&self.campaign.source) else {
            return t.get("calls-campaign-by-import");
        };
        let number =
            |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let status = match filter.status.as_str() {
            "member" => t.get("calls-status-member"),
            "former" => t.get("calls-status-former"),
            "none" => t.get("calls-status-none"),
            _ => String::new(),
        };
        let said = [
            ("calls-filter-status", status),
            ("calls-fact-sector", filter.sector),
            ("calls-fact-employer", filter.employer),
            ("calls-fact-town", filter.town),
            ("calls-filter-interest", filter.interest),
            ("calls-filter-age-from", number(filter.age_from)),
            ("calls-filter-age-until", number(filter.age_until)),
            ("calls-filter-quiet", number(filter.quiet_months)),
            ("calls-filter-aow", number(filter.aow_months)),
        ];
        let said = said.into_iter().filter(|(_, value)| !value.is_empty());
        let words: Vec<String> =
            said.map(|(text, value)| format!("{}: {value}.", t.get(text))).collect();
        if words.is_empty() { t.get("calls-filter-anybody") } else { words.join(" ") }
    }

    fn may_end(&self) -> bool {
        self.campaign.state != State::Ended
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.is_some_and(|wrong| wrong.field() == field)
    }

    fn is_priority(&self, code: &str) -> bool {
        is_priority(self.form, code)
    }
}

fn is_priority(form: &CampaignForm, code: &str) -> bool {
    let chosen = if form.priority.is_empty() { "0" } else { &form.priority };
    chosen == code
}

/// An import that a campaign can be made from.
pub(super) struct ImportChoice {
    pub id: ImportId,
    pub label: String,
}

#[derive(Template)]
#[template(path = "campaigns.html")]
pub(super) struct CampaignsPage<'a> {
    pub t: &'a Texts,
    pub campaigns: Vec<(Campaign, Funnel)>,
    pub form: &'a CampaignForm,
    pub wrong: Option<Wrong>,
    pub imports: Vec<ImportChoice>,
    pub sectors: Vec<String>,
    pub guides: Vec<(GuideId, String)>,
    pub notice: Option<String>,
}

impl CampaignsPage<'_> {
    fn has_other_guide(&self) -> bool {
        has_other_guide(self.form, &self.guides)
    }

    fn is_priority(&self, code: &str) -> bool {
        is_priority(self.form, code)
    }

    fn opens_more(&self) -> bool {
        self.wrong.is_some_and(Wrong::is_setting)
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.is_some_and(|wrong| wrong.field() == field)
    }

    fn grounds(&self) -> [(Ground, &'static str, &'static str); 5] {
        [
            (Ground::Consent, "calls-ground-consent", "calls-ground-consent-hint"),
            (
                Ground::RequestedCall,
                "calls-ground-requested-call",
                "calls-ground-requested-call-hint",
            ),
            (Ground::Service, "calls-ground-service", "calls-ground-service-hint"),
            (Ground::LegalPerson, "calls-ground-legal-person", "calls-ground-legal-person-hint"),
            (Ground::Exception, "calls-ground-exception", "calls-ground-exception-hint"),
        ]
    }

    fn ground_name(&self, ground: &Ground) -> String {
        let found = self.grounds().into_iter().find(|(code, _, _)| code == ground);
        found.map(|(_, text, _)| self.t.get(text)).unwrap_or_default()
    }

    fn is_active(&self, campaign: &Campaign) -> bool {
        campaign.state == State::Active
    }

    /// Why the list is as long as it is: only what is not zero, and who can be called in any case.
    fn rows(&self, funnel: &Funnel) -> Vec<(Bucket, String, i64)> {
        Bucket::ALL
            .iter()
            .map(|bucket| (*bucket, funnel.count(*bucket)))
            .filter(|(bucket, n)| *n > 0 || *bucket == Bucket::Eligible)
            .map(|(bucket, n)| (bucket, self.t.get(bucket_text(bucket)), n))
            .collect()
    }

    fn opens(&self, funnel: &Funnel) -> Option<String> {
        let at = kernel::local(funnel.opens_at?);
        let (day, time) = (self.t.day(at.date()), self.t.time(at.time()));
        Some(self.t.fill("calls-funnel-opens", [("day", day.into()), ("time", time.into())]))
    }
}

/// What a number of the funnel is called.
pub(super) fn bucket_text(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Eligible => "calls-funnel-eligible",
        Bucket::Later => "calls-funnel-later",
        Bucket::Claimed => "calls-funnel-claimed",
        Bucket::Resting => "calls-funnel-resting",
        Bucket::Promised => "calls-funnel-promised",
        Bucket::Budget => "calls-funnel-budget",
        Bucket::Skipped => "calls-funnel-skipped",
        Bucket::NoGround => "calls-funnel-no-ground",
        Bucket::Referred => "calls-funnel-referred",
        Bucket::Objection => "calls-funnel-objection",
        Bucket::NoNumber => "calls-funnel-no-number",
        Bucket::TooYoung => "calls-funnel-too-young",
        Bucket::Deceased => "calls-funnel-deceased",
        Bucket::Done => "calls-funnel-done",
        Bucket::Exhausted => "calls-funnel-exhausted",
        Bucket::Withdrawn => "calls-funnel-withdrawn",
    }
}
