use std::fmt;
use std::str::FromStr;

/// Ids are 63-bit numbers that grow with time, made in the program (`db::new_id`). In JSON and HTML
/// they are strings: JavaScript keeps only 53 bits of a number.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident)+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl From<$name> for crate::Value {
            fn from(id: $name) -> Self {
                Self::Int(Some(id.0))
            }
        }

        impl crate::Nullable for $name {
            const NULL: crate::Value = crate::Value::Int(None);
        }

        impl crate::FromValue for $name {
            fn from_value(value: crate::Value) -> Option<Self> {
                i64::from_value(value).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                deserialize_number(d).map(Self)
            }
        }
    )+ };
}

ids! {
    AbsenceId
    AccountId
    AddressId
    AgreementId
    AttemptId
    CallRecordId
    CallRequestId
    CallbackId
    CampaignId
    CancellationId
    CheckId
    ClaimId
    ConsentId
    ContactPersonId
    DueId
    DuePeriodId
    EventId
    GuideId
    GuideVersionId
    ImportId
    LineId
    LinkId
    MailId
    MandateId
    MembershipId
    NoteId
    ObjectionId
    OrganisationId
    OutcomeChoiceId
    OutcomeId
    PaymentRunId
    PersonId
    PhoneId
    QueueId
    QueuedCallId
    RecordingId
    RecordingPlayId
    RecordingPolicyId
    ReferralId
    RepresentativeId
    SessionId
    SignUpId
    SkillId
    TeamId
    ThemeId
    TokenId
    UserId
    VisitId
    WishId
    WordingId
}

/// Numbers the claims on one person: a command with an old fence comes from an old page.
///
/// Small and per person, so that it survives JavaScript.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, serde::Serialize)]
pub struct Fence(pub i64);

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> serde::Deserialize<'de> for Fence {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        deserialize_number(d).map(Self)
    }
}

/// Takes `"12"` and `12`: forms and our own JSON send text, a hand-written client may send a number.
fn deserialize_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Number;

    impl serde::de::Visitor<'_> for Number {
        type Value = i64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number, as text or as a number")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<i64, E> {
            text.parse().map_err(|_| E::custom("not a whole number"))
        }

        fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
            Ok(number)
        }

        fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<i64, E> {
            i64::try_from(number).map_err(|_| E::custom("too large"))
        }
    }

    deserializer.deserialize_any(Number)
}
