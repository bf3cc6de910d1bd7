//! How many colours the terminal has, and the nearest one it has to a colour that was meant.
//!
//! Detection reads the environment through a closure, so that tests and headless runs say what it holds.

use std::ops::Range;

use ratatui::style::Color;

/// What a terminal can show, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorDepth {
    /// No colour: `NO_COLOR`, `--color never`, a dumb terminal.
    None,
    /// The sixteen of the terminal's own palette.
    Ansi16,
    /// The 6×6×6 cube and 24 greys.
    Ansi256,
    /// 24 bits.
    True,
}

/// Terminals whose name promises 24 bits, also where `COLORTERM` was lost on the way (ssh, sudo).
const TRUE_COLOUR_TERMS: [&str; 6] = [
    "alacritty",
    "contour",
    "foot",
    "ghostty",
    "kitty",
    "wezterm",
];

/// The usual look of the sixteen (xterm's), to find the nearest one. The person's palette may differ.
const ANSI: [(Color, Rgb); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (205, 0, 0)),
    (Color::Green, (0, 205, 0)),
    (Color::Yellow, (205, 205, 0)),
    (Color::Blue, (0, 0, 238)),
    (Color::Magenta, (205, 0, 205)),
    (Color::Cyan, (0, 205, 205)),
    (Color::Gray, (229, 229, 229)),
    (Color::DarkGray, (127, 127, 127)),
    (Color::LightRed, (255, 0, 0)),
    (Color::LightGreen, (0, 255, 0)),
    (Color::LightYellow, (255, 255, 0)),
    (Color::LightBlue, (92, 92, 255)),
    (Color::LightMagenta, (255, 0, 255)),
    (Color::LightCyan, (0, 255, 255)),
    (Color::White, (255, 255, 255)),
];

const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];
const GREYS: Range<u8> = 232..255;

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

impl ColorDepth {
    /// What the environment says. `wanted` is the person's own word (`--color always` or `never`) and stands above it.
    pub fn detect(wanted: Option<bool>, env: impl Fn(&str) -> Option<String>) -> Self {
        let env = |name: &str| env(name).unwrap_or_default();
        match wanted {
            Some(false) => Self::None,
            Some(true) => Self::of_terminal(&env).max(Self::Ansi16),
            None if !env("NO_COLOR").is_empty() => Self::None,
            None => Self::of_terminal(&env),
        }
    }

    fn of_terminal(env: &impl Fn(&str) -> String) -> Self {
        let term = env("TERM");
        let says_true = matches!(env("COLORTERM").as_str(), "truecolor" | "24bit");
        if term == "dumb" {
            Self::None
        } else if says_true
            || term.ends_with("-direct")
            || TRUE_COLOUR_TERMS.iter().any(|name| term.contains(name))
        {
            Self::True
        } else if term.contains("256") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }

    /// The nearest colour to this one that the terminal has.
    #[must_use]
    pub fn reduce(self, color: Color) -> Color {
        match (self, color) {
            (Self::None, _) => Color::Reset,
            (Self::Ansi256, Color::Rgb(r, g, b)) => Color::Indexed(nearest_indexed((r, g, b))),
            (Self::Ansi16, Color::Rgb(r, g, b)) => nearest_ansi((r, g, b)),
            (Self::Ansi16, Color::Indexed(index)) => match ANSI.get(usize::from(index)) {
                Some((color, _)) => *color,
                None => rgb(color).map_or(Color::Reset, nearest_ansi),
            },
            _ => color,
        }
    }
}

/// Whether the terminal's background is light, as far as the environment says (`COLORFGBG`, set by rxvt, Konsole and
/// others).
pub fn background_is_light(env: impl Fn(&str) -> Option<String>) -> Option<bool> {
    let colours = env("COLORFGBG")?;
    let background: u8 = colours.rsplit(';').next()?.parse().ok()?;
    Some(matches!(background, 7 | 15))
}

