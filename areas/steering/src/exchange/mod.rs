//! Figures between associations: a signed file with shares and rough sizes, and the comparison once enough of them are there.
//! Works by file, without a hub; the same program is the hub of whoever collects files.

mod file;
mod route;
mod store;

pub use file::{File, Row, Wrong, sign, verify};
pub(crate) use route::routes;
pub use store::{Compared, Failed, compared, own_file, put};
