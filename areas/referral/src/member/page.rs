use askama::Template;
use jiff::civil::Date;
use kernel::{CancellationId, Cents};
use people::person::Stored;
use referral_rules::code::Code;
use referral_rules::give::{Channel, NUMBER_MAX};
use texts::Texts;
use web::Fields;

use crate::give;
use crate::line::Line;
use crate::named::Named;
use crate::words::channel_text;

/// What a page says about the step before it.
#[derive(Default)]
pub(super) struct Answer {
    pub notice: Option<String>,
    /// Why no invitations were given.
    pub wrong: Option<String>,
    /// Why no day was planned.
    pub wrong_day: Option<String>,
}

/// What is known of the member.
pub(super) struct Found {
    pub stored: Stored,
    pub is_member: bool,
    pub code: Option<Code>,
    pub copy: Option<String>,
    pub given: i64,
    pub lines: Vec<(Line, Named)>,
    pub reminder: Option<(Date, Option<String>)>,
    pub on_board: bool,
}

#[derive(Template)]
#[template(path = "referral_member.html")]
pub(super) struct MemberPage<'a> {
    pub t: &'a Texts,
    pub found: Found,
    pub link: Option<String>,
    pub amount: Cents,
    pub today: Date,
    pub typed: &'a Fields,
    pub answer: Answer,
    /// May say that somebody is on the board.
    pub may_seat: bool,
}

impl MemberPage<'_> {
    fn name(&self) -> String {
        self.found.stored.person.name.spoken()
    }

    fn amount(&self) -> String {
        self.t.money(self.amount)
    }

    /// What was typed, or as the mock-up has it: two.
    fn number(&self) -> &str {
        match self.typed.text("aantal") {
            "" => "2",
            typed => typed,
        }
    }

    fn number_max(&self) -> i64 {
        NUMBER_MAX
    }

    /// Code, name, whether it is chosen, whether it can be.
    fn channels(&self) -> Vec<(&'static str, String, bool, bool)> {
        let can = |channel: Channel| {
            channel == Channel::Card || give::address(&self.found.stored, channel).is_some()
        };
        let typed = self.typed.text("via").parse().ok();
        let first = Channel::ALL.iter().copied().find(|channel| can(*channel));
        let chosen: Option<Channel> = typed.or(first);
        let line = |channel: &Channel| {
            let name = self.t.get(channel_text(*channel));
            (channel.code(), name, chosen == Some(*channel), can(*channel))
        };
        Channel::ALL.iter().map(line).collect()
    }

    /// Where one came from.
    fn back(&self) -> String {
        match self.typed.text("behoud").parse::<CancellationId>() {
            Ok(case) => format!("/behoud/{case}"),
            Err(_) => format!("/leden/{}", self.found.stored.id),
        }
    }

    /// The day that is proposed for asking again.
    fn not_now_day(&self) -> String {
        match self.typed.text("dag") {
            "" => self
                .today
                .checked_add(jiff::Span::new().months(3))
                .unwrap_or(self.today)
                .to_string(),
            typed => typed.to_owned(),
        }
    }

    fn reminder(&self) -> Option<String> {
        let (on, owner) = self.found.reminder.as_ref()?;
        let owner = owner.clone().unwrap_or_else(|| self.t.get("referral-nobody"));
        Some(self.t.with2("referral-reminder", "day", self.t.date(*on), "who", owner))
    }
}
