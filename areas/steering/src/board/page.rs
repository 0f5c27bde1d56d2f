use askama::Template;
use figures::chart::{self, Bar};
use figures::figure::{Along, Line, a_year_ago, figure_name, written, written_number};
use figures_rules::{Figure, Month, Value};
use jiff::civil::Date;
use texts::Texts;
use web::ui::Html;

use crate::exchange::Compared;
use crate::pulse::Mood;
use crate::target::{Read, Shown, shown};

/// A figure on top of the board: this year so far, or now; and a year before.
pub(super) struct Kpi {
    figure: Figure,
    value: Value,
    now: Month,
    /// `None` where the year before is not known.
    before: Option<Value>,
    months: Vec<f64>,
}

impl Kpi {
    pub(super) fn of(line: &Line, january: Month) -> Self {
        let figure = line.figure;
        let from = if figure.adds_up() { january } else { line.now };
        let latest = &line.months[line.months.len().saturating_sub(12)..];
        Self {
            figure,
            value: line.over(from, line.now),
            now: line.now,
            before: line.year_before(from, line.now),
            months: latest.iter().filter_map(|month| month.value.number()).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "board.html")]
pub(super) struct BoardPage<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub now: Month,
    pub kpis: Vec<Kpi>,
    /// Who came and who left, month by month.
    pub flows: Vec<(Month, i64, i64)>,
    /// Those that hold; what misses first.
    pub targets: Vec<Shown>,
    pub coverage: Figure,
    pub covered: Vec<Along>,
    pub among: Vec<Compared>,
    pub mood: Option<Mood>,
    pub names: bool,
    pub may_share: bool,
    pub may_count_wishes: bool,
}

impl BoardPage<'_> {
    fn name(&self, kpi: &Kpi) -> String {
        figure_name(self.t, kpi.figure)
    }

    fn written(&self, kpi: &Kpi) -> String {
        written(self.t, kpi.figure, kpi.value)
    }

    /// What was meant, else what it was a year before; and whether that is good.
    fn beside(&self, kpi: &Kpi) -> String {
        let goal = self
            .targets
            .iter()
            .find(|shown| shown.target.figure == kpi.figure && shown.target.place.is_empty());
        let before = a_year_ago(self.t, kpi.figure, kpi.now, kpi.before);
        match goal {
            Some(shown) => {
                let number = shown.target.shown().number();
                let goal = written_number(self.t, kpi.figure, number);
                format!("{}, {before}", self.t.with("steering-goal", "goal", goal))
            }
            None => before,
        }
    }

    fn sparkline(&self, kpi: &Kpi) -> Html {
        chart::sparkline(&kpi.months, kpi.figure.less_is_better())
    }

    fn read(&self, target: &Shown) -> Read {
        shown(self.t, target, self.names, self.today)
    }

    /// The target that misses most pressingly.
    fn worst(&self) -> Option<&Shown> {
        self.targets.first().filter(|shown| shown.pressing() == 0)
    }

    /// How we stand.
    fn growth(&self) -> String {
        let net = self.kpis.iter().find(|kpi| kpi.figure == Figure::NetGrowth);
        let now = net.map_or(0, |kpi| kpi.value.of);
        let text = match now {
            0 => "steering-growth-none",
            n if n > 0 => "steering-growth-up",
            _ => "steering-growth-down",
        };
        let now = self.t.with(text, "n", now.abs());
        match net.and_then(|kpi| kpi.before) {
            None => now,
            Some(before) => {
                let before = self.t.change(before.of);
                let month = self.t.month_of(self.now.plus(-12).first());
                let said = self.t.with2("steering-growth-before", "month", month, "before", before);
                format!("{now} {said}")
            }
        }
    }

    /// What lags, and who acts on it.
    fn lag(&self) -> Option<(String, String)> {
        let worst = self.worst()?;
        let read = self.read(worst);
        let acts = match worst.open.first() {
            None => self.t.get("steering-lag-nobody"),
            Some(agreement) => {
                let owner = agreement.owner.as_deref().filter(|_| self.names).unwrap_or_default();
                let what = agreement.what.as_str();
                if owner.is_empty() {
                    self.t.with("steering-lag-what", "what", what)
                } else {
                    self.t.with2("steering-lag-who", "who", owner, "what", what)
                }
            }
        };
        Some((read.name, acts))
    }

    fn in_and_out(&self) -> Html {
        let points: Vec<(String, i64, i64, bool)> = self
            .flows
            .iter()
            .map(|(month, came, went)| {
                let label = self.t.short_month_of(month.first()).to_owned();
                (label, *came, *went, *month == self.now)
            })
            .collect();
        let (came, went) =
            self.flows.iter().fold((0, 0), |(a, b), (_, came, went)| (a + came, b + went));
        let said = self.t.with2("steering-flows-said", "came", came, "went", went);
        chart::in_and_out(&points, &said, |n| self.t.number(n.abs()))
    }

    fn month(&self, month: &Month) -> String {
        self.t.month_of(month.first())
    }

    fn net(&self, came: &i64, went: &i64) -> String {
        self.t.change(came - went)
    }

    fn n(&self, n: &i64) -> String {
        self.t.number(*n)
    }

    fn covered_share(&self, along: &Along) -> String {
        written(self.t, self.coverage, along.value)
    }

    fn coverage_name(&self) -> String {
        self.t.with("steering-by-sector", "name", figure_name(self.t, self.coverage))
    }

    fn coverage_chart(&self) -> Html {
        let goal = self
            .targets
            .iter()
            .find(|shown| shown.target.figure == self.coverage && shown.target.place.is_empty());
        let meant = goal.map(|shown| shown.target.shown().number());
        let bars: Vec<Bar> = self
            .covered
            .iter()
            .take(8)
            .map(|along| {
                let value = along.value.number().unwrap_or(0.0);
                Bar {
                    label: along.name.clone(),
                    under: self.t.with(
                        "figures-of-so-many",
                        "n",
                        self.t.number(along.value.per.unwrap_or(0)),
                    ),
                    value,
                    written: self.t.percent(value),
                    is_bad: false,
                    before: along.before.number().filter(|before| *before > 0.0),
                }
            })
            .collect();
        let line =
            meant.map(|meant| (meant, self.t.with("steering-goal", "goal", self.t.percent(meant))));
        chart::list(&bars, line, &self.coverage_name())
    }

    fn among_name(&self, compared: &Compared) -> String {
        figure_name(self.t, compared.figure)
    }

    fn among_chart(&self, compared: &Compared) -> Html {
        let among = &compared.among;
        let own = compared.own;
        let low = own.map_or(among.ends.0, |own| own.min(among.ends.0));
        let high = own.map_or(among.ends.1, |own| own.max(among.ends.1));
        chart::among(among.low, among.middle, among.high, (low, high), own)
    }

    fn among_said(&self, compared: &Compared) -> String {
        self.t.fill(
            "steering-among",
            [
                ("period", compared.period.clone().into()),
                ("own", compared.own.map_or("–".into(), |own| self.t.percent(own)).into()),
                ("middle", self.t.percent(compared.among.middle).into()),
                ("n", compared.among.contributors.into()),
            ],
        )
    }

    fn mood(&self) -> Option<String> {
        let mood = self.mood.as_ref()?;
        Some(self.t.with2(
            "steering-mood",
            "share",
            self.t.percent(mood.content),
            "n",
            mood.answers,
        ))
    }
}
