//! Noor's Tuesday, call by call, and what it adds up to.

/// Whom a call is with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Who {
    /// Calls in by itself.
    CallsIn(&'static str),
    /// Was promised a call; the desk brings this person.
    Promised(&'static str),
    /// The desk brings whoever is next, and it must be this person.
    Next(&'static str),
    /// The desk brings whoever is next.
    Anybody,
}

/// A promise that a call ends with.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    pub working_days: u16,
    pub from: &'static str,
    pub until: &'static str,
    pub warmth: &'static str,
    pub opening: &'static str,
    pub words: &'static str,
}

/// One call of the day.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// When it begins, on the clock in Amsterdam.
    pub at: &'static str,
    /// Between press and hanging up.
    pub minutes: i64,
    pub who: Who,
    /// As the API says it.
    pub outcome: &'static str,
    pub promise: Option<Promise>,
    pub note: &'static str,
}

/// What the day adds up to: the same on desk, summary, export and API.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Figures {
    pub new_members: i64,
    pub retained_members: i64,
    pub attempts: i64,
    pub conversations: i64,
    pub callbacks_due: i64,
    pub callbacks_kept: i64,
    pub callbacks_made: i64,
    pub paid_seconds: i64,
}

pub const FIGURES: Figures = Figures {
    new_members: 2,
    retained_members: 3,
    attempts: 28,
    conversations: 22,
    callbacks_due: 5,
    callbacks_kept: 5,
    callbacks_made: 6,
    // Lines open at 8:30, close at 16:00, half an hour of lunch.
    paid_seconds: 7 * 3600,
};

/// What Noor chooses to do, and when.
pub const PRESENCE: &[(&str, &str)] =
    &[("08:20", "available"), ("12:00", "lunch"), ("12:30", "available"), ("16:00", "signed_out")];

const fn list(at: &'static str, minutes: i64, outcome: &'static str) -> Call {
    Call { at, minutes, who: Who::Anybody, outcome, promise: None, note: "" }
}

const fn promised(
    at: &'static str,
    minutes: i64,
    who: &'static str,
    outcome: &'static str,
) -> Call {
    Call { at, minutes, who: Who::Promised(who), outcome, promise: None, note: "" }
}

impl Call {
    const fn with(self, promise: Promise) -> Self {
        Self { promise: Some(promise), ..self }
    }
}

const fn promise(
    working_days: u16,
    from: &'static str,
    until: &'static str,
    warmth: &'static str,
    opening: &'static str,
    words: &'static str,
) -> Promise {
    Promise { working_days, from, until, warmth, opening, words }
}

pub const CALLS: &[Call] = &[
    Call {
        at: "08:30",
        minutes: 10,
        who: Who::CallsIn("0575 12 34 56"),
        outcome: "retained",
        promise: None,
        note: "Wilde opzeggen omdat hij met pensioen gaat. Blijft: pensioentarief en hulp bij de aangifte.",
    },
    Call {
        at: "08:48",
        minutes: 12,
        who: Who::Next("W-1001"),
        outcome: "callback",
        promise: Some(promise(
            3,
            "9:30",
            "10:00",
            "warm",
            "‘Hoe was het gesprek met uw partner?’",
            "Wil het vanavond met haar partner bespreken; vrijdagochtend bellen is goed.",
        )),
        note: "Thuiszorg, wijkteam Noord. Te weinig tijd per cliënt. Leidinggevende schuift diensten door.",
    },
    list("09:03", 1, "no_answer"),
    list("09:06", 5, "not_interested"),
    promised("09:15", 7, "W-1004", "callback").with(promise(
        1,
        "9:15",
        "9:45",
        "warm",
        "‘Heeft u het formulier kunnen bekijken?’",
        "Kijkt vanavond naar het formulier, morgen zelfde tijd.",
    )),
    list("09:26", 1, "no_answer"),
    list("09:29", 6, "not_interested"),
    list("09:38", 1, "voicemail"),
    list("09:42", 7, "not_interested"),
    promised("10:00", 6, "W-1005", "not_interested"),
    list("10:08", 1, "no_answer"),
    list("10:12", 8, "callback").with(promise(
        3,
        "11:00",
        "11:30",
        "warm",
        "‘U zou uw rooster erbij zoeken.’",
        "Zoekt het rooster op, vrijdag voor de middag.",
    )),
    list("10:24", 4, "not_interested"),
    list("10:32", 1, "busy"),
    list("10:36", 9, "not_interested"),
    list("10:50", 1, "no_answer"),
    list("11:00", 6, "not_interested"),
    promised("11:30", 9, "2287730", "not_interested"),
    list("11:42", 1, "no_answer"),
    list("11:47", 5, "not_interested"),
    // After lunch David sits beside her: a call that does not get there, and a tip.
    list("12:40", 9, "not_interested"),
    // 'Zal ik het nu direct voor u in orde maken?'
    list("12:58", 12, "joined"),
    list("13:16", 7, "callback").with(promise(
        4,
        "9:30",
        "10:00",
        "warm",
        "‘Hoe liep het weekend?’",
        "Heeft weekenddienst, maandag weer bellen.",
    )),
    list("13:28", 5, "not_interested"),
    Call {
        at: "13:40",
        minutes: 8,
        who: Who::CallsIn("06 1200 4011"),
        outcome: "retained",
        promise: None,
        note: "Twijfelde om de kosten. Blijft om de rechtshulp.",
    },
    promised("14:00", 8, "2419906", "callback").with(promise(
        1,
        "13:00",
        "13:30",
        "lukewarm",
        "‘Klopt uw nieuwe aantal uren?’",
        "Hoort morgen haar nieuwe uren, woensdag na enen.",
    )),
    list("14:14", 13, "joined"),
    list("14:32", 6, "callback").with(promise(
        4,
        "10:30",
        "11:00",
        "lukewarm",
        "‘U zou het met uw teamgenoten bespreken.’",
        "Bespreekt het in het team, maandag terugbellen.",
    )),
    list("14:44", 1, "no_answer"),
    promised("15:00", 11, "2304512", "retained"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calls_add_up_to_the_figures() {
        let count = |test: &dyn Fn(&Call) -> bool| {
            CALLS.iter().map(|call| i64::from(test(call))).sum::<i64>()
        };
        let reached = |call: &Call| !matches!(call.outcome, "no_answer" | "busy" | "voicemail");
        assert_eq!(count(&|call| call.outcome == "joined"), FIGURES.new_members);
        assert_eq!(count(&|call| call.outcome == "retained"), FIGURES.retained_members);
        assert_eq!(count(&|call| !matches!(call.who, Who::CallsIn(_))), FIGURES.attempts);
        assert_eq!(count(&reached), FIGURES.conversations);
        assert_eq!(count(&|call| matches!(call.who, Who::Promised(_))), FIGURES.callbacks_due);
        assert_eq!(
            count(&|call| matches!(call.who, Who::Promised(_)) && reached(call)),
            FIGURES.callbacks_kept
        );
        assert_eq!(count(&|call| call.promise.is_some()), FIGURES.callbacks_made);
    }

    #[test]
    fn no_call_begins_before_the_one_before_it_ended() {
        let minutes = |at: &str| {
            let (hour, minute) = at.split_once(':').unwrap();
            hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()
        };
        for pair in CALLS.windows(2) {
            let ended = minutes(pair[0].at) + pair[0].minutes;
            assert!(ended <= minutes(pair[1].at), "{} runs into {}", pair[0].at, pair[1].at);
        }
    }
}
