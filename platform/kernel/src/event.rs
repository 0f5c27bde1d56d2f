//! The one log: what can be written into it, and what a payload may hold.

use jiff::civil::Date;

use crate::{CallRecordId, CampaignId, OrganisationId, PersonId, TeamId};

crate::codes! {
    /// Everything that the log can say. What each means is in [`EventKind::meaning`].
    pub enum EventKind {
        PersonAdded = "person_added",
        PersonChanged = "person_changed",
        OrganisationAdded = "organisation_added",
        OrganisationChanged = "organisation_changed",
        ContactPersonChanged = "contact_person_changed",
        MembershipChanged = "membership_changed",
        SituationTold = "situation_told",
        TariffChanged = "tariff_changed",
        ConsentGiven = "consent_given",
        ConsentWithdrawn = "consent_withdrawn",
        ObjectionMade = "objection_made",
        ObjectionWithdrawn = "objection_withdrawn",
        CallRequested = "call_requested",
        DeathReported = "death_reported",
        CallerChecked = "caller_checked",
        CallerCheckFailed = "caller_check_failed",
        RepresentativeChanged = "representative_changed",

        ImportDone = "import_done",
        ImportUndone = "import_undone",
        ExportMade = "export_made",

        CampaignStarted = "campaign_started",
        CampaignPaused = "campaign_paused",
        CampaignChanged = "campaign_changed",
        RecordClaimed = "record_claimed",
        RecordSkipped = "record_skipped",
        RecordReopened = "record_reopened",
        RecordAssigned = "record_assigned",
        LeaseEnded = "lease_ended",
        AttemptMade = "attempt_made",
        CallEnded = "call_ended",
        CallQueued = "call_queued",
        CallOffered = "call_offered",
        OfferMissed = "offer_missed",
        CallAnswered = "call_answered",
        CallMoved = "call_moved",
        PlaceKept = "place_kept",
        CallToCallback = "call_to_callback",
        CallAbandoned = "call_abandoned",
        CallTurnedAway = "call_turned_away",
        AgentReturned = "agent_returned",
        QueueChanged = "queue_changed",
        RecordingBegan = "recording_began",
        RecordingPaused = "recording_paused",
        RecordingResumed = "recording_resumed",
        RecordingEnded = "recording_ended",
        RecordingRefused = "recording_refused",
        RecordingPlayed = "recording_played",
        RecordingDeleted = "recording_deleted",
        RecordingGone = "recording_gone",
        RecordingSet = "recording_set",
        OutcomeLogged = "outcome_logged",
        OutcomeCorrected = "outcome_corrected",
        OutcomeChoiceChanged = "outcome_choice_changed",
        GuideChanged = "guide_changed",

        CallbackMade = "callback_made",
        CallbackMoved = "callback_moved",
        CallbackNear = "callback_near",
        CallbackClimbed = "callback_climbed",
        CallbackTried = "callback_tried",
        CallbackKept = "callback_kept",
        CallbackEnded = "callback_ended",

        CancellationOpened = "cancellation_opened",
        CancellationChanged = "cancellation_changed",
        CancellationDecided = "cancellation_decided",
        RetentionChanged = "retention_changed",

        SignUpCommitted = "sign_up_committed",
        SignUpReminded = "sign_up_reminded",
        SignUpConfirmed = "sign_up_confirmed",
        SignUpEnded = "sign_up_ended",

        WishMade = "wish_made",
        WishAnswered = "wish_answered",
        WishTold = "wish_told",
        WishChanged = "wish_changed",
        AgreementMade = "agreement_made",
        AgreementDone = "agreement_done",
        AgreementChanged = "agreement_changed",
        OverdueClimbed = "overdue_climbed",
        ThemeChanged = "theme_changed",
        Mentioned = "mentioned",

        VisitPlanned = "visit_planned",
        VisitReported = "visit_reported",
        VisitChanged = "visit_changed",
        NormChanged = "norm_changed",
        DeviceChanged = "device_changed",

        CreditorChanged = "creditor_changed",
        MandateChanged = "mandate_changed",
        AccountShown = "account_shown",
        DueChanged = "due_changed",
        DuesAsked = "dues_asked",
        PaymentRunChanged = "payment_run_changed",
        BankFileRead = "bank_file_read",
        PaymentReturned = "payment_returned",
        ArrearsBegan = "arrears_began",

        ReferralGiven = "referral_given",
        ReferralJoined = "referral_joined",
        ReferralChanged = "referral_changed",
        ReferralReminder = "referral_reminder",
        ReferralBoardChanged = "referral_board_changed",

        FiguresClosed = "figures_closed",
        FiguresShared = "figures_shared",
        TargetChanged = "target_changed",
        SessionChanged = "session_changed",

        SignedIn = "signed_in",
        SignedOut = "signed_out",
        IntentEnded = "intent_ended",
        IntentChosen = "intent_chosen",
        ConnectionChanged = "connection_changed",

        MailSent = "mail_sent",
        MailFailed = "mail_failed",
        MailAgain = "mail_again",
        MailStopped = "mail_stopped",
        MailCleared = "mail_cleared",
        WordingChanged = "wording_changed",

        RosterChanged = "roster_changed",
        MessageSent = "message_sent",
        MessageRead = "message_read",
        HelpAsked = "help_asked",
        UserChanged = "user_changed",
        TokenMade = "token_made",
        TokenRevoked = "token_revoked",
        RuleChanged = "rule_changed",
        FileForced = "file_forced",
    }
}

