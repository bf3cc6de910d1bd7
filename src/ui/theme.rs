//! Styles by meaning: what is drawn says `theme.warn`, and only the theme file knows that this is amber.
//!
//! A theme is made once, for one colour depth, so that drawing never asks what the terminal can show. The terminal's own
//! background and text colour stay: a theme file only says what it takes them to be.

use std::{collections::BTreeMap, fmt::Display};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::colour::ColorDepth;
use crate::model::{Cause, Problem};

const DARK: &str = include_str!("../../themes/dark.toml");
const LIGHT: &str = include_str!("../../themes/light.toml");

// The meanings are listed once for four readers: the theme, its file, the way from the one to the other, and the test
// that looks at every style.
macro_rules! meanings {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// A style for every meaning.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Theme {
            /// Whether there is colour at all. Without it focus and selection need a glyph of their own.
            pub colour: bool,
            /// The background that the theme takes the terminal to have.
            pub background: Color,
            /// The text colour that the theme takes the terminal to have.
            pub foreground: Color,
            $($(#[doc = $doc])+ pub $name: Style,)+
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Styles {
            $($name: Spec,)+
        }

        impl Theme {
            fn painted(file: &File, depth: ColorDepth) -> Result<Self, Problem> {
                Ok(Self {
                    colour: depth > ColorDepth::None,
                    background: exact(&file.background)?,
                    foreground: exact(&file.text)?,
                    $($name: file.styles.$name.paint(&file.palette, depth)?,)+
                })
            }

            #[cfg(test)]
            fn named(&self) -> Vec<(&'static str, Style)> {
                vec![$((stringify!($name), self.$name),)+]
            }
        }
    };
}

meanings! {
    /// What is read: the terminal's own colour.
    text,
    /// What is read first.
    strong,
    /// What is read last: explanations, absent values, states in a pane's middle.
    muted,
    /// The headings of columns and the labels of values.
    heading,
    /// The one accent: focus and what can be pressed.
    accent,
    /// A key in the footer and in help.
    key,
    /// The title of a pane without focus.
    title,
    /// The title of the pane with focus.
    title_focused,
    /// Healthy, done, within its limits.
    ok,
    /// On its way.
    progressing,
    /// Wants a look.
    warn,
    /// Broken.
    error,
    /// Stopped on purpose.
    stopped,
    /// Not known.
    unknown,
    /// The selected row of the pane with focus; patched over the cells' own styles.
    selected,
    /// The selected row of the other panes.
    selected_unfocused,
    /// The `▌` before a selected row.
    selected_bar,
    /// The `✓` of a marked row.
    mark,
    /// The part of a text that the filter found.
    found,
    /// A value that changed within the last second.
    changed,
    /// The title's badge of a pane that is up to date.
    badge_live,
    /// The title's badge of a pane that is not.
    badge_stale,
    /// A line that a change adds.
    added,
    /// A line that a change takes away.
    removed,
    /// Lines between panes and above the panel.
    rule,
    /// The box of an overlay.
    border,
    /// The used part of a bar that is within its limits.
    bar_full,
    /// The frame and the free part of a bar.
    bar_empty,
    /// The tick of a request in a bar.
    bar_request,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    background: String,
    text: String,
    palette: BTreeMap<String, Ink>,
    styles: Styles,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ink {
    rgb: String,
    ansi: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    underline: bool,
}

impl Theme {
    /// For dark backgrounds.
    pub fn dark(depth: ColorDepth) -> Self {
        Self::parse(DARK, depth).unwrap_or_else(|_| Self::plain())
    }

    /// For light backgrounds.
    pub fn light(depth: ColorDepth) -> Self {
        Self::parse(LIGHT, depth).unwrap_or_else(|_| Self::plain())
    }

    /// A theme from the text of its file, for what the terminal can show. Strict: every meaning once, nothing else.
    pub fn parse(text: &str, depth: ColorDepth) -> Result<Self, Problem> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            wrong(format!("line {line}: {}", error.message().trim_end()))
        })?;
        let painted = Self::painted(&file, depth)?;
        Ok(match depth {
            ColorDepth::None => Self {
                background: painted.background,
                foreground: painted.foreground,
                ..Self::plain()
            },
            _ => painted,
        })
    }

    /// Without any colour: bold is what matters, dim what does not.
    pub fn plain() -> Self {
        let text = Style::new();
        let bold = text.add_modifier(Modifier::BOLD);
        let dim = text.add_modifier(Modifier::DIM);
        Self {
            colour: false,
            background: Color::Black,
            foreground: Color::Gray,
            text,
            strong: bold,
            muted: dim,
            heading: dim,
            accent: text,
            key: bold,
            title: text,
            title_focused: bold,
            ok: text,
            progressing: text,
            warn: text,
            error: bold,
            stopped: dim,
            unknown: text,
            selected: bold,
            selected_unfocused: text,
            selected_bar: text,
            mark: bold,
            found: text.add_modifier(Modifier::UNDERLINED),
            changed: bold,
            badge_live: text,
            badge_stale: bold,
            added: text,
            removed: text,
            rule: dim,
            border: text,
            bar_full: text,
            bar_empty: dim,
            bar_request: text,
        }
    }
}

