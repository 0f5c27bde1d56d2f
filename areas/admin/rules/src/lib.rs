//! What an administrator may write: a value that has the shape of the one that it follows. Pure.

pub mod value;
