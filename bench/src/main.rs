//! `cargo run --release -p bench -- all`: prints figures beside their targets. Asserts nothing: machines
//! are noisy. How it was when it was last looked at stands in `docs/performance.md`.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod boards;
mod desk;
mod dues;
mod figures;
mod floor;
mod import_file;
mod line;
mod next;
mod pages;
mod promises;
mod relay;
mod samples;
mod search;
mod sign_up;
mod sound;
mod start;
mod starts;
mod tariffs;
mod visits;
mod world;

use std::path::PathBuf;

use clap::Parser;

use world::World;

#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum What {
    /// Everything below, in this order
    All,
    /// A file of members into an empty installation, and the bare load of the same rows
    Import,
    /// Search as you type
    Search,
    /// The next person, with 1 and with 64 agents
    Next,
    /// The next person, with 256 agents and twenty campaigns that share their people; not part of all
    Floor,
    /// A promise whose time comes among 100,000; not part of all
    Promises,
    /// A change of presence on 1,000 boards; not part of all
    Boards,
    /// A hundred thousand shops that are visited by two hundred colleagues; not part of all
    Visits,
    /// Key figures over ten contact moments for each member; not part of all
    Figures,
    /// A collection of every member at once, its file and the bank's answer; not part of all
    Dues,
    /// A changed tariff over everybody, and who reaches the state pension age; not part of all
    Tariffs,
    /// Who may already be there, while somebody signs up; not part of all
    SignUp,
    /// Browsers on the echo line and in calls, and a bare relay of the same packets; needs no members, not part of all
    Sound,
    /// Fifteen calls a second, and ten thousand in a row; needs no members, not part of all
    Starts,
    /// From a press to the trunk's host, and from whoever rings to the member's card; not part of all
    Line,
    /// Pages of the working day
    Pages,
    /// From start to the first answer, and the memory of a program at rest
    Start,
}

#[derive(Debug, Parser)]
struct Wish {
    #[arg(value_enum)]
    what: What,
    /// How many members are imported
    #[arg(long, default_value_t = 1_000_000)]
    members: u64,
    /// Where the installation stands; all but import goes on with what is there
    #[arg(long, default_value = "bench-data")]
    data: PathBuf,
    /// For floor on one PostgreSQL: which part of the agents this program is, such as 1/3; start the others beside it
    #[arg(long, default_value = "1/1", value_parser = share)]
    share: (u32, u32),
    /// An empty PostgreSQL database; without it SQLite is measured
    #[arg(long, env = "WIJLAND_BENCH_POSTGRES")]
    database: Option<String>,
}

/// `1/3`: the first of three.
fn share(typed: &str) -> Result<(u32, u32), String> {
    let parts =
        typed.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    parts.filter(|(part, of)| (1..=*of).contains(part)).ok_or_else(|| "such as 1/3".to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Wish { what, members, data, share, database } = Wish::parse();
    let engine = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    println!("{engine}, {members} members");
    let wants = |one: What| what == one || what == What::All;
    if wants(What::Import) {
        import_file::measure(&data, database.as_deref(), members).await?;
    }
    if what == What::Sound {
        return sound::measure().await;
    }
    if what == What::Starts {
        return starts::measure().await;
    }
    if what == What::Line {
        return line::measure(&data, database.as_deref()).await;
    }
    if what != What::Import && what != What::Start {
        let world = World::open(&data, database.as_deref()).await?;
        if wants(What::Search) {
            search::measure(&world).await?;
        }
        if wants(What::Next) {
            next::measure(&world).await?;
        }
        if what == What::Visits {
            visits::measure(&world).await?;
        }
        if what == What::Tariffs {
            tariffs::measure(&world).await?;
        }
        if what == What::SignUp {
            sign_up::measure(&world).await?;
        }
        if what == What::Dues {
            dues::measure(&world).await?;
        }
        if what == What::Figures {
            figures::measure(&world, members, &data).await?;
        }
        if what == What::Floor {
            floor::measure(&world, share).await?;
        }
        if what == What::Promises {
            promises::measure(&world).await?;
        }
        if what == What::Boards {
            boards::measure(&world).await?;
        }
        if wants(What::Pages) {
            pages::measure(&world).await?;
        }
        world.close().await;
    }
    if wants(What::Start) {
        start::measure(&data, database.as_deref())?;
    }
    Ok(())
}