impl Spec {
    fn paint(&self, palette: &BTreeMap<String, Ink>, depth: ColorDepth) -> Result<Style, Problem> {
        let mut style = Style::new();
        if let Some(name) = &self.fg {
            style = style.patch(ink(name, palette, depth, Style::fg)?);
        }
        if let Some(name) = &self.bg {
            style = style.patch(ink(name, palette, depth, Style::bg)?);
        }
        for (wanted, modifier) in [
            (self.bold, Modifier::BOLD),
            (self.underline, Modifier::UNDERLINED),
        ] {
            if wanted {
                style = style.add_modifier(modifier);
            }
        }
        Ok(style)
    }
}

/// The palette's ink of that name, or else the colour that is named or written there.
fn ink(
    name: &str,
    palette: &BTreeMap<String, Ink>,
    depth: ColorDepth,
    on: fn(Style, Color) -> Style,
) -> Result<Style, Problem> {
    let style = Style::new();
    let Some(Ink { rgb, ansi }) = palette.get(name) else {
        return Ok(on(style, depth.reduce(exact(name)?)));
    };
    let rgb = exact(rgb)?;
    let ansi = match ansi.as_str() {
        "dim" => style.add_modifier(Modifier::DIM),
        "none" => style,
        named => on(style, ColorDepth::Ansi16.reduce(exact(named)?)),
    };
    Ok(match depth {
        ColorDepth::True | ColorDepth::Ansi256 => on(style, depth.reduce(rgb)),
        ColorDepth::Ansi16 => ansi,
        ColorDepth::None => style,
    })
}

fn exact(text: &str) -> Result<Color, Problem> {
    text.parse()
        .map_err(|_| wrong(format!("“{text}” is no colour")))
}

fn wrong(what: impl Display) -> Problem {
    Problem::new(Cause::Config, format!("theme: {what}"))
        .hint("A colour is an ink of [palette], `#rrggbb`, or a name such as `lightgreen`")
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test that cannot read its theme has failed"
    )]

    use super::*;
    use crate::ui::colour::{Rgb, rgb};

    /// Meanings that are drawn as lines and blocks, not read.
    const DRAWN: [&str; 3] = ["rule", "bar_full", "bar_empty"];

    /// WCAG 2.2, relative luminance and contrast ratio.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let luminance = |(r, g, b)| {
            let linear = |value: u8| {
                let share = f64::from(value) / 255.0;
                if share <= 0.04045 {
                    share / 12.92
                } else {
                    ((share + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_background_it_meets() {
        for (name, file) in [("dark", DARK), ("light", LIGHT)] {
            for depth in [ColorDepth::True, ColorDepth::Ansi256] {
                let theme = Theme::parse(file, depth).unwrap();
                let grounds = [None, theme.selected.bg, theme.selected_unfocused.bg];
                for (meaning, style) in theme.named() {
                    if DRAWN.contains(&meaning) {
                        continue;
                    }
                    for ground in grounds {
                        let text = rgb(style.fg.unwrap_or(theme.foreground)).unwrap();
                        let ground = rgb(ground.unwrap_or(theme.background)).unwrap();
                        let ratio = contrast(text, ground);
                        assert!(
                            ratio >= 4.5,
                            "{name} {depth:?} {meaning}: {ratio:.2} on {ground:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn health_can_be_told_apart_at_every_depth() {
        for depth in [ColorDepth::True, ColorDepth::Ansi256, ColorDepth::Ansi16] {
            for theme in [Theme::dark(depth), Theme::light(depth)] {
                let told = [
                    theme.ok,
                    theme.warn,
                    theme.error,
                    theme.stopped,
                    theme.accent,
                ];
                for (index, style) in told.iter().enumerate() {
                    assert!(!told[..index].contains(style), "{depth:?} {style:?}");
                }
            }
        }
    }

    #[test]
    fn a_tint_is_visible_and_the_fainter_one_fainter() {
        for theme in [
            Theme::dark(ColorDepth::Ansi256),
            Theme::light(ColorDepth::Ansi256),
        ] {
            let ground = |style: Style| {
                contrast(
                    rgb(style.bg.unwrap()).unwrap(),
                    rgb(theme.background).unwrap(),
                )
            };
            assert!(ground(theme.selected) > ground(theme.selected_unfocused));
            assert!(ground(theme.selected_unfocused) > 1.0);
        }
    }

    #[test]
    fn without_colour_there_is_none_and_nothing_is_reversed() {
        let theme = Theme::dark(ColorDepth::None);
        assert!(!theme.colour);
        for (meaning, style) in theme.named() {
            assert_eq!((style.fg, style.bg), (None, None), "{meaning}");
            assert!(
                !style.add_modifier.contains(Modifier::REVERSED),
                "{meaning}"
            );
        }
    }

    #[test]
    fn a_theme_file_is_read_strictly() {
        for (from, to, want) in [
            ("ok = { fg = \"green\" }", "", "missing field `ok`"),
            ("fg = \"amber\"", "fg = \"ambre\"", "“ambre” is no colour"),
            (
                "text = {}",
                "text = { blink = true }",
                "unknown field `blink`",
            ),
            (
                "[styles]",
                "[styles]\nfine = {}",
                "line 22: unknown field `fine`",
            ),
        ] {
            let broken = DARK.replacen(from, to, 1);
            let problem = Theme::parse(&broken, ColorDepth::True).unwrap_err();
            assert!(problem.what.contains(want), "{}", problem.what);
        }
    }
}
