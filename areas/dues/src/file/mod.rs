//! The files that go to the bank: pain.008.001.08 (collections) and pain.001.001.09 (payments), written as a stream.
//!
//! A file is not kept: its rows never change, so that it is written again, byte for byte, whenever somebody asks for it;
//! its hash was kept when it was released. No file with account numbers lies on a disk of ours.

mod charset;
mod pain001;
mod pain008;
mod rows;
mod stream;
mod xml;

pub use charset::folded;
pub use rows::{Head, Part, Payment};
pub(crate) use stream::download;
pub use stream::{Pieces, Written, count};

#[cfg(test)]
mod tests;
