//! Every theme is loaded: it defines every meaning, each can be read where it is drawn, and health can be told apart.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its theme has failed"
)]

use super::*;
use crate::{model::Problem, ui::colour::Rgb};

/// Meanings that are drawn as lines and blocks, not read.
const DRAWN: [&str; 3] = ["rule", "bar_full", "bar_empty"];
const DEPTHS: [ColorDepth; 3] = [ColorDepth::True, ColorDepth::Ansi256, ColorDepth::Ansi16];

/// WCAG 2.2, contrast ratio.
fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(rgb(a).unwrap()), luminance(rgb(b).unwrap()));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn all(depth: ColorDepth) -> Vec<(String, Theme)> {
    let library = Library::default();
    let theme = |name: &str| (name.to_owned(), library.theme(name, depth, None).unwrap());
    library.names().map(theme).collect()
}

#[test]
fn every_theme_is_there_at_every_depth() {
    for depth in DEPTHS {
        let all = all(depth);
        assert_eq!(all.len(), 12);
        for (name, theme) in all {
            assert_eq!(
                theme.is_light(),
                name.contains("lat") || name.contains("light"),
                "{name}"
            );
            let painted = !["dark", "light", "terminal"].contains(&&*name);
            assert_eq!(
                theme.paint.is_some(),
                painted && depth > ColorDepth::Ansi16,
                "{name}"
            );
        }
    }
}

#[test]
fn text_can_be_read_on_every_background_it_meets() {
    let mut unreadable = Vec::new();
    for depth in DEPTHS {
        for (name, theme) in all(depth) {
            // What the sixteen look like on a light terminal is its own affair: xterm's own are made for a dark one.
            if depth == ColorDepth::Ansi16 && theme.is_light() {
                continue;
            }
            let own = match depth {
                ColorDepth::Ansi16 => Color::Black,
                _ => theme.background,
            };
            let tints = [theme.selected.bg, theme.selected_unfocused.bg];
            let grounds = [own].into_iter().chain(tints.into_iter().flatten());
            for (meaning, style) in theme.named() {
                if DRAWN.contains(&meaning) {
                    continue;
                }
                let text = style.fg.or(theme.paint.and_then(|paint| paint.fg));
                let text = text.unwrap_or(theme.foreground);
                for ground in grounds.clone() {
                    let ratio = contrast(text, ground);
                    if ratio < 4.5 {
                        unreadable.push(format!(
                            "{name} {depth:?} {meaning} {ratio:.2} on {ground:?}"
                        ));
                    }
                }
            }
        }
    }
    assert!(unreadable.is_empty(), "\n{}", unreadable.join("\n"));
}

/// `OKLab`: lightness, and two axes of colour, in which a distance is about what the eye makes of it.
fn seen((r, g, b): Rgb) -> [f64; 3] {
    // Luminance of one channel alone, divided by its share, is the channel made linear.
    let [r, g, b] = [
        luminance((r, 0, 0)) / 0.2126,
        luminance((0, g, 0)) / 0.7152,
        luminance((0, 0, b)) / 0.0722,
    ];
    let cone = |of: [f64; 3]| (of[0] * r + of[1] * g + of[2] * b).cbrt();
    let long = cone([0.412_221_5, 0.536_332_5, 0.051_446]);
    let middle = cone([0.211_903_5, 0.680_699_5, 0.107_397]);
    let short = cone([0.088_302_5, 0.281_718_8, 0.629_978_7]);
    [
        0.210_454_3 * long + 0.793_617_8 * middle - 0.004_072 * short,
        1.977_998_5 * long - 2.428_592_2 * middle + 0.450_593_7 * short,
        0.025_904 * long + 0.782_771_8 * middle - 0.808_675_8 * short,
    ]
}

fn distance(a: Color, b: Color) -> f64 {
    let (a, b) = (seen(rgb(a).unwrap()), seen(rgb(b).unwrap()));
    let square = |n: usize| (a[n] - b[n]).powi(2);
    (square(0) + square(1) + square(2)).sqrt()
}

