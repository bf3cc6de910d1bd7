//! A theme's file, read strictly: all mistakes at once, each with its line. What it leaves out it may inherit.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::MEANINGS;
use crate::{
    model::{Cause, Problem},
    text::nearest,
};

const SETTINGS: &[&str] = &[
    "inherits",
    "background",
    "text",
    "paint",
    "colours",
    "palette",
    "styles",
];
const INK: &[&str] = &["rgb", "ansi"];
const STYLE: &[&str] = &["fg", "bg", "bold", "underline"];

/// What one file says.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// The theme that holds where this one says nothing.
    pub(super) inherits: Option<Word>,
    pub(super) background: Option<Color>,
    pub(super) text: Option<Color>,
    /// Whether the background is painted.
    pub(super) paint: Option<bool>,
    /// Whether only the terminal's own sixteen colours are used.
    pub(super) sixteen: Option<bool>,
    pub(super) palette: BTreeMap<String, Ink>,
    pub(super) styles: BTreeMap<&'static str, Spec>,
}

/// A name, and the line it stands in.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) name: String,
    pub(super) line: usize,
}

/// A colour of the palette.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    pub(super) rgb: Color,
    /// What stands for it among sixteen colours; without it that of the parent, else the nearest.
    pub(super) ansi: Option<Sixteen>,
}

/// What stands for an ink where there are sixteen colours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sixteen {
    Colour(Color),
    Modifier(Modifier),
    /// The terminal's own colour.
    Nothing,
}

/// A style as it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Spec {
    pub(super) fg: Option<Word>,
    pub(super) bg: Option<Word>,
    pub(super) bold: bool,
    pub(super) underline: bool,
}

type Value<'a> = Spanned<DeValue<'a>>;

/// Takes a theme out of its file.
pub(super) struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    problems: Vec<(usize, Problem)>,
}

impl<'a> Reader<'a> {
    /// Reads a file, which mistakes call `file`.
    pub(super) fn read(text: &'a str, file: &'a str) -> (Sheet, Self) {
        let mut reader = Self {
            text,
            file,
            problems: Vec::new(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let line = reader.line(error.span().map_or(0, |span| span.start));
            reader.wrong(line, error.message().trim_end(), None);
        }
        let sheet = reader.sheet(table.get_ref());
        (sheet, reader)
    }

    /// All that was wrong, in the order of the file.
    pub(super) fn problems(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|(line, _)| *line);
        let problems = self.problems.into_iter();
        problems.map(|(_, problem)| problem).collect()
    }

    /// Looks whether the inks that the styles name are there.
    pub(super) fn check(&mut self, sheet: &Sheet, palette: &BTreeMap<String, Ink>) {
        let specs = sheet.styles.values();
        for word in specs.flat_map(|spec| spec.fg.iter().chain(&spec.bg)) {
            if !palette.contains_key(&word.name) && word.name.parse::<Color>().is_err() {
                let hint = nearest(&word.name, palette.keys().map(String::as_str));
                let hint = hint.or_else(|| Some(COLOURS.to_owned()));
                self.wrong(word.line, &format!("“{}” is no colour", word.name), hint);
            }
        }
    }

