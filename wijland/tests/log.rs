//! Whatever happens, and however much is logged about it: nobody is named.
//!
//! A test binary of its own, because there is one logger in a process.

#[expect(dead_code, reason = "the harness of the whole program; this needs a part of it")]
#[path = "program/harness.rs"]
mod harness;

use harness::on_each_engine;

/// Everything that is logged, kept in memory.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_names_anybody_however_much_it_says() {
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || written.clone())
        .finish();
    // For every thread: a database works on threads of its own.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    on_each_engine(async |world| {
        world.clock("08:48");
        let mut noor = world.browser("noor").await;
        noor.post("/werkplek/volgende", &[]).await;
        let desk = noor.get("/werkplek").await;
        let person = desk.between("name=\"person\" value=\"", "\"").to_owned();
        let fence = desk.between("name=\"fence\" value=\"", "\"").to_owned();
        let about = [("person", person.as_str()), ("fence", fence.as_str())];
        noor.post("/werkplek/bel", &about).await;
        noor.post("/werkplek/notitie", &[about[0], about[1], ("note", "Geheim verhaal")]).await;
        let said = [("email", "stiekem@voorbeeld.example"), ("postcode", "7201 ES 12")];
        noor.post(&format!("/werkplek/controle/{person}"), &said).await;
        noor.post(&format!("/leden/{person}/controle"), &[("member_number", "111222333")]).await;
        let speaks = [("name", "Neef Van Elders"), ("proof", "Volmacht van toen")];
        noor.post(&format!("/leden/{person}/vertegenwoordigers/nieuw"), &speaks).await;
        noor.get("/zoek?q=arslan").await;
        noor.get(&format!("/leden/{person}")).await;
        // What goes wrong is logged most of all.
        noor.post(
            "/leden/nieuw",
            &[("last_name", "Zonderling"), ("birth_date", "gisteren"), ("email", "z@z@z")],
        )
        .await;
        noor.post("/inloggen", &[("user", "noor"), ("password", "verkeerd wachtwoord")]).await;
        let membership = world.count("select min(id) as value from memberships").await;
        let mandate = [
            ("iban", "NL91ABNA0417164300"),
            ("naam", "Houdervrouw"),
            ("hoe", "voice"),
            ("dag", "2026-11-24"),
        ];
        noor.post(&format!("/machtiging/nieuw/{membership}"), &mandate).await;
        noor.post(&format!("/machtiging/nieuw/{membership}"), &[("iban", "NL92ABNA0417164300")])
            .await;
        let file = world
            .file("fout.csv", "lidnummer;achternaam;geboortedatum\n77;Onbekendemans;31-02-1990\n");
        let anna = world.program("anna").await;
        anna.upload("persons", "fout.csv", &std::fs::read(file).unwrap()).await;
    })
    .await;
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("select"), "nothing was logged, so nothing was looked at");
    for private in [
        "Arslan",
        "arslan",
        "12345678",
        "Geheim verhaal",
        "stiekem@",
        "7201 ES 12",
        "111222333",
        "Van Elders",
        "Volmacht van toen",
        "Zonderling",
        "z@z@z",
        "verkeerd wachtwoord",
        "Onbekendemans",
        "0417164300",
        "Houdervrouw",
    ] {
        let line = logged.lines().find(|line| line.contains(private));
        assert_eq!(line, None, "{private} stands in the log");
    }
}
