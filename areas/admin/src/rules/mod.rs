//! Rule data: what is valid, since when, on whose word; and what will be.

mod page;
mod parts;
mod route;

pub use page::title_text;
pub(crate) use route::routes;
