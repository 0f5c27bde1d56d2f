//! The program as its users meet it: pages, API and commands, on SQLite and PostgreSQL.

mod administration;
mod away;
mod calling;
mod campaigns;
mod colleagues;
mod explain;
mod guides;
mod harness;
mod imports;
mod invariants;
mod members;
mod month;
mod organisations;
mod outcomes;
mod permission;
mod presence;
mod promises;
mod rights;
mod service;
mod signing_in;
mod team;
mod telling;
mod texts;
mod trade;
mod visits;
mod whole;
