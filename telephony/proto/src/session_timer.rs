//! Whether a call whose other side fell silent in SIP is still one.
//!
//! Both sides agree on an interval. One of them repeats the description before half of it is over; whoever hears nothing until
//! shortly before its end hangs up. Source: RFC 4028.

use std::fmt;
use std::time::Duration;

/// Nobody may ask for less. Source: RFC 4028 §4.
pub const INTERVAL_MIN: Duration = Duration::from_secs(90);

/// So often a call is tried again with a longer interval. Proxies on the way may each have a minimum of their own.
pub const RETRIES_MAX: u8 = 3;

/// Seen from one request: whoever sent it is the client.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Refresher {
    Uac,
    Uas,
}

/// The value of `Session-Expires`. `Display` writes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SessionExpires {
    /// Whole seconds.
    pub interval: Duration,
    pub refresher: Option<Refresher>,
}

/// Why something is no value of `Session-Expires` or `Min-SE`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no number of seconds")]
pub struct Malformed;

impl SessionExpires {
    /// Reads `1800;refresher=uac`. Unknown parameters are read over.
    pub fn parse(value: &str) -> Result<Self, Malformed> {
        let mut parts = value.split(';').map(str::trim);
        let interval = seconds(parts.next().unwrap_or_default())?;
        let refresher = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            let value = value.trim();
            match name.trim().eq_ignore_ascii_case("refresher") {
                true if value.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
                true if value.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
                _ => None,
            }
        });
        Ok(Self { interval, refresher })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.interval.as_secs())?;
        match self.refresher {
            Some(Refresher::Uac) => f.write_str(";refresher=uac"),
            Some(Refresher::Uas) => f.write_str(";refresher=uas"),
            None => Ok(()),
        }
    }
}

/// Reads the value of `Min-SE`; parameters are read over.
pub fn min_se(value: &str) -> Result<Duration, Malformed> {
    seconds(value.split(';').next().unwrap_or_default().trim())
}

fn seconds(digits: &str) -> Result<Duration, Malformed> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed);
    }
    digits.parse::<u32>().map(|seconds| Duration::from_secs(seconds.into())).map_err(|_| Malformed)
}

/// What we would like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wish {
    /// Half an hour is what RFC 4028 §7.1 recommends.
    pub interval: Duration,
    /// The shortest that we do; at least [`INTERVAL_MIN`].
    pub min: Duration,
}

impl Default for Wish {
    fn default() -> Self {
        Self { interval: Duration::from_mins(30), min: INTERVAL_MIN }
    }
}

/// What a first INVITE of ours asks for, over its tries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asked {
    pub interval: Duration,
    /// To be sent as `Min-SE` once somebody named one (RFC 4028 §7.3).
    pub min_se: Option<Duration>,
    retries: u8,
}

/// Why it is not tried again after a 422.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum GivesUp {
    #[error("refused as too short, although it is as long as was asked for")]
    NotLonger,
    #[error("refused as too short {RETRIES_MAX} times")]
    TooOften,
}

impl Asked {
    pub fn first(wish: Wish) -> Self {
        Self { interval: wish.interval.max(wish.min).max(INTERVAL_MIN), min_se: None, retries: 0 }
    }

    /// The header. Who refreshes is left to the other side (RFC 4028 §7.1).
    pub fn header(self) -> SessionExpires {
        SessionExpires { interval: self.interval, refresher: None }
    }

    /// What to ask after a 422 with this `Min-SE`.
    pub fn retry(self, min_se: Duration) -> Result<Self, GivesUp> {
        if min_se <= self.interval {
            return Err(GivesUp::NotLonger);
        }
        if self.retries == RETRIES_MAX {
            return Err(GivesUp::TooOften);
        }
        Ok(Self { interval: min_se, min_se: Some(min_se), retries: self.retries + 1 })
    }

    /// What a 200 to it means. None if the other side knows no timer: then nothing is refreshed (RFC 4028 §7.2).
    pub fn granted(self, answer: Option<SessionExpires>) -> Option<Timer> {
        answer.map(|answer| Timer::new(answer.interval, answer.refresher != Some(Refresher::Uas)))
    }
}

