//! What the key figures count and how they are worked out. Source of the formulas: `key-figures.md` §4.

mod agreement;
mod catalogue;
mod measure;
mod member;
mod month;
pub mod outlook;
pub mod survival;

pub use agreement::Agreement;
pub use catalogue::{Figure, Formula, Shown, Sums, Value};
pub use measure::{Cell, Dim, Measure, Universe};
pub use member::{Member, Place, Reach, Span, Stay};
pub use month::Month;
