//! The words everybody shares: ids, dates, numbers, names, rights. Parsed once, at the border,
//! into types that cannot be wrong.
//!
//! Nothing here reads a clock, a file or a socket.

mod actor;
mod address;
mod association;
mod bsn;
mod calendar;
mod cell;
mod contact;
mod creditor;
mod event;
mod fold;
mod iban;
mod id;
mod money;
mod name;
mod phone;
mod pii;
pub mod rights;
mod time;
mod value;

pub use actor::{Actor, ActorKind, CommandKey};
pub use address::{Postcode, WrongPostcode};
pub use association::{AssociationKind, Feature};
pub use bsn::holds_bsn;
pub use calendar::{CalendarDay, WorkCalendar};
pub use cell::protect;
pub use contact::{Email, WrongEmail};
pub use creditor::{CreditorId, WrongCreditorId};
pub use event::{Event, EventKind, Fact};
pub use fold::{fold, name_token, name_tokens};
pub use iban::{Iban, WrongIban};
pub use id::*;
pub use money::Cents;
pub use name::{PersonName, Sex, TakenApart, capital, take_apart};
pub use phone::{PhoneNumber, WrongNumber, warm_up as warm_up_phone_numbers};
pub use pii::Pii;
pub use rights::{Action, Right, Role, Roles, Scope};
pub use time::{AMSTERDAM, Window, local, parse_day, parse_time};
pub use value::{FromValue, Nullable, Value};

/// A fixed list of codes: one word from column to form to API.
///
/// ```
/// kernel::codes! {
///     /// How a campaign picks its people.
///     pub enum Source { Import = "import", Filter = "filter" }
/// }
/// assert_eq!("import".parse::<Source>().unwrap().code(), "import");
/// ```
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the column, the form and the API.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownCode;

            fn from_str(text: &str) -> Result<Self, $crate::UnknownCode> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownCode { of: stringify!($name) }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl From<$name> for $crate::Value {
            fn from(code: $name) -> Self {
                $crate::Value::Text(Some(code.code().to_owned()))
            }
        }

        impl $crate::Nullable for $name {
            const NULL: $crate::Value = $crate::Value::Text(None);
        }

        impl $crate::FromValue for $name {
            fn from_value(value: $crate::Value) -> Option<Self> {
                let $crate::Value::Text(Some(code)) = value else { return None };
                code.parse().ok()
            }
        }
    };
}

/// A word that is not in the list. Never holds the word itself: it may be somebody's input.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not one of the codes of {of}")]
pub struct UnknownCode {
    pub of: &'static str,
}
