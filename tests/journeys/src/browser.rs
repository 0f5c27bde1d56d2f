use std::process::Stdio;
use std::time::Duration;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use url::Url;

use crate::{PASSWORD, Program};

/// How a screen looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    pub dark: bool,
    pub phone: bool,
    pub without_script: bool,
}

/// One colleague's browser, driven by keys alone.
pub struct Browser {
    client: Client,
    url: String,
    driver: Child,
}

/// Switches the network of a browser off and on, as a shop without a signal does.
#[derive(Debug)]
struct Network {
    is_off: bool,
}

impl WebDriverCompatibleCommand for Network {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/chromium/network_conditions", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let conditions = json!({"offline": self.is_off, "latency": 0, "throughput": 10_000_000});
        (Method::POST, Some(json!({"network_conditions": conditions}).to_string()))
    }
}

/// Runs a script before any of the page's own, on every page from now on.
#[derive(Debug)]
struct First {
    script: String,
}

impl WebDriverCompatibleCommand for First {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let command = json!({
            "cmd": "Page.addScriptToEvaluateOnNewDocument",
            "params": {"source": self.script},
        });
        (Method::POST, Some(command.to_string()))
    }
}

/// So long something may take until it is seen; a machine that is busy takes longer than a user would like.
const SEEN_WITHIN: Duration = Duration::from_secs(20);

/// A driver, its port, and what it goes on to say; `None` if it ended without a port.
async fn begin_driver() -> Option<(Child, String, Lines<BufReader<ChildStdout>>)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("chromedriver is installed; ./wijland-test does that");
    let mut lines = BufReader::new(driver.stdout.take().expect("piped")).lines();
    while let Some(line) = lines.next_line().await.expect("text") {
        if let Some((_, port)) = line.rsplit_once("started successfully on port ") {
            return Some((driver, port.trim_end_matches('.').to_owned(), lines));
        }
    }
    None
}

