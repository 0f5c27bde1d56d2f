//! What can stand in a column. The five column words (`id`, `int`, `text`, `flag`, `bytes`) need
//! four kinds of value; everything else we store knows which of them it is.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::{Cents, CreditorId, Email, Fence, PhoneNumber, Pii, Postcode};

/// One value on its way to or from the database. The option is inside, because PostgreSQL wants to
/// know the type of a null.
#[derive(Clone, PartialEq)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Flag(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

/// What can be read from a column. `None` means that something else is in it.
pub trait FromValue: Sized {
    fn from_value(value: Value) -> Option<Self>;
}

impl Value {
    fn is_null(&self) -> bool {
        matches!(self, Self::Int(None) | Self::Text(None) | Self::Flag(None) | Self::Bytes(None))
    }
}

/// Prints the kind, never what is in it: it may be somebody's name.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Int(_) => "int",
            Self::Text(_) => "text",
            Self::Flag(_) => "flag",
            Self::Bytes(_) => "bytes",
        })
    }
}

/// Types that know a value to stand in for the null of their kind.
pub trait Nullable: Into<Value> {
    const NULL: Value;
}

impl<T: Nullable> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(T::NULL, Into::into)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_value(value).map(Some) }
    }
}

impl<T: Into<Value>> From<Pii<T>> for Value {
    fn from(value: Pii<T>) -> Self {
        value.into_inner().into()
    }
}

impl<T: Nullable> Nullable for Pii<T> {
    const NULL: Value = T::NULL;
}

impl<T: FromValue> FromValue for Pii<T> {
    fn from_value(value: Value) -> Option<Self> {
        T::from_value(value).map(Pii::new)
    }
}

macro_rules! stored_as {
    ($kind:ident: $($t:ty, |$it:ident| $to:expr, |$from:ident| $read:expr;)+) => { $(
        impl From<$t> for Value {
            fn from($it: $t) -> Self {
                Value::$kind(Some($to))
            }
        }

        impl Nullable for $t {
            const NULL: Value = Value::$kind(None);
        }

        impl FromValue for $t {
            fn from_value(value: Value) -> Option<Self> {
                let Value::$kind(Some($from)) = value else { return None };
                $read
            }
        }
    )+ };
}

stored_as! { Int:
    i64, |n| n, |n| Some(n);
    i32, |n| i64::from(n), |n| n.try_into().ok();
    u16, |n| i64::from(n), |n| n.try_into().ok();
    u32, |n| i64::from(n), |n| n.try_into().ok();
    Fence, |fence| fence.0, |n| Some(Fence(n));
    Cents, |cents| cents.0, |n| Some(Cents(n));
    // Instants are UTC milliseconds.
    Timestamp, |at| at.as_millisecond(), |ms| Timestamp::from_millisecond(ms).ok();
}

stored_as! { Text:
    String, |text| text, |text| Some(text);
    // Days are ISO text and compare as text.
    Date, |day| day.to_string(), |text| text.parse().ok();
    Time, |time| time.strftime("%H:%M").to_string(), |text| text.parse().ok();
    PhoneNumber, |number| number.e164().to_owned(), |text| text.parse().ok();
    Email, |email| email.as_str().to_owned(), |text| text.parse().ok();
    CreditorId, |id| id.as_str().to_owned(), |text| text.parse().ok();
    Postcode, |postcode| postcode.compact().to_owned(), |text| text.parse().ok();
}

stored_as! { Bytes:
    Vec<u8>, |bytes| bytes, |bytes| Some(bytes);
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(Some(text.to_owned()))
    }
}

impl Nullable for &str {
    const NULL: Value = Value::Text(None);
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Value::Text(Some(text.clone()))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Flag(Some(flag))
    }
}

impl Nullable for bool {
    const NULL: Value = Value::Flag(None);
}

impl FromValue for bool {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Flag(flag) => flag,
            // SQLite has no booleans.
            Value::Int(Some(0)) => Some(false),
            Value::Int(Some(1)) => Some(true),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_back() {
        fn check<T: Into<Value> + FromValue + Clone + PartialEq + std::fmt::Debug>(value: T) {
            assert_eq!(T::from_value(value.clone().into()), Some(value));
        }
        check(42_i64);
        check("tekst".to_owned());
        check(true);
        check(vec![1_u8, 2]);
        check("2026-11-24".parse::<Date>().unwrap());
        check("08:30".parse::<Time>().unwrap());
        check("2026-11-24T07:20:00.123Z".parse::<Timestamp>().unwrap());
        check(Some("2026-11-24".parse::<Date>().unwrap()));
        check(None::<i64>);
        check("+31612345678".parse::<PhoneNumber>().unwrap());
    }

    #[test]
    fn a_wrong_kind_is_not_guessed() {
        assert_eq!(i64::from_value(Value::Text(Some("1".into()))), None);
        assert_eq!(bool::from_value(Value::Int(Some(2))), None);
        assert_eq!(String::from_value(Value::Text(None)), None);
    }
}
