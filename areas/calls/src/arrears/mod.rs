//! An amount that did not come in becomes a friendly call within a day, and goes away when it is settled meanwhile.

mod store;
mod watch;

pub use store::Arrears;
pub(crate) use store::of_callback;
pub use watch::{look, watch};