impl Browser {
    pub async fn open(program: &Program, look: Look) -> Self {
        let mut begun = begin_driver().await;
        // It ends at once when somebody takes the port that it was about to take.
        for _ in 0..5 {
            if begun.is_some() {
                break;
            }
            begun = begin_driver().await;
        }
        let (driver, port, mut lines) = begun.expect("chromedriver says its port before it ends");
        // What it says later is of no interest, but somebody must read it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });

        let size = if look.phone { "390,844" } else { "1440,900" };
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--lang=nl".to_owned(),
            // A page whose microphone is a tone of our own has none by the browser's rules, and would not sound after a reload.
            "--autoplay-policy=no-user-gesture-required".to_owned(),
            format!("--window-size={size}"),
        ];
        if look.dark {
            arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let mut options = json!({"args": arguments});
        if look.phone {
            // A window is never narrower than 500 points; a phone is.
            options["mobileEmulation"] = json!({
                "deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 1.0, "touch": true},
                "userAgent": "Mozilla/5.0 (Linux; Android 14) Chrome/140 Mobile",
            });
        }
        let mut preferences = json!({"intl.accept_languages": "nl"});
        if look.without_script {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        options["prefs"] = preferences;
        let capabilities = serde_json::Map::from_iter([("goog:chromeOptions".to_owned(), options)]);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://localhost:{port}"))
            .await
            .expect("a browser");
        Self { client, url: program.url.clone(), driver }
    }

    /// A browser on which a colleague has just signed in, by keys.
    pub async fn signed_in(program: &Program, login: &str, look: Look) -> Self {
        let browser = Self::open(program, look).await;
        browser.go("/inloggen").await;
        browser.tab_to("#naam").await;
        browser.types(login).await;
        browser.press(Key::Tab).await;
        browser.types(PASSWORD).await;
        browser.press(Key::Enter).await;
        browser.is_seen("header.top").await;
        browser
    }

    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.url)).await.expect("a page");
    }

    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        url.path().to_owned()
    }

    /// Presses one key, wherever the focus is, once the scripts of the page are there to hear it.
    pub async fn press(&self, key: impl Into<char>) {
        self.until(
            "the scripts of the page have started",
            "!document.querySelector('script[src$=\"/wijland.js\"]') || 'ready' in document.documentElement.dataset",
        )
        .await;
        let value = key.into();
        let keys = KeyActions::new("keys".into())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        self.client.perform_actions(keys).await.expect("a key");
    }

    /// Presses one key while another is held down.
    pub async fn press_with(&self, held: Key, key: Key) {
        let (held, value) = (held.into(), key.into());
        let keys = KeyActions::new("keys".into())
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: held });
        self.client.perform_actions(keys).await.expect("keys");
    }

    /// Types a text into what has the focus.
    pub async fn types(&self, text: &str) {
        for letter in text.chars() {
            self.press(letter).await;
        }
    }

    /// Waits until an element is there and seen.
    pub async fn is_seen(&self, css: &str) {
        self.until(
            &format!("{css} is seen"),
            &format!("document.querySelector({css:?})?.checkVisibility()"),
        )
        .await;
    }

    /// Waits until a call has begun, and the page with it: the telephone beside it may know a moment earlier.
    pub async fn is_in_call(&self) {
        self.is_seen("call-timer").await;
        self.until("an outcome can be chosen", "document.querySelector('[name=outcome]:enabled')")
            .await;
    }

    /// Waits until a text stands somewhere on the page.
    pub async fn shows(&self, text: &str) {
        self.until(
            &format!("{text:?} is shown"),
            &format!("document.body.innerText.includes({text:?})"),
        )
        .await;
    }

    pub async fn hides(&self, text: &str) {
        self.until(
            &format!("{text:?} is gone"),
            &format!("!document.body.innerText.includes({text:?})"),
        )
        .await;
    }

    /// Waits until the focus is on an element.
    pub async fn has_focus(&self, css: &str) {
        self.until(
            &format!("{css} has the focus"),
            &format!("document.activeElement?.matches({css:?})"),
        )
        .await;
    }

    /// Presses Tab until the focus is on an element: what cannot be reached so cannot be reached at all.
    pub async fn tab_to(&self, css: &str) {
        for _ in 0..200 {
            if self.is(&format!("document.activeElement?.matches({css:?})")).await {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("{css} is not reached by Tab\n{}", self.text().await);
    }

    /// Chooses an option of a list by typing the beginning of its words, and checks that it was chosen.
    pub async fn choose(&self, css: &str, words: &str) {
        self.tab_to(css).await;
        self.types(words).await;
        let chosen = format!(
            "document.querySelector({css:?}).selectedOptions[0].text.startsWith({words:?})"
        );
        self.until(&format!("{words} is chosen"), &chosen).await;
    }

    /// Gives a file to a field, as the dialog of the system would.
    pub async fn gives_file(&self, css: &str, path: &std::path::Path) {
        let field = self.client.find(Locator::Css(css)).await.expect("a field for a file");
        field.send_keys(&path.display().to_string()).await.expect("a file");
    }

    /// The text of one element.
    pub async fn read(&self, css: &str) -> String {
        self.is_seen(css).await;
        let text = self.evaluate(&format!("document.querySelector({css:?}).innerText")).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What a script in the page says.
    pub async fn evaluate(&self, expression: &str) -> Value {
        self.client.execute(&format!("return {expression}"), vec![]).await.expect(expression)
    }

    pub async fn is(&self, expression: &str) -> bool {
        self.client
            .execute(&format!("return Boolean({expression})"), vec![])
            .await
            .is_ok_and(|found| found == true)
    }

    /// Waits until an expression is true. A page asks the server and the server the database: there is no
    /// other end of it to wait for than what is seen.
    pub async fn until(&self, what: &str, expression: &str) {
        let begun = std::time::Instant::now();
        while !self.is(expression).await {
            assert!(
                begun.elapsed() < SEEN_WITHIN,
                "{what}: not after {SEEN_WITHIN:?}\n{}",
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    async fn text(&self) -> String {
        let address =
            self.client.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        let text = self.evaluate("document.body.innerText").await;
        format!("{address}\n{}", text.as_str().unwrap_or_default())
    }

    /// Clicks without any script: what is found by the driver, once it is there and not of the page before.
    pub async fn click(&self, css: &str) {
        self.with_element(css, async |element| element.click().await).await;
    }

    pub async fn source(&self) -> String {
        self.client.source().await.expect("a page")
    }

    /// Types into a field without any script.
    pub async fn fill(&self, css: &str, text: &str) {
        self.with_element(css, async |element| element.send_keys(text).await).await;
    }

    /// Waits for an element without any script.
    pub async fn is_there(&self, css: &str) {
        self.with_element(css, async |_| Ok(())).await;
    }

    async fn with_element(&self, css: &str, act: impl AsyncFn(Element) -> Result<(), CmdError>) {
        let begun = std::time::Instant::now();
        loop {
            let done = match self.client.find(Locator::Css(css)).await {
                Ok(element) => act(element).await,
                Err(error) => Err(error),
            };
            let Err(error) = done else { return };
            assert!(begun.elapsed() < SEEN_WITHIN, "{css}: {error}\n{}", self.source().await);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// What axe finds wrong with the page as it stands.
    pub async fn not_accessible(&self) -> Vec<String> {
        const AXE: &str = include_str!("../../third_party/axe-core/axe.min.js");
        const RUN: &str = "const done = arguments[arguments.length - 1];
            axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
               .then((found) => done(found.violations.map((v) =>
                   `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join('; ')}`)))";
        // By the driver, which a content security policy does not hold back.
        self.client.execute(AXE, vec![]).await.expect("axe is there");
        let found = self.client.execute_async(RUN, vec![]).await.expect("axe looks");
        found
            .as_array()
            .into_iter()
            .flatten()
            .map(|line| line.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// On every page that is loaded from now on this runs before its own scripts.
    pub async fn runs_first(&self, script: &str) {
        self.client.issue_cmd(First { script: script.to_owned() }).await.expect("a script");
    }

    /// Whether the telephone has a signal.
    pub async fn has_signal(&self, has: bool) {
        self.client.issue_cmd(Network { is_off: !has }).await.expect("a network");
    }

    /// Loads the page anew, as a browser does that was ended for want of memory.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("a page");
    }

    /// Ends the browser as a crash does: nothing is said to the page.
    pub async fn crash(mut self) {
        self.driver.kill().await.expect("it was running");
    }

    pub async fn close(self) {
        self.client.close().await.expect("it closes");
    }
}
