//! The day's list on a telephone that has no signal: kept there under a code for a day, brought home when there is one.
//!
//! The page under `/onderweg` stands on the telephone itself (a service worker keeps it) and holds nothing about anybody.
//! The list comes beside it, is encrypted there with a key that this program made, and that key lies on the telephone
//! only under the colleague's code and only for a day. Reports lie there under the same key; after that day, or when the
//! code is forgotten, whoever signs in gets the key again and nothing is lost. A telephone that is to be wiped gets no key
//! any more and empties itself at its next contact.

mod page;
mod route;
mod store;

pub(crate) use route::routes;
pub(crate) use store::leave;