/// What we answer to an INVITE.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reply {
    /// 422 with this `Min-SE`.
    TooShort { min_se: Duration },
    /// In the 200; `requires_timer` puts `Require: timer` beside it (RFC 4028 §9: if the other side refreshes).
    Timer { header: SessionExpires, requires_timer: bool, timer: Timer },
    /// Neither side asked, or the other knows no timer.
    None,
}

/// Answers an INVITE, a first one or a refresh.
///
/// `knows_timer` is `timer` in its `Supported`. If it does not say who refreshes, we do: our clock is the one that we know.
pub fn reply(
    asked: Option<SessionExpires>,
    min_se: Option<Duration>,
    knows_timer: bool,
    wish: Wish,
) -> Reply {
    let ours_min = wish.min.max(INTERVAL_MIN);
    let Some(asked) = asked else {
        // Nothing was asked, so we may. Source: RFC 4028 §9.
        if !knows_timer {
            return Reply::None;
        }
        let interval = wish.interval.max(ours_min).max(min_se.unwrap_or_default());
        return agreed(interval, Refresher::Uas);
    };
    if asked.interval < ours_min && knows_timer {
        return Reply::TooShort { min_se: ours_min };
    }
    // Longer than we wish is made shorter, but not below what somebody on the way can do (RFC 4028 §9). A proxy that asked for
    // somebody who knows no timer, and for less than is allowed, does not make us refresh every second.
    let floor = ours_min.max(min_se.unwrap_or_default());
    let interval = asked.interval.min(wish.interval.max(floor)).max(INTERVAL_MIN);
    match asked.refresher {
        Some(Refresher::Uac) if knows_timer => agreed(interval, Refresher::Uac),
        _ => agreed(interval, Refresher::Uas),
    }
}

fn agreed(interval: Duration, refresher: Refresher) -> Reply {
    Reply::Timer {
        header: SessionExpires { interval, refresher: Some(refresher) },
        requires_timer: refresher == Refresher::Uac,
        timer: Timer::new(interval, refresher == Refresher::Uas),
    }
}

/// What both sides agreed on. It begins anew with every refresh that was answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timer {
    pub interval: Duration,
    pub we_refresh: bool,
}

/// What the timer wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    /// Nothing before so much time has gone by.
    In(Duration),
    /// Say the same again, in an INVITE; trunks need not know UPDATE.
    Refresh,
    /// Nobody refreshed: hang up.
    Dead,
}

impl Timer {
    fn new(interval: Duration, we_refresh: bool) -> Self {
        Self { interval: interval.max(INTERVAL_MIN), we_refresh }
    }

    /// After the last refresh. Source: RFC 4028 §7.2, §10.
    pub fn refresh_after(self) -> Duration {
        self.interval / 2
    }

    /// After the last refresh, for both sides: the one that refreshes had no answer by then. Source: RFC 4028 §10.
    pub fn dead_after(self) -> Duration {
        self.interval.saturating_sub((self.interval / 3).min(Duration::from_secs(32)))
    }

    /// `since` is the time since the last refresh that was answered; a refresh is on its way if `is_refreshing`.
    pub fn due(self, since: Duration, is_refreshing: bool) -> Due {
        let next = if self.we_refresh && !is_refreshing {
            self.refresh_after()
        } else {
            self.dead_after()
        };
        if since >= self.dead_after() {
            Due::Dead
        } else if since >= next {
            Due::Refresh
        } else {
            Due::In(next.saturating_sub(since))
        }
    }

    /// The header of a refresh that we send: interval and roles stay (RFC 4028 §7.4).
    pub fn header(self) -> SessionExpires {
        let refresher = if self.we_refresh { Refresher::Uac } else { Refresher::Uas };
        SessionExpires { interval: self.interval, refresher: Some(refresher) }
    }