    /// Notes what is wrong in a line.
    pub(super) fn wrong(&mut self, line: usize, what: &str, hint: Option<String>) {
        let problem = Problem::new(Cause::Config, format!("{}:{line}: {what}", self.file));
        let problem = match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        };
        self.problems.push((line, problem));
    }

    fn sheet(&mut self, table: &DeTable<'_>) -> Sheet {
        let mut sheet = Sheet::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "inherits" => sheet.inherits = self.word("inherits", value),
                "background" => sheet.background = self.colour("background", value),
                "text" => sheet.text = self.colour("text", value),
                "paint" => sheet.paint = self.switch("paint", value),
                "colours" => sheet.sixteen = self.sixteen(value),
                "palette" => sheet.palette = self.palette(value),
                "styles" => sheet.styles = self.styles(value),
                unknown => self.unknown("setting", key.span().start, unknown, SETTINGS),
            }
        }
        sheet
    }

    fn palette(&mut self, value: &Value<'_>) -> BTreeMap<String, Ink> {
        let mut palette = BTreeMap::new();
        for (name, value) in self.table("palette", value) {
            let name = name.get_ref().as_ref();
            let Some(table) = value.get_ref().as_table() else {
                let rgb = self.colour(name, value);
                palette.extend(rgb.map(|rgb| (name.to_owned(), Ink { rgb, ansi: None })));
                continue;
            };
            let (mut rgb, mut ansi) = (None, None);
            for (key, value) in table {
                match key.get_ref().as_ref() {
                    "rgb" => rgb = self.colour("rgb", value),
                    "ansi" => ansi = self.ansi(value),
                    unknown => self.unknown("setting", key.span().start, unknown, INK),
                }
            }
            match rgb {
                Some(rgb) => {
                    palette.insert(name.to_owned(), Ink { rgb, ansi });
                }
                None if !table.contains_key("rgb") => {
                    let line = self.line(value.span().start);
                    self.wrong(line, &format!("`{name}` has no `rgb`"), None);
                }
                None => {}
            }
        }
        palette
    }

    fn styles(&mut self, value: &Value<'_>) -> BTreeMap<&'static str, Spec> {
        let mut styles = BTreeMap::new();
        for (key, value) in self.table("styles", value) {
            let name = key.get_ref().as_ref();
            let Some(meaning) = MEANINGS.iter().find(|meaning| **meaning == name) else {
                self.unknown("meaning", key.span().start, name, MEANINGS);
                continue;
            };
            let mut spec = Spec::default();
            for (key, value) in self.table(name, value) {
                match key.get_ref().as_ref() {
                    "fg" => spec.fg = self.word("fg", value),
                    "bg" => spec.bg = self.word("bg", value),
                    "bold" => spec.bold = self.switch("bold", value).unwrap_or_default(),
                    "underline" => {
                        spec.underline = self.switch("underline", value).unwrap_or_default();
                    }
                    unknown => self.unknown("setting", key.span().start, unknown, STYLE),
                }
            }
            styles.insert(*meaning, spec);
        }
        styles
    }

    fn table<'v, 'b>(
        &mut self,
        key: &str,
        value: &'v Value<'b>,
    ) -> impl Iterator<Item = (&'v Spanned<std::borrow::Cow<'b, str>>, &'v Value<'b>)> + use<'v, 'b>
    {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.not::<()>(key, "a table", value);
        }
        table.into_iter().flatten()
    }

    fn word(&mut self, key: &str, value: &Value<'_>) -> Option<Word> {
        let Some(name) = value.get_ref().as_str() else {
            return self.not(key, "a text in quotes", value);
        };
        Some(Word {
            name: name.to_owned(),
            line: self.line(value.span().start),
        })
    }

    fn colour(&mut self, key: &str, value: &Value<'_>) -> Option<Color> {
        let Word { name, line } = self.word(key, value)?;
        let colour = name.parse().ok();
        if colour.is_none() {
            let what = format!("“{name}” is no colour");
            self.wrong(line, &what, Some(COLOURS.to_owned()));
        }
        colour
    }

    fn ansi(&mut self, value: &Value<'_>) -> Option<Sixteen> {
        match value.get_ref().as_str() {
            Some("dim") => Some(Sixteen::Modifier(Modifier::DIM)),
            Some("bold") => Some(Sixteen::Modifier(Modifier::BOLD)),
            Some("none") => Some(Sixteen::Nothing),
            _ => self.colour("ansi", value).map(Sixteen::Colour),
        }
    }

    fn sixteen(&mut self, value: &Value<'_>) -> Option<bool> {
        let sixteen = value
            .get_ref()
            .as_integer()
            .is_some_and(|n| n.as_str() == "16");
        sixteen
            .then_some(true)
            .or_else(|| self.not("colours", "16, or be left out", value))
    }

    fn switch(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        let switch = value.get_ref().as_bool();
        switch.or_else(|| self.not(key, "true or false", value))
    }

    fn not<T>(&mut self, key: &str, wanted: &str, value: &Value<'_>) -> Option<T> {
        let found = value.get_ref().type_str();
        let line = self.line(value.span().start);
        let what = format!("`{key}` must be {wanted}, not of type {found}");
        self.wrong(line, &what, None);
        None
    }

    fn unknown(&mut self, what: &str, place: usize, key: &str, known: &[&str]) {
        let hint = nearest(key, known.iter().copied())
            .unwrap_or_else(|| format!("There are: {}", known.join(", ")));
        let line = self.line(place);
        self.wrong(line, &format!("there is no {what} `{key}`"), Some(hint));
    }

    fn line(&self, place: usize) -> usize {
        let before = self.text.get(..place);
        before.map_or(1, |before| before.matches('\n').count() + 1)
    }
}

const COLOURS: &str = "A colour is an ink of [palette], `#rrggbb`, or a name such as `lightgreen`";
