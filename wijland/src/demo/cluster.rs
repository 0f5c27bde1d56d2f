//! A PostgreSQL of the demo's own, for who has one installed and does not want to set one up.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::Failure;

/// Runs as long as it is held.
pub(super) struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
}

const HOW: &str = "or say where yours is: WIJLAND_DATABASE=postgres://user:password@host/name";

impl Cluster {
    /// Starts the server in the demo's folder, made the first time; it listens on no network.
    pub(super) fn start(demo: &Path) -> Result<Self, Failure> {
        let bin = installed().ok_or_else(|| {
            Failure::told(format!(
                "PostgreSQL is not installed (Debian: apt install postgresql), {HOW}"
            ))
        })?;
        let demo =
            std::path::absolute(demo).map_err(Failure::file("the folder has no full name"))?;
        let cluster = Self { bin, folder: demo.join("postgres") };
        if !cluster.folder.join("PG_VERSION").exists() {
            cluster.make(&demo)?;
        }
        if cluster.run("pg_ctl", &["-D", &text(&cluster.folder), "status"]).is_ok() {
            // The demo before was killed and left it running.
            return Ok(cluster);
        }
        let options = format!(
            "-k {} -c listen_addresses= -c unix_socket_permissions=0700",
            cluster.folder.display()
        );
        let log = cluster.folder.join("log");
        let arguments =
            ["-D", &text(&cluster.folder), "-w", "-l", &text(&log), "-o", &options, "start"];
        cluster.run("pg_ctl", &arguments)?;
        Ok(cluster)
    }

    fn make(&self, demo: &Path) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.folder)
            .map_err(Failure::file("the folder for PostgreSQL cannot be made"))?;
        if is_root() {
            // It does not run as root; its own user has to reach its folder, and nothing else here.
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let through = std::fs::Permissions::from_mode(0o711);
                std::fs::set_permissions(demo, through)
                    .map_err(Failure::file("the folder cannot be opened"))?;
            }
            let owned = Command::new("chown").args(["postgres", &text(&self.folder)]).status();
            if !owned.is_ok_and(|status| status.success()) {
                return Err(Failure::told(format!(
                    "the user postgres cannot be given a folder, {HOW}"
                )));
            }
        }
        let arguments = [
            "-D",
            &text(&self.folder),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ];
        self.run("initdb", &arguments).map(drop)
    }

    /// The address of its one database.
    pub(super) fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=postgres", self.folder.display())
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<Output, Failure> {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        let output = command
            .args(arguments)
            .current_dir("/")
            .output()
            .map_err(Failure::file(format!("{} does not run", program.display())))?;
        if output.status.success() {
            return Ok(output);
        }
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Failure::told(format!("{} does not work here: {why}; {HOW}", program.display())))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(failure) = self.run("pg_ctl", &["-D", &text(&self.folder), "-m", "fast", "stop"])
        {
            crate::commands::warn(failure);
        }
    }
}

/// Where Debian keeps the newest server.
fn installed() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin)
}

fn is_root() -> bool {
    // The owner of our own process, as Linux shows it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
    }
    #[cfg(not(unix))]
    false
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