impl EventKind {
    /// Meaning, payload, and which figure counts it: the documentation of the log, kept beside it.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a line for each kind, in one place")]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::PersonAdded => "a person was added by hand; not one per imported row",
            Self::PersonChanged => "somebody changed a person; payload: number of fields",
            Self::OrganisationAdded => "an organisation was added by hand",
            Self::OrganisationChanged => {
                "somebody changed an organisation; payload: change and from, if it came under another"
            }
            Self::ContactPersonChanged => {
                "a contact person of an organisation came or left; payload: change"
            }
            Self::MembershipChanged => {
                "a membership began, got an end date, goes on or is taken out as if it had never begun; payload: membership, change; not one per imported row"
            }
            Self::SituationTold => {
                "a member told about work, income or the company, or it ended; payload: situation, change; amount: cents that \
                 are settled back"
            }
            Self::TariffChanged => {
                "a version of a tariff was begun, changed, dropped or set; payload: tariff, change"
            }
            Self::ConsentGiven => "a person allowed contact; payload: purpose, channel",
            Self::ConsentWithdrawn => "a person took a consent back; payload: purpose, channel",
            Self::ObjectionMade => "a person does not want this contact; payload: purpose, channel",
            Self::ObjectionWithdrawn => {
                "a person took an objection back; payload: purpose, channel"
            }
            Self::CallRequested => "a person asked to be called",
            Self::DeathReported => "somebody told us that a person died",
            Self::CallerChecked => {
                "whoever is on the line said enough of what we know; payload: check, right, wrong, representative, 0 for the member"
            }
            Self::CallerCheckFailed => {
                "whoever is on the line has not said enough of what we know; payload: check, right, wrong, representative, 0 for the member"
            }
            Self::RepresentativeChanged => {
                "somebody who may speak for a member came or left; payload: representative, change"
            }
            Self::ImportDone => "an import ended; payload: kind and its counts",
            Self::ImportUndone => "an import was taken back; payload: counts",
            Self::ExportMade => "data left the house in bulk; payload: kind, rows",
            Self::CampaignStarted => "a campaign began to offer people; payload: people, ground",
            Self::CampaignPaused => "a campaign stopped offering people",
            Self::CampaignChanged => "a team lead set something of a campaign",
            Self::RecordClaimed => "an agent got a person on the desk; payload: fence, callback",
            Self::RecordSkipped => "an agent passed a person by; payload: reason",
            Self::RecordReopened => "a team lead put somebody back on the list; payload: reason",
            Self::RecordAssigned => {
                "somebody in a campaign was given to one agent; payload: owner, 0 for nobody"
            }
            Self::LeaseEnded => {
                "nobody looked at a person in time, who went back to the list; payload: agent, cause; counts as missed offer"
            }
            Self::AttemptMade => {
                "a call began; payload: direction, channel; counts as attempt when outbound"
            }
            Self::CallEnded => "a call ended; seconds of talking; counts as talking time",
            Self::CallQueued => {
                "a call that came in stands in line; payload: call, queue, known; counts as call queued"
            }
            Self::CallOffered => "a waiting call rings at an agent; payload: call, queue, why",
            Self::OfferMissed => {
                "an agent let a waiting call ring; payload: call, queue, agent, cause; counts as missed offer"
            }
            Self::CallAnswered => {
                "a waiting call was answered; seconds of waiting; payload: call, queue, why, on_line, in_time; counts as call answered, and as answered in time, or as called back who kept a place"
            }
            Self::CallMoved => {
                "a waiting call could not stay in its queue and stands in another; payload: call, from, queue, because"
            }
            Self::PlaceKept => {
                "a caller hung up and keeps the place in line, to be called; payload: call, queue"
            }
            Self::CallToCallback => {
                "a waiting call became a promise; payload: call, queue, callback; counts as call to callback"
            }
            Self::CallAbandoned => {
                "a caller hung up before anybody answered; seconds of waiting; payload: call, queue, short; counts as call abandoned, or as hung up at once"
            }
            Self::CallTurnedAway => {
                "a call could not wait, and heard why; payload: call, queue, because; counts as call turned away"
            }
            Self::AgentReturned => "an agent at whom nothing rang any more came back",
            Self::QueueChanged => {
                "an administrator changed a queue, a number or who can do what; payload: queue, 0 for none, change"
            }
            Self::RecordingBegan => {
                "whoever is on the line was told, and a call is recorded; payload: recording, attempt, purpose"
            }
            Self::RecordingPaused => {
                "nothing of a call is recorded for a while; payload: recording, why (hold, form or agent)"
            }
            Self::RecordingResumed => {
                "what stood against recording a call is over; payload: recording, why"
            }
            Self::RecordingEnded => "a recording is over; seconds in it; payload: recording",
            Self::RecordingRefused => {
                "whoever is on the line does not want to be recorded; payload: attempt, recording, 0 if none had begun"
            }
            Self::RecordingPlayed => {
                "a colleague gave a reason and listens to a recording; payload: recording, play, reason"
            }
            Self::RecordingDeleted => {
                "the key of a recording was destroyed: nothing of it can be heard any more; payload: recording, because (period, request or refused)"
            }
            Self::RecordingGone => {
                "what was kept of a deleted recording is gone, and was looked for in vain; payload: recording, pieces"
            }
            Self::RecordingSet => {
                "an administrator set which calls are recorded; payload: queue, 0 for those that we make, purpose, days"
            }
            Self::OutcomeLogged => {
                "what came of it; payload: outcome, result and reason (what was chosen); counts as conversation if a person was reached, \
                 as new member if joined, as retained member if retained, as cancellation if cancelled"
            }
            Self::GuideChanged => {
                "a team lead wrote a conversation guide; payload: guide, version, 0 when it ended or was put back"
            }
            Self::OutcomeChoiceChanged => {
                "an administrator changed what an agent can choose after a call; payload: choice, version"
            }
            Self::OutcomeCorrected => {
                "an outcome was a mistake; payload: from, outcome, reason, by; takes the figure of the one back \
                 and counts the other, on the day of the call"
            }
            Self::CallbackMade => {
                "a callback was promised; payload: warmth; counts as callback made"
            }
            Self::CallbackMoved => "a promise got another time or owner",
            Self::CallbackNear => {
                "a promise comes in a few minutes; its owner is told; payload: callback"
            }
            Self::CallbackClimbed => {
                "nobody kept a promise, and it went up; payload: callback, level, stand_in"
            }
            Self::CallbackTried => "a promise was tried and nobody answered; payload: try",
            Self::CallbackKept => "a promise was kept; payload: on_time; counts as callback kept",
            Self::CallbackEnded => "a promise ended otherwise; payload: how",
            Self::CancellationOpened => {
                "somebody said that a membership is to end, for the first time or again; payload: case, channel"
            }
            Self::CancellationChanged => {
                "a reason was given, no offers are wanted or something was brought forward; payload: case, change"
            }
            Self::CancellationDecided => {
                "a member stays, leaves on a day, died, or takes the notice back; payload: case, decided, ends_on; counts by outcome \
                 where no call says it: as retained member or as cancellation"
            }
            Self::RetentionChanged => {
                "an administrator changed terms of notice, a right to leave, a reason, an argument or an article; payload: what, nr"
            }
            Self::SignUpCommitted => {
                "somebody became a member; payload: sign_up, method, state; counts as new member where no call says so"
            }
            Self::SignUpReminded => "a new member was asked again to confirm; payload: sign_up",
            Self::SignUpConfirmed => "a new member confirmed; payload: sign_up, how",
            Self::SignUpEnded => {
                "a sign-up was withdrawn or lapsed, as if the membership had never begun; payload: sign_up, ended, signed_up_by; \
                 counts as withdrawn or lapsed sign-up, with who signed up"
            }
            Self::WishMade => {
                "a member asked or wished something; payload: wish, theme, source, member (above the place); counts as wish"
            }
            Self::WishAnswered => "a colleague wrote the answer to a wish; payload: wish",
            Self::WishTold => {
                "a member heard the answer; payload: wish, how, solved, member; counts as wish told, and as wish solved if the member says so"
            }
            Self::WishChanged => {
                "a wish got another owner, was opened again or withdrawn; payload: wish, change"
            }
            Self::AgreementMade => {
                "somebody will do something by a day; payload: agreement, source; counts as agreement made"
            }
            Self::AgreementDone => {
                "an agreement was done; payload: agreement, on_time; counts as agreement done, and as kept if on time"
            }
            Self::AgreementChanged => {
                "an agreement got another day or owner, or was dropped; payload: agreement, change"
            }
            Self::OverdueClimbed => {
                "nobody did in time what was asked or agreed, and it went up; payload: wish or agreement, level"
            }
            Self::ThemeChanged => {
                "an administrator changed what members can ask about, or who knows about it; payload: theme"
            }
            Self::Mentioned => {
                "a colleague named another in what was written; payload: user, thing"
            }
            Self::VisitPlanned => "a visit got a day and a visitor; payload: visit, visitor",
            Self::VisitReported => {
                "a colleague was at a member's; payload: visit, member, visitor; counts as visit"
            }
            Self::VisitChanged => {
                "a planned visit got another day or visitor, nobody was met, it was dropped, or a report was amended; payload: visit, change"
            }
            Self::NormChanged => {
                "an administrator changed how often a class of members is visited; payload: norm"
            }
            Self::DeviceChanged => {
                "a telephone took a day's list along, is to be wiped or was; payload: device, change"
            }
            Self::CreditorChanged => {
                "the association collects under another name, number or account; payload: creditor, change"
            }
            Self::MandateChanged => {
                "a mandate was given, signed, paused or ended, or its account changes; payload: mandate, change"
            }
            Self::AccountShown => "somebody saw a whole account number; payload: account, why",
            Self::DueChanged => {
                "an amount was asked, announced, cancelled or given back, came in again or is asked again; amount in cents; payload: due, change, and the reason"
            }
            Self::DuesAsked => {
                "what memberships owe for the periods that begin on a day was written down; amount in cents; payload: period, day, rows, left"
            }
            Self::PaymentRunChanged => {
                "a run of collections or pay-outs was made, released, withdrawn or downloaded; amount in cents; payload: run, change, rows"
            }
            Self::BankFileRead => {
                "a file of the bank was read; payload: file, booked, returned, known"
            }
            Self::PaymentReturned => {
                "the bank gave an amount back; amount in cents; payload: due, membership, action"
            }
            Self::ArrearsBegan => {
                "an amount did not come in and is not tried again by itself: a friendly call within a day; amount in cents; payload: due, membership, action"
            }
            Self::ReferralGiven => "a member got invitations to pass on; payload: number, channel",
            Self::ReferralJoined => {
                "somebody became a member with the code of this one; amount: the premium in cents; payload: referral, membership"
            }
            Self::ReferralChanged => {
                "a premium was earned, handed over to a pay-out, not earned or taken back; amount in cents; payload: referral, state, and why"
            }
            Self::ReferralReminder => {
                "a member is asked another day to pass codes on, or was; payload: reminder, change"
            }
            Self::ReferralBoardChanged => {
                "a member takes no part in recruiting for a premium, or does again; payload: change"
            }
            Self::FiguresClosed => {
                "the figures of a month are closed; what is learned about it later is a correction; payload: month"
            }
            Self::FiguresShared => {
                "figures left the house or came in: a link to the results, a file, a file of another association; payload: change"
            }
            Self::TargetChanged => {
                "a target was proposed, agreed to, objected to, changed or withdrawn; payload: target, version, change"
            }
            Self::SessionChanged => {
                "a meeting about the figures was planned, held or ended, or something decided in it; payload: session, change"
            }
            Self::SignedIn => "a user signed in",
            Self::SignedOut => "a user signed out",
            Self::IntentEnded => {
                "a stretch of one intent ended; payload: intent; counts its seconds"
            }
            Self::ConnectionChanged => {
                "the pages of somebody at work were not heard of any more, or again; payload: connection"
            }
            Self::IntentChosen => "a user chose what to do now; payload: intent, place",
            Self::MailSent => {
                "a message left the house, or was kept where nothing is set up to send it; payload: message, channel, purpose, how"
            }
            Self::MailFailed => {
                "a message was given up; payload: message, channel, purpose, reason"
            }
            Self::MailAgain => "an administrator lets a message go again; payload: message",
            Self::MailStopped => {
                "what was still to go to a person does not go any more; payload: messages"
            }
            Self::MailCleared => "what old messages said was wiped; payload: messages, links",
            Self::WordingChanged => {
                "an administrator wrote a new version of a text; payload: wording"
            }
            Self::RosterChanged => {
                "somebody works at other hours, is away or back, or has another stand-in; payload: what, user"
            }
            Self::MessageSent => "a colleague wrote a line to another; payload: to",
            Self::MessageRead => "a line of a colleague was read",
            Self::HelpAsked => "somebody raised or lowered a hand; payload: wanted",
            Self::UserChanged => {
                "an account or a team came, changed or ended; payload: what, and which user or team"
            }
            Self::TokenMade => "an API token was made",
            Self::TokenRevoked => {
                "an API token, or all of a user, lets nobody in any more; payload: token or user"
            }
            Self::RuleChanged => "rule data or a day of the calendar changed",
            Self::FileForced => "somebody without the right opened one file and gave a reason",
        }
    }
}

