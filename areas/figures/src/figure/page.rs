use askama::Template;
use figures_rules::survival::Survival;
use figures_rules::{Dim, Figure, Measure, Month, Shown, Value};
use jiff::Timestamp;
use texts::Texts;
use web::ui::Html;

use super::rows::Row;
use super::store::{Along, Comment, Line, Month1};
use crate::chart::{self, Bar, Point};
use crate::count::{Correction, Why};

/// What a figure is called.
#[must_use]
pub fn figure_name(t: &Texts, figure: Figure) -> String {
    t.get(&format!("figures-name-{}", figure.code().replace('_', "-")))
}

/// How it is worked out, in words; `gap` is the rule `figures.rejoin_gap_days`.
#[must_use]
pub fn formula_text(t: &Texts, figure: Figure, gap: i64) -> String {
    t.with(&format!("figures-formula-{}", figure.code().replace('_', "-")), "gap", gap)
}

/// A value as it is read; `–` where nothing is set against nothing.
#[must_use]
pub fn written(t: &Texts, figure: Figure, value: Value) -> String {
    match (value.number(), figure.shown()) {
        (None, _) => "–".into(),
        (Some(_), Shown::Number) if figure == Figure::NetGrowth => t.change(value.of),
        (Some(_), Shown::Number) => t.number(value.of),
        (Some(share), Shown::Percent) => t.percent(share),
    }
}

/// A number of a figure that is no count of rows, such as a mark on an axis.
#[must_use]
pub fn written_number(t: &Texts, figure: Figure, number: f64) -> String {
    match figure.shown() {
        Shown::Percent => t.percent(number),
        #[expect(clippy::cast_possible_truncation, reason = "rounded to be written")]
        Shown::Number => t.number(number.round() as i64),
    }
}

/// The address of what stands behind a number.
pub(super) fn place(dim: &Dim) -> String {
    let (line, key) = dim.stored();
    match dim {
        Dim::All => String::new(),
        _ => {
            let key: String = key
                .bytes()
                .map(|byte| match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
                    other => format!("%{other:02X}"),
                })
                .collect();
            format!("&lijn={line}&plek={key}")
        }
    }
}

/// `/cijfers/alles`
#[derive(Template)]
#[template(path = "figures.html")]
pub(super) struct FiguresPage<'a> {
    pub t: &'a Texts,
    /// With the value of this year or of now, and the one of a year before.
    pub figures: Vec<(Figure, String, String)>,
}

impl FiguresPage<'_> {
    fn name(&self, figure: &Figure) -> String {
        figure_name(self.t, *figure)
    }
}

/// `/cijfers/{figure}`
#[derive(Template)]
#[template(path = "figure.html")]
pub(super) struct FigurePage<'a> {
    pub t: &'a Texts,
    pub line: Line,
    pub dim: Dim,
    /// What the place on the line is called; nothing for the whole association.
    pub place: Option<String>,
    /// The line along which it is told apart, and those that can be chosen.
    pub apart: Option<&'static str>,
    pub lines: Vec<&'static str>,
    pub along: Vec<Along>,
    pub corrections: Vec<Correction>,
    pub comments: Vec<Comment>,
    pub now: Timestamp,
    /// Keeps agreements: a colleague, who sees colleagues' names and may say something.
    pub is_colleague: bool,
    pub gap: i64,
    /// May see what stands behind a number.
    pub may_open: bool,
}