fn health(theme: &Theme) -> [(&'static str, Style); 5] {
    [
        ("ok", theme.ok),
        ("progressing", theme.progressing),
        ("warn", theme.warn),
        ("error", theme.error),
        ("stopped", theme.stopped),
    ]
}

#[test]
fn health_can_be_told_apart_at_every_depth() {
    let mut alike = Vec::new();
    for depth in DEPTHS {
        for (name, theme) in all(depth) {
            let health = health(&theme);
            for (n, (meaning, style)) in health.iter().enumerate() {
                for (other, with) in &health[..n] {
                    let near = match (style.fg, with.fg) {
                        (Some(a), Some(b)) if depth == ColorDepth::True => distance(a, b) < 0.06,
                        _ => style == with,
                    };
                    if near {
                        alike.push(format!("{name} {depth:?} {meaning} {other}"));
                    }
                }
                if *style == theme.accent {
                    alike.push(format!("{name} {depth:?} {meaning} accent"));
                }
            }
        }
    }
    assert!(alike.is_empty(), "\n{}", alike.join("\n"));
}

/// A colour as eyes without red (protanopia) or without green (deuteranopia) see it: Viénot, Brettel and Mollon 1999.
fn without(red: bool, color: Color) -> Color {
    let (r, g, b) = rgb(color).unwrap();
    let linear = |value: u8| (f64::from(value) / 255.0).powf(2.2);
    let back = |value: f64| (value.clamp(0.0, 1.0).powf(1.0 / 2.2) * 255.0).round() as u8;
    let [r, g, b] = [linear(r), linear(g), linear(b)];
    let (yellow, blue) = if red {
        (0.112_38 * r + 0.887_62 * g, 0.004_01 * r - 0.004_01 * g + b)
    } else {
        (
            0.292_75 * r + 0.707_25 * g,
            -0.022_34 * r + 0.022_34 * g + b,
        )
    };
    Color::Rgb(back(yellow), back(yellow), back(blue))
}

#[test]
fn eyes_without_red_or_green_tell_health_apart_too() {
    let theme = Library::default()
        .theme("colour-blind", ColorDepth::True, None)
        .unwrap();
    let health = health(&theme);
    for (n, (meaning, style)) in health.iter().enumerate() {
        for (other, with) in &health[..n] {
            let (a, b) = (style.fg.unwrap(), with.fg.unwrap());
            for red in [true, false] {
                let seen = distance(without(red, a), without(red, b));
                assert!(seen > 0.09, "{meaning} {other} {red}: {seen:.3}");
            }
            let lightness = (seen(rgb(a).unwrap())[0] - seen(rgb(b).unwrap())[0]).abs();
            assert!(lightness > 0.02, "{meaning} {other}: {lightness:.3}");
        }
    }
}

#[test]
fn a_tint_is_visible_and_the_fainter_one_fainter() {
    for depth in [ColorDepth::True, ColorDepth::Ansi256] {
        for (name, theme) in all(depth) {
            let (Some(selected), Some(other)) = (theme.selected.bg, theme.selected_unfocused.bg)
            else {
                assert!(
                    theme.selected.add_modifier.contains(Modifier::BOLD),
                    "{name}"
                );
                continue;
            };
            let ground = |color| contrast(color, theme.background);
            // Among 256 colours the two may be the same.
            let (more, less) = (ground(selected), ground(other));
            assert!(more > less || depth != ColorDepth::True, "{name}");
            assert!(more >= less, "{name} {depth:?}");
            assert!(ground(selected) > 1.05, "{name} {depth:?}");
        }
    }
}

#[test]
fn without_colour_there_is_none_and_nothing_is_reversed() {
    for (name, theme) in all(ColorDepth::None) {
        assert!(!theme.colour && theme.paint.is_none());
        for (meaning, style) in theme.named() {
            assert_eq!((style.fg, style.bg), (None, None), "{name} {meaning}");
            assert!(
                !style.add_modifier.contains(Modifier::REVERSED),
                "{name} {meaning}"
            );
        }
    }
}

#[test]
fn a_background_is_painted_where_the_terminals_would_not_do() {
    let library = Library::default();
    let painted = |name, depth, light| library.theme(name, depth, light).unwrap().paint.is_some();
    assert!(painted("dark", ColorDepth::True, Some(true)));
    assert!(painted("light", ColorDepth::Ansi256, Some(false)));
    assert!(!painted("dark", ColorDepth::True, Some(false)));
    assert!(!painted("dark", ColorDepth::Ansi16, Some(true)));
    assert!(!painted("terminal", ColorDepth::True, Some(true)));
    let theme = library.theme("nord", ColorDepth::True, None).unwrap();
    let mut frame = Buffer::with_lines(["web"]);
    frame[(1, 0)].set_fg(Color::Rgb(1, 2, 3));
    theme.fill(&mut frame);
    assert_eq!(
        (frame[(0, 0)].fg, frame[(1, 0)].fg),
        (theme.foreground, Color::Rgb(1, 2, 3))
    );
    assert!(frame.content.iter().all(|cell| cell.bg == theme.background));
}

fn mine(files: &[(&str, &str)]) -> Library {
    let mut library = Library::default();
    for (name, text) in files {
        library.add(name, format!("{name}.toml"), Ok((*text).to_owned()));
    }
    library
}

fn problems(files: &[(&str, &str)]) -> String {
    let problems = mine(files)
        .theme(files[0].0, ColorDepth::True, None)
        .unwrap_err();
    let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
    told.join("\n")
}

#[test]
fn a_theme_inherits_what_it_does_not_say() {
    let child = "inherits = \"mother\"\n[palette]\naccent = \"#ff00ff\"\n[styles]\nmark = { fg = \"rose\" }\n";
    let mother = "inherits = \"nord\"\npaint = false\n[palette]\nrose = \"lightmagenta\"\n";
    let library = mine(&[("child", child), ("mother", mother)]);
    let theme = library.theme("child", ColorDepth::True, None).unwrap();
    let nord = library.theme("nord", ColorDepth::True, None).unwrap();
    assert_eq!(theme.key.fg, Some(Color::Rgb(255, 0, 255)));
    assert_eq!(theme.mark, Style::new().fg(Color::LightMagenta));
    assert_eq!(
        (theme.ok, theme.background, theme.paint),
        (nord.ok, nord.background, None)
    );
    // The accent's stand-in among sixteen colours is that of the theme in which all this began.
    let sixteen = library.theme("child", ColorDepth::Ansi16, None).unwrap();
    assert_eq!(sixteen.key.fg, Some(Color::LightCyan));
}

#[test]
fn ones_own_theme_wins_and_may_inherit_from_the_one_it_stands_for() {
    let library = mine(&[(
        "dark",
        "inherits = \"dark\"\n[palette]\naccent = \"#ff00ff\"\n",
    )]);
    let theme = library.theme("dark", ColorDepth::True, None).unwrap();
    assert_eq!(theme.accent.fg, Some(Color::Rgb(255, 0, 255)));
    assert_eq!(library.names().filter(|name| *name == "dark").count(), 1);
    // Those that are built in inherit from it too.
    let nord = library.theme("nord", ColorDepth::True, None).unwrap();
    assert_ne!(nord.accent.fg, theme.accent.fg);
}

#[test]
fn all_mistakes_are_told_with_their_lines() {
    let text = "inherits = \"drak\"\npaitn = true\nbackground = \"#12\"\n[palette]\nrose = { ansi = \"red\" }\n\
                [styles]\nok = { fg = \"green\", blink = true }\nwarm = {}\nerror = 7\n";
    let told = problems(&[("mine", text)]);
    for want in [
        "mine.toml:1: there is no theme `drak`. Did you mean `dark`?",
        "mine.toml:2: there is no setting `paitn`. Did you mean `paint`?",
        "mine.toml:3: “#12” is no colour. A colour is",
        "mine.toml:5: `rose` has no `rgb`",
        "mine.toml:7: there is no setting `blink`. There are: fg, bg, bold, underline",
        "mine.toml:8: there is no meaning `warm`. Did you mean `warn`?",
        "mine.toml:9: `error` must be a table, not of type integer",
    ] {
        assert!(told.contains(want), "{want}\n{told}");
    }
    assert_eq!(told.lines().count(), 7, "{told}");
}

#[test]
fn inks_that_are_not_there_are_told_of_the_file_that_names_them() {
    let child = "inherits = \"mother\"\n[styles]\nok = { fg = \"gren\" }\n";
    let mother = "inherits = \"dark\"\n\n[styles]\nwarn = { bg = \"amebr\" }\n";
    let told = problems(&[("child", child), ("mother", mother)]);
    assert_eq!(
        told,
        "child.toml:3: “gren” is no colour. Did you mean `green`?\n\
         mother.toml:4: “amebr” is no colour. Did you mean `amber`?"
    );
}

#[test]
fn nobody_inherits_from_himself() {
    let told = problems(&[("a", "inherits = \"b\"\n"), ("b", "\ninherits = \"a\"\n")]);
    assert_eq!(told, "b.toml:2: the theme inherits from itself: a > b > a");
    let told = problems(&[("a", "inherits = \"a\"\n")]);
    assert_eq!(told, "a.toml:1: the theme inherits from itself: a > a");
}

#[test]
fn a_theme_that_inherits_nothing_must_say_everything() {
    let told = problems(&[(
        "bare",
        "background = \"black\"\n[styles]\nok = { fg = \"green\" }\n",
    )]);
    assert!(
        told.contains("bare.toml:1: the theme has no style for text, strong, muted"),
        "{told}"
    );
    assert!(
        told.contains("bare.toml:1: the theme has no `text`"),
        "{told}"
    );
}