    /// What the 200 to an INVITE of ours within the call means; none if the other side stopped the timer.
    pub fn granted(self, answer: Option<SessionExpires>) -> Option<Self> {
        Some(Self::new(answer?.interval, answer?.refresher != Some(Refresher::Uas)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn expires(value: &str) -> SessionExpires {
        SessionExpires::parse(value).unwrap()
    }

    #[test]
    fn headers_are_read_and_written() {
        for (value, written) in [
            ("1800", "1800"),
            (" 90 ; Refresher = UAC", "90;refresher=uac"),
            ("90;x=y;refresher=uas;z", "90;refresher=uas"),
            ("90;refresher=me", "90"),
        ] {
            assert_eq!(expires(value).to_string(), written);
            assert_eq!(expires(written), expires(value));
        }
        for wrong in ["", ";refresher=uac", "+90", "-1", "1.5", "99999999999", "soon"] {
            assert_eq!(SessionExpires::parse(wrong), Err(Malformed), "{wrong}");
        }
        assert_eq!(min_se(" 120;x=1"), Ok(secs(120)));
        assert_eq!(min_se("x"), Err(Malformed));
    }

    #[test]
    fn refused_as_too_short_it_is_tried_longer_but_not_for_ever() {
        let mut asked = Asked::first(Wish { interval: secs(60), min: secs(60) });
        assert_eq!((asked.header().to_string(), asked.min_se), ("90".into(), None));
        for min in [120, 240, 360] {
            asked = asked.retry(secs(min)).unwrap();
            assert_eq!((asked.interval, asked.min_se), (secs(min), Some(secs(min))));
        }
        assert_eq!(asked.retry(secs(360)), Err(GivesUp::NotLonger));
        assert_eq!(asked.retry(secs(480)), Err(GivesUp::TooOften));
    }

    #[test]
    fn the_answer_says_who_refreshes() {
        let asked = Asked::first(Wish::default());
        assert_eq!(asked.granted(None), None);
        for (answer, we_refresh) in
            [("600;refresher=uac", true), ("600;refresher=uas", false), ("600", true)]
        {
            let timer = asked.granted(Some(expires(answer))).unwrap();
            assert_eq!(timer, Timer { interval: secs(600), we_refresh }, "{answer}");
            assert_eq!(timer.granted(Some(timer.header())), Some(timer));
        }
    }

    #[test]
    fn what_is_asked_is_answered() {
        let wish = Wish { interval: secs(600), min: secs(100) };
        // asked, Min-SE, knows the timer, what goes back
        for (asked, min, knows, expected) in [
            (None, None, false, "nothing"),
            (None, None, true, "600;refresher=uas"),
            (None, Some(900), true, "900;refresher=uas"),
            (Some("99"), None, true, "422 100"),
            (Some("300"), None, true, "300;refresher=uas"),
            (Some("300;refresher=uac"), None, true, "300;refresher=uac require"),
            (Some("300;refresher=uas"), None, true, "300;refresher=uas"),
            (Some("1800"), None, true, "600;refresher=uas"),
            (Some("1800"), Some(900), true, "900;refresher=uas"),
            (Some("300;refresher=uac"), None, false, "300;refresher=uas"),
            (Some("1"), None, false, "90;refresher=uas"),
        ] {
            let answer = match reply(asked.map(expires), min.map(secs), knows, wish) {
                Reply::None => "nothing".to_owned(),
                Reply::TooShort { min_se } => format!("422 {}", min_se.as_secs()),
                Reply::Timer { header, requires_timer, timer } => {
                    assert_eq!(timer.we_refresh, header.refresher == Some(Refresher::Uas));
                    assert_eq!(timer.interval, header.interval);
                    format!("{header}{}", if requires_timer { " require" } else { "" })
                }
            };
            assert_eq!(answer, expected, "{asked:?} {min:?} {knows}");
        }
    }

    #[test]
    fn half_of_the_interval_is_the_time_to_refresh_and_shortly_before_its_end_it_is_dead() {
        let timer = Timer { interval: secs(90), we_refresh: true };
        assert_eq!((timer.refresh_after(), timer.dead_after()), (secs(45), secs(60)));
        let long = Timer { interval: secs(1_800), we_refresh: false };
        assert_eq!((long.refresh_after(), long.dead_after()), (secs(900), secs(1_768)));

        assert_eq!(timer.due(secs(0), false), Due::In(secs(45)));
        assert_eq!(timer.due(secs(45), false), Due::Refresh);
        assert_eq!(timer.due(secs(45), true), Due::In(secs(15)));
        assert_eq!(timer.due(secs(60), true), Due::Dead);
        assert_eq!(timer.due(secs(60), false), Due::Dead);
        assert_eq!(long.due(secs(900), false), Due::In(secs(868)));
        assert_eq!(long.due(secs(1_768), false), Due::Dead);
    }
}
