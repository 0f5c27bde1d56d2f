//! The engine in a process of its own: the same messages, over a socket of this machine. Who may open the socket may call; the folder
//! it lies in says who that is.

mod reach;
mod serve;
mod wire;

pub(crate) use reach::reach;
pub use serve::{NotServed, serve};
