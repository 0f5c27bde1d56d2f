//! A program with the demo union, and browsers that look at it.

mod browser;
mod program;

pub use browser::{Browser, Look};
pub use program::{
    PASSWORD, Program, on_each_engine, on_each_engine_with_mail, on_each_trade_engine,
};
