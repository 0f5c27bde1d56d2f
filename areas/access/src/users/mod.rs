//! Accounts of colleagues.

mod store;

pub use store::{NewUser, Team, add_team, add_user, by_login, set_language, set_password, teams};
