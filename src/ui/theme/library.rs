//! The themes there are: those that are built in, and the person's own, which win where the names are the same.

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};

use super::{
    MEANINGS, Theme,
    file::{Ink, Reader, Sheet, Sixteen, Spec},
    is_light,
};
use crate::{
    model::{Cause, Problem},
    text::nearest,
    ui::colour::ColorDepth,
};

macro_rules! built_in {
    ($($name:literal,)+) => {
        /// Name and text of each, in the order in which they are offered.
        const BUILT_IN: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../themes/", $name, ".toml"))),)+];
    };
}

built_in! {
    "dark",
    "light",
    "catppuccin-mocha",
    "catppuccin-latte",
    "dracula",
    "gruvbox-dark",
    "nord",
    "solarized-dark",
    "solarized-light",
    "tokyo-night",
    "colour-blind",
    "terminal",
}

/// All themes, by name.
#[derive(Clone, Debug, Default)]
pub struct Library {
    own: BTreeMap<String, Own>,
}

/// A theme of the person's.
#[derive(Clone, Debug)]
struct Own {
    file: String,
    text: Result<String, Problem>,
}

/// What a theme is made for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) depth: ColorDepth,
    /// Whether the terminal's background is light, where that is known.
    pub(super) light: Option<bool>,
}

/// A theme with all that it inherits.
#[derive(Debug, Default)]
pub(super) struct Joined {
    ground: Option<Color>,
    pub(super) foreground: Color,
    painted: bool,
    sixteen: bool,
    palette: BTreeMap<String, Ink>,
    pub(super) styles: BTreeMap<&'static str, Spec>,
}

impl Library {
    /// Adds a theme of the person's: the text of its file, or why that can not be read.
    pub fn add(&mut self, name: &str, file: String, text: Result<String, Problem>) {
        self.own.insert(name.to_owned(), Own { file, text });
    }

    /// The names of all themes, those that are built in first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        let own = self.own.keys().map(String::as_str);
        built_in.chain(own.filter(|name| BUILT_IN.iter().all(|(known, _)| known != name)))
    }

    /// The names of the person's own.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }

    /// A sentence for a name that no theme has; nothing for one that a theme, or the choice by the terminal, has.
    pub fn unknown(&self, name: &str) -> Option<Problem> {
        let known = || std::iter::once("auto").chain(self.names());
        if known().any(|known| known == name) {
            return None;
        }
        let hint = nearest(name, known())
            .unwrap_or_else(|| format!("There are: {}", known().collect::<Vec<_>>().join(", ")));
        Some(Problem::new(Cause::Config, format!("there is no theme `{name}`")).hint(hint))
    }

    /// A theme as this many colours show it, on a background that is known to be light or dark. Otherwise all that is
    /// wrong with its file and those that it inherits from.
    pub fn theme(
        &self,
        name: &str,
        depth: ColorDepth,
        light: Option<bool>,
    ) -> Result<Theme, Vec<Problem>> {
        let mut problems = Vec::new();
        let joined = self.join(name, &mut Vec::new(), &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let depth = if joined.sixteen {
            depth.min(ColorDepth::Ansi16)
        } else {
            depth
        };
        Ok(Theme::of(&joined, Shown { depth, light }))
    }

    /// Reads a theme and, before it, those that it inherits from. `heirs` are those that are being read.
    fn join(&self, name: &str, heirs: &mut Vec<String>, problems: &mut Vec<Problem>) -> Joined {
        let built_in = BUILT_IN.iter().find(|(known, _)| *known == name);
        // One's own `dark` may inherit from the one that is built in.
        let own = self
            .own
            .get(name)
            .filter(|_| !heirs.iter().any(|heir| heir == name));
        let (file, text) = match (own, built_in) {
            (
                Some(Own {
                    file,
                    text: Ok(text),
                }),
                _,
            ) => (file.clone(), text.as_str()),
            (
                Some(Own {
                    text: Err(problem), ..
                }),
                _,
            ) => {
                problems.push(problem.clone());
                return Joined::default();
            }
            (None, Some((name, text))) => (format!("themes/{name}.toml"), *text),
            (None, None) => {
                problems.extend(self.unknown(name));
                return Joined::default();
            }
        };
        let (sheet, mut reader) = Reader::read(text, &file);
        heirs.push(name.to_owned());
        let mut parent = Joined::default();
        let mut inherited = Vec::new();
        match &sheet.inherits {
            None => {
                let missing: Vec<&str> = MEANINGS
                    .iter()
                    .copied()
                    .filter(|meaning| !sheet.styles.contains_key(meaning))
                    .collect();
                if !missing.is_empty() {
                    let what = format!("the theme has no style for {}", missing.join(", "));
                    let hint = "`inherits = \"dark\"` or `\"light\"` gives all that is left out";
                    reader.wrong(1, &what, Some(hint.to_owned()));
                }
                for (key, found) in [("background", sheet.background), ("text", sheet.text)] {
                    if found.is_none() {
                        let hint = "Give it, or inherit from a theme that has it".to_owned();
                        reader.wrong(1, &format!("the theme has no `{key}`"), Some(hint));
                    }
                }
            }
            Some(word) if self.can_inherit(&word.name, heirs) => {
                parent = self.join(&word.name, heirs, &mut inherited);
            }
            Some(word) => {
                let problem = self.unknown(&word.name).filter(|_| word.name != "auto");
                let (what, hint) = match problem {
                    Some(problem) => (problem.what, problem.hint),
                    None => (
                        format!(
                            "the theme inherits from itself: {} > {}",
                            heirs.join(" > "),
                            word.name
                        ),
                        None,
                    ),
                };
                reader.wrong(word.line, &what, hint);
            }
        }
        // Where the parent is not there, what it has is not known either.
        let parent_known = sheet.inherits.is_none() || !parent.styles.is_empty();
        let joined = parent.under(&sheet);
        if parent_known {
            reader.check(&sheet, &joined.palette);
        }
        problems.extend(reader.problems());
        problems.extend(inherited);
        joined
    }

    /// Whether there is such a theme that is not being read already, or a built-in one behind it.
    fn can_inherit(&self, name: &str, heirs: &[String]) -> bool {
        let built_in = BUILT_IN.iter().any(|(known, _)| *known == name);
        let own = self.own.contains_key(name);
        match heirs.iter().filter(|heir| *heir == name).count() {
            0 => built_in || own,
            1 => built_in && own,
            _ => false,
        }
    }
}

