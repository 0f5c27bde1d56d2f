//! The telephone as a process of its own: the story plays over it, and it comes back after it was killed.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{run, wijland};

#[test]
fn the_story_plays_over_a_telephone_in_a_process_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("wijland.toml");
    let socket = folder.path().join("telephone");
    let write = |sound: &str| {
        let data = folder.path().join("data");
        std::fs::write(&config, format!("data = \"{}\"\n{sound}", data.display())).unwrap();
    };
    let config_path = config.display().to_string();
    write("");
    let (code, _, err) = run(&["telephone", "--config", &config_path]);
    assert_eq!(code, 1);
    assert!(err.contains("name a socket in the settings"), "{err}");

    write(&format!("[sound]\nsocket = \"{}\"\n", socket.display()));
    let mut telephone = wijland(&["telephone", "--config", &config_path])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let begun = Instant::now();
    while !socket.exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no socket");
        std::thread::sleep(Duration::from_millis(10));
    }
    let (code, out, err) = run(&["story", "union", "--config", &config_path]);
    telephone.kill().expect("it ran until now");
    telephone.wait().expect("it ends");
    assert_eq!(code, 0, "{out}\n{err}");
    assert!(out.contains("440 Hz"), "{out}");
}
