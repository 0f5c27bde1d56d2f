use askama::Template;
use calls_rules::gate::Ground;
use kernel::ImportId;
use serde::Deserialize;
use texts::Texts;

use super::fill::{Filter, Source};
use super::{Bucket, Campaign, Funnel, State};

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
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    Name,
    Ground,
    Import,
}

impl Wrong {
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Ground => "ground",
            Self::Import => "import",
        }
    }

    pub(super) fn text_id(self) -> &'static str {
        match self {
            Self::Name => "calls-campaign-name-wrong",
            Self::Ground => "calls-campaign-ground-wrong",
            Self::Import => "calls-campaign-import-wrong",
        }
    }
}

/// What was asked for, understood.
pub(super) struct Parsed {
    pub name: String,
    pub ground: Ground,
    pub source: Source,
}

impl CampaignForm {
    pub(super) fn parse(&self) -> Result<Parsed, Wrong> {
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Wrong::Name);
        }
        let ground = self.ground.parse().map_err(|_| Wrong::Ground)?;
        let source = if self.source == "import" {
            let import: ImportId = self.import.parse().map_err(|_| Wrong::Import)?;
            Source::Import { import }
        } else {
            Source::Filter {
                filter: Filter {
                    status: self.status.clone(),
                    sector: self.sector.trim().to_owned(),
                    interest: self.interest.trim().to_owned(),
                },
            }
        };
        Ok(Parsed { name, ground, source })
    }
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
    pub notice: Option<String>,
}

impl CampaignsPage<'_> {
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