impl Joined {
    /// What holds where a theme says nothing, under what it says.
    fn under(mut self, sheet: &Sheet) -> Self {
        for (name, ink) in &sheet.palette {
            let inherited = self.palette.get(name).and_then(|ink| ink.ansi);
            let ansi = ink.ansi.or(inherited);
            self.palette.insert(name.clone(), Ink { ansi, ..*ink });
        }
        self.styles.extend(sheet.styles.clone());
        Self {
            ground: sheet.background.or(self.ground),
            foreground: sheet.text.unwrap_or(self.foreground),
            painted: sheet.paint.unwrap_or(self.painted),
            sixteen: sheet.sixteen.unwrap_or(self.sixteen),
            ..self
        }
    }

    /// A background of its own is painted where it is wanted, and where the terminal's is known to be the opposite. Sixteen
    /// colours are the terminal's own, and so is what is behind them.
    pub(super) fn paint(&self, Shown { depth, light }: Shown) -> Option<Style> {
        let ground = self.ground.unwrap_or_default();
        let opposed = light.is_some_and(|light| light != is_light(ground, self.foreground));
        let painted = depth > ColorDepth::Ansi16 && (self.painted || opposed);
        painted.then(|| {
            Style::new()
                .fg(depth.reduce(self.foreground))
                .bg(depth.reduce(ground))
        })
    }

    pub(super) fn background(&self, shown: Shown) -> Color {
        let painted = self.paint(shown).and_then(|style| style.bg);
        painted.or(self.ground).unwrap_or_default()
    }

    pub(super) fn ink(&self, spec: &Spec, depth: ColorDepth) -> Style {
        let mut style = Style::new();
        if let Some(word) = &spec.fg {
            style = self.shade(&word.name, depth, style, Style::fg);
        }
        if let Some(word) = &spec.bg {
            style = self.shade(&word.name, depth, style, Style::bg);
        }
        for (wanted, modifier) in [
            (spec.bold, Modifier::BOLD),
            (spec.underline, Modifier::UNDERLINED),
        ] {
            if wanted {
                style = style.add_modifier(modifier);
            }
        }
        style
    }

    /// The palette's ink of that name, or else the colour that is named or written there.
    fn shade(
        &self,
        name: &str,
        depth: ColorDepth,
        style: Style,
        on: fn(Style, Color) -> Style,
    ) -> Style {
        match self.palette.get(name) {
            Some(Ink {
                ansi: Some(ansi), ..
            }) if depth == ColorDepth::Ansi16 => match ansi {
                Sixteen::Colour(colour) => on(style, depth.reduce(*colour)),
                Sixteen::Modifier(modifier) => style.add_modifier(*modifier),
                Sixteen::Nothing => style,
            },
            Some(Ink { rgb, .. }) => on(style, depth.reduce(*rgb)),
            None => on(style, depth.reduce(name.parse().unwrap_or_default())),
        }
    }
}
