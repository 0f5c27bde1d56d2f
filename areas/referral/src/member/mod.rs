//! `/werving/{person}`: invitations for a member, who joined with them, and "not now".

mod cards;
mod page;
mod route;

pub(crate) use route::routes;