/// What a payload may hold: codes, numbers and days. A name cannot get in, because there is no way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fact {
    Code(&'static str),
    Number(i64),
    Day(Date),
}

/// One line of the log. Who and when come from the transaction in which it is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    pub kind: EventKind,
    /// The day in Amsterdam on which it counts.
    pub day: Date,
    pub person: Option<PersonId>,
    pub organisation: Option<OrganisationId>,
    pub call_record: Option<CallRecordId>,
    pub campaign: Option<CampaignId>,
    /// The team that it counts for.
    pub team: Option<TeamId>,
    /// Which rule decided, with its version: `retry.no_answer@2026-07-01`.
    pub rule: Option<String>,
    /// Seconds or cents, by kind.
    pub amount: Option<i64>,
    pub payload: Vec<(&'static str, Fact)>,
}

impl Event {
    #[must_use]
    pub fn new(kind: EventKind, day: Date) -> Self {
        Self {
            kind,
            day,
            person: None,
            organisation: None,
            call_record: None,
            campaign: None,
            team: None,
            rule: None,
            amount: None,
            payload: Vec::new(),
        }
    }

    #[must_use]
    pub fn about(mut self, person: PersonId) -> Self {
        self.person = Some(person);
        self
    }

    #[must_use]
    pub fn of_organisation(mut self, organisation: OrganisationId) -> Self {
        self.organisation = Some(organisation);
        self
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, fact: Fact) -> Self {
        self.payload.push((name, fact));
        self
    }

    /// The code under this name in the payload.
    #[must_use]
    pub fn code(&self, name: &str) -> Option<&'static str> {
        self.payload.iter().find_map(|(found, fact)| match fact {
            Fact::Code(code) if *found == name => Some(*code),
            _ => None,
        })
    }

    /// The number under this name in the payload.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.payload.iter().find_map(|(found, fact)| match fact {
            Fact::Number(number) if *found == name => Some(*number),
            _ => None,
        })
    }
}