/// How bright a colour is to the eye, from 0 to 1: the relative luminance of WCAG 2.2.
pub fn luminance((r, g, b): Rgb) -> f64 {
    let linear = |value: u8| {
        let share = f64::from(value) / 255.0;
        if share <= 0.04045 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// What a colour looks like; nothing for the terminal's own.
pub fn rgb(color: Color) -> Option<Rgb> {
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(index @ 0..16) => Some(ANSI[usize::from(index)].1),
        Color::Indexed(index @ 232..) => {
            let level = 8 + 10 * (index - GREYS.start);
            Some((level, level, level))
        }
        Color::Indexed(index) => {
            let index = usize::from(index - 16);
            Some((CUBE[index / 36], CUBE[index / 6 % 6], CUBE[index % 6]))
        }
        named => ANSI
            .iter()
            .find(|(color, _)| *color == named)
            .map(|(_, rgb)| *rgb),
    }
}

fn nearest_indexed(wanted: Rgb) -> u8 {
    let step = |value: u8| {
        let levels = (0..).zip(CUBE);
        levels
            .min_by_key(|(_, level)| level.abs_diff(value))
            .map_or(0, |(step, _)| step)
    };
    let cube = 16 + 36 * step(wanted.0) + 6 * step(wanted.1) + step(wanted.2);
    let mean = (u16::from(wanted.0) + u16::from(wanted.1) + u16::from(wanted.2)) / 3;
    let grey = GREYS.start + (mean.saturating_sub(3) / 10).min(23) as u8;
    let far = |index| rgb(Color::Indexed(index)).map_or(u32::MAX, |found| distance(wanted, found));
    if far(grey) < far(cube) { grey } else { cube }
}

fn nearest_ansi(wanted: Rgb) -> Color {
    let nearest = ANSI
        .iter()
        .min_by_key(|(_, found)| distance(wanted, *found));
    nearest.map_or(Color::Reset, |(color, _)| *color)
}

/// Squared distance, weighted by how well the eye tells each primary.
fn distance(a: Rgb, b: Rgb) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    3 * square(a.0, b.0) + 4 * square(a.1, b.1) + 2 * square(a.2, b.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(wanted: Option<bool>, vars: &[(&str, &str)]) -> ColorDepth {
        ColorDepth::detect(wanted, |name| {
            vars.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        let xterm = ("TERM", "xterm-256color");
        for (wanted, vars, want) in [
            (None, &[xterm][..], ColorDepth::Ansi256),
            (None, &[xterm, ("COLORTERM", "truecolor")], ColorDepth::True),
            (
                None,
                &[xterm, ("COLORTERM", "24bit"), ("NO_COLOR", "1")],
                ColorDepth::None,
            ),
            (None, &[xterm, ("NO_COLOR", "")], ColorDepth::Ansi256),
            (None, &[("TERM", "xterm-kitty")], ColorDepth::True),
            (None, &[("TERM", "linux")], ColorDepth::Ansi16),
            (None, &[("TERM", "dumb")], ColorDepth::None),
            (None, &[], ColorDepth::Ansi16),
            (Some(false), &[xterm], ColorDepth::None),
            (
                Some(true),
                &[("TERM", "dumb"), ("NO_COLOR", "1")],
                ColorDepth::Ansi16,
            ),
            (Some(true), &[xterm, ("NO_COLOR", "1")], ColorDepth::Ansi256),
        ] {
            assert_eq!(depth(wanted, vars), want, "{wanted:?} {vars:?}");
        }
    }

    #[test]
    fn a_colour_becomes_the_nearest_there_is() {
        for (depth, color, want) in [
            (ColorDepth::True, Color::Rgb(1, 2, 3), Color::Rgb(1, 2, 3)),
            (
                ColorDepth::Ansi256,
                Color::Rgb(255, 0, 0),
                Color::Indexed(196),
            ),
            (
                ColorDepth::Ansi256,
                Color::Rgb(35, 36, 36),
                Color::Indexed(235),
            ),
            (
                ColorDepth::Ansi256,
                Color::Rgb(255, 255, 255),
                Color::Indexed(231),
            ),
            (ColorDepth::Ansi256, Color::LightRed, Color::LightRed),
            (
                ColorDepth::Ansi16,
                Color::Rgb(250, 250, 90),
                Color::LightYellow,
            ),
            (ColorDepth::Ansi16, Color::Indexed(9), Color::LightRed),
            (ColorDepth::Ansi16, Color::Indexed(232), Color::Black),
            (ColorDepth::None, Color::Rgb(250, 250, 90), Color::Reset),
        ] {
            assert_eq!(depth.reduce(color), want, "{color:?} at {depth:?}");
        }
    }

    #[test]
    fn a_light_background_is_believed() {
        let says = |value: &str| background_is_light(|_| Some(value.to_owned()));
        for (value, light) in [
            ("0;15", Some(true)),
            ("0;default;7", Some(true)),
            ("15;0", Some(false)),
            ("", None),
            ("0;default", None),
        ] {
            assert_eq!(says(value), light, "{value}");
        }
        assert_eq!(background_is_light(|_| None), None);
    }
}
