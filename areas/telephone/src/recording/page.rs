use askama::Template;
use jiff::Timestamp;
use kernel::RecordingPlayId;
use telephone_rules::record::Purpose;
use texts::Texts;

use super::store::{Because, Gap, Played, Reason, Recording, seconds};

/// `/opnames`
#[derive(Template)]
#[template(path = "recordings.html")]
pub(super) struct RecordingsPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub recordings: &'a [Recording],
    /// Who each of them is of, as far as the reader may know.
    pub who: Vec<Option<String>>,
    pub is_team: bool,
}

/// `/opnames/{id}`
#[derive(Template)]
#[template(path = "recording.html")]
pub(super) struct RecordingPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub recording: &'a Recording,
    /// Whose it is, and whether the file can be opened.
    pub who: Option<String>,
    pub may_open: bool,
    pub gaps: &'a [Gap],
    pub played: &'a [Played],
    /// Who said why, and may listen now.
    pub play: Option<RecordingPlayId>,
    pub may_delete: bool,
    pub typed: &'a str,
    pub is_wrong: bool,
}

/// Recordings in the file of a person.
#[derive(Template)]
#[template(path = "recordings_panel.html")]
pub(super) struct RecordingsPanel<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub recordings: &'a [Recording],
}

pub(super) fn purpose_text(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Training => "telephone-record-for-training",
        Purpose::Dispute => "telephone-record-for-dispute",
        Purpose::SignUp => "telephone-record-for-sign-up",
    }
}

/// What every page says of a recording.
pub(super) struct Said<'a> {
    t: &'a Texts,
    now: Timestamp,
}

impl Said<'_> {
    pub(super) fn began(&self, recording: &Recording) -> String {
        self.t.moment(recording.began_at, self.now)
    }

    pub(super) fn purpose(&self, recording: &Recording) -> String {
        self.t.get(purpose_text(recording.purpose))
    }

    pub(super) fn lasts(&self, recording: &Recording) -> String {
        self.t.duration(seconds(recording.pairs))
    }

    pub(super) fn direction(&self, recording: &Recording) -> String {
        let is_in = recording.direction == "in";
        self.t.get(if is_in { "telephone-in" } else { "telephone-out" })
    }

    /// Until when it is kept, or what became of it.
    pub(super) fn state(&self, recording: &Recording) -> String {
        let Some(at) = recording.deleted_at else {
            let day = kernel::local(recording.keep_until).date();
            return self.t.with("telephone-record-kept-until", "day", self.t.date(day));
        };
        let text = match recording.deleted_because {
            Some(Because::Request) => "telephone-record-deleted-request",
            Some(Because::Refused) => "telephone-record-deleted-refused",
            Some(Because::Period) | None => "telephone-record-deleted-period",
        };
        self.t.with(text, "when", self.t.moment(at, self.now))
    }
}

impl RecordingsPage<'_> {
    fn said(&self) -> Said<'_> {
        Said { t: self.t, now: self.now }
    }
}

impl RecordingsPanel<'_> {
    fn said(&self) -> Said<'_> {
        Said { t: self.t, now: self.now }
    }
}

impl RecordingPage<'_> {
    fn said(&self) -> Said<'_> {
        Said { t: self.t, now: self.now }
    }

    fn is_deleted(&self) -> bool {
        self.recording.deleted_at.is_some()
    }

    /// That nothing of it is left, once that was seen.
    fn gone(&self) -> Option<String> {
        let at = self.recording.gone_at?;
        Some(self.t.with("telephone-record-gone", "when", self.t.moment(at, self.now)))
    }

    fn goes_on(&self) -> bool {
        self.recording.ended_at.is_none()
    }

    fn gap_at(&self, gap: &Gap) -> String {
        let at = self.t.duration(seconds(gap.after_pairs));
        self.t.with("telephone-record-gap-at", "at", at)
    }

    /// Why nothing was written, and how long.
    fn gap(&self, gap: &Gap) -> String {
        let why = self.t.get(&format!("telephone-record-gap-{}", gap.why));
        match gap.until_at {
            None => why,
            Some(until) => {
                let lasted = until.duration_since(gap.from_at).as_secs().max(0);
                let lasted = self.t.duration(lasted);
                self.t.with2("telephone-record-gap", "why", why, "lasted", lasted)
            }
        }
    }

    fn reasons(&self) -> Vec<(&'static str, String)> {
        let word = |reason: &Reason| (reason.code(), self.reason(reason));
        Reason::ALL.iter().map(word).collect()
    }

    fn reason(&self, reason: &Reason) -> String {
        self.t.get(match reason {
            Reason::Feedback => "telephone-record-why-feedback",
            Reason::Complaint => "telephone-record-why-complaint",
            Reason::Proof => "telephone-record-why-proof",
            Reason::MemberAsked => "telephone-record-why-member-asked",
        })
    }

    fn played_at(&self, played: &Played) -> String {
        self.t.moment(played.at, self.now)
    }
}
