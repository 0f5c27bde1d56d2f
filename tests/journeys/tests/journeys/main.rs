//! A working day on screen, on SQLite and PostgreSQL.

mod accessible;
mod day;
mod employer;
mod guide;
mod join;
mod keep;
mod lead;
mod own_file;
mod refer;
mod road;
mod shell;
mod sound;
mod together;
mod visit;