impl FigurePage<'_> {
    fn figure(&self) -> Figure {
        self.line.figure
    }

    fn name(&self) -> String {
        figure_name(self.t, self.figure())
    }

    fn formula(&self) -> String {
        formula_text(self.t, self.figure(), self.gap)
    }

    fn written(&self, value: &Value) -> String {
        written(self.t, self.figure(), *value)
    }

    /// This year so far, for what adds up; else today.
    fn headline(&self) -> (String, String) {
        let now = self.line.now;
        let january = january(now);
        let figure = self.figure();
        let (from, when) = if figure.adds_up() {
            (january, self.t.get("figures-this-year"))
        } else if figure.needs_whole_months() {
            (now, self.t.month_of(now.first()))
        } else {
            (now, self.t.get("figures-now"))
        };
        let value = self.line.over(from, now);
        let says = a_year_ago(self.t, figure, now, self.line.year_before(from, now));
        (written(self.t, figure, value), format!("{when} · {says}"))
    }

    fn shown(&self) -> &[Month1] {
        let months = &self.line.months;
        &months[months.len().saturating_sub(24)..]
    }

    fn chart(&self) -> Html {
        let figure = self.figure();
        let points: Vec<Point> = self
            .shown()
            .iter()
            .map(|month| Point {
                label: self.t.short_month_of(month.month.first()).to_owned(),
                value: month.value.number(),
                before: self
                    .line
                    .months
                    .iter()
                    .find(|before| before.month == month.month.plus(-12))
                    .and_then(|before| before.value.number()),
                is_open: !month.is_closed && month.month == self.line.now,
            })
            .collect();
        let said =
            self.t.with2("figures-chart-said", "name", self.name(), "value", self.headline().0);
        let write = |number| written_number(self.t, figure, number);
        chart::months(&points, figure.adds_up(), None, &said, write)
    }

    fn month(&self, month: &Month) -> String {
        self.t.month_of(month.first())
    }

    /// Latest first, as one reads a table.
    fn rows(&self) -> Vec<&Month1> {
        self.shown().iter().rev().collect()
    }

    fn state(&self, month: &Month1) -> String {
        self.t.get(match month {
            month if month.month == self.line.now && !self.figure().needs_whole_months() => {
                "figures-state-now"
            }
            month if month.is_closed => "figures-state-closed",
            _ => "figures-state-open",
        })
    }

    fn parts(&self, value: &Value) -> Option<String> {
        let per = value.per?;
        Some(self.t.with2(
            "figures-of-per",
            "of",
            self.t.number(value.of),
            "per",
            self.t.number(per),
        ))
    }

    fn behind(&self, month: &Month1) -> String {
        let figure = self.figure();
        format!("/cijfers/{figure}/achter?maand={}{}", month.month, place(&self.dim))
    }

    fn csv(&self) -> String {
        format!("/cijfers/{}/csv?{}", self.figure(), place(&self.dim).trim_start_matches('&'))
    }

    fn line_name(&self, line: &str) -> String {
        self.t.get(&format!("figures-line-{line}"))
    }

    fn apart_chart(&self) -> Html {
        let figure = self.figure();
        let bars: Vec<Bar> = self
            .along
            .iter()
            .take(12)
            .map(|along| Bar {
                label: along.name.clone(),
                under: along.value.per.map_or(String::new(), |per| {
                    self.t.with("figures-of-so-many", "n", self.t.number(per))
                }),
                value: along.value.number().unwrap_or(0.0).max(0.0),
                written: written(self.t, figure, along.value),
                is_bad: false,
                before: along.before.number().filter(|before| *before > 0.0),
            })
            .collect();
        chart::list(&bars, None, &self.name())
    }

    fn apart_href(&self, along: &Along) -> String {
        format!("/cijfers/{}?{}", self.figure(), place(&along.dim).trim_start_matches('&'))
    }

    fn measure(&self, measure: &Measure) -> String {
        measure_name(self.t, *measure)
    }

    fn said(&self, comment: &Comment) -> String {
        let when = self.t.moment(comment.made_at, self.now);
        match comment.made_by.as_deref().filter(|_| self.is_colleague) {
            Some(by) => format!("{by}, {when}"),
            None => when,
        }
    }

    fn why(&self, why: &Why) -> String {
        self.t.get(match why {
            Why::Late => "figures-why-late",
            Why::Member => "figures-why-member",
            Why::Import => "figures-why-import",
            Why::Agreement => "figures-why-agreement",
        })
    }
}

/// The first month of the year.
#[must_use]
pub fn january(month: Month) -> Month {
    let year = month.first().year();
    jiff::civil::Date::new(year, 1, 1).map_or(month, Month::of)
}

fn measure_name(t: &Texts, measure: Measure) -> String {
    t.get(&format!("figures-measure-{}", measure.code().replace('_', "-")))
}

/// `/cijfers/{figure}/achter`
#[derive(Template)]
#[template(path = "figure_rows.html")]
pub(super) struct RowsPage<'a> {
    pub t: &'a Texts,
    pub figure: Figure,
    pub month: Month,
    pub rows: Vec<Row>,
    pub is_cut: bool,
    pub back: String,
}

impl RowsPage<'_> {
    fn name(&self) -> String {
        figure_name(self.t, self.figure)
    }

    fn month(&self) -> String {
        self.t.month_of(self.month.first())
    }

    fn measure(&self, row: &Row) -> String {
        measure_name(self.t, row.measure)
    }

    fn day(&self, row: &Row) -> String {
        row.day.map(|day| self.t.day(day)).unwrap_or_default()
    }
}

/// `jaar ervoor t/m november 2025 38`: what adds up stands beside months of the year before that are over, and says so.
#[must_use]
pub fn a_year_ago(t: &Texts, figure: Figure, now: Month, before: Option<Value>) -> String {
    let value = before.map_or_else(|| "–".into(), |before| written(t, figure, before));
    if figure.adds_up() {
        let month = t.month_of(now.plus(-12).first());
        t.with2("figures-a-year-ago-through", "month", month, "value", value)
    } else {
        t.with("figures-a-year-ago", "value", value)
    }
}

/// `/cijfers/survival`
#[derive(Template)]
#[template(path = "figure_survival.html")]
pub(super) struct SurvivalPage<'a> {
    pub t: &'a Texts,
    pub points: Vec<Survival>,
}

impl SurvivalPage<'_> {
    /// After a quarter, one, two and three years.
    fn milestones(&self) -> Vec<&Survival> {
        let at = |months| self.points.iter().find(move |point| point.months == months);
        [3, 12, 24, 36].into_iter().filter_map(at).collect()
    }

    fn share(&self, share: &f64) -> String {
        self.t.percent(*share)
    }

    fn chart(&self) -> Html {
        let points: Vec<Point> = self
            .points
            .iter()
            .map(|point| Point {
                label: point.months.to_string(),
                value: Some(point.share),
                before: None,
                is_open: false,
            })
            .collect();
        let said = self.t.get("figures-survival");
        chart::months(&points, false, None, &said, |number| self.t.percent(number))
    }
}
