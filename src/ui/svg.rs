//! A frame as a picture that looks the same everywhere: no scripts, no fonts of its own, small enough for a README.
//!
//! ```text
//!  rect      the terminal, rounded              rect   backgrounds that differ from it, one for each stretch
//!  path      lines, blocks, braille, all of one colour in one path (see `shapes`)
//!  text      words, each at its exact column and stretched to its exact width, so that any monospace font fits
//! ```

use std::{collections::BTreeMap, fmt::Write as _};

use ratatui::{
    buffer::{Buffer, Cell},
    style::Modifier,
};

use super::{
    Theme,
    colour::{Rgb, rgb},
    export::{glyphs, printable, rows},
    pen::columns,
    shapes::{CELL, Shape, outline},
};

const MARGIN: usize = 16;
const BASELINE: usize = 13;
const FONT: &str = "font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK KR',\
                    monospace\" font-size=\"13.33\"";

/// How a cell looks in the end: what is reversed is turned round, the terminal's own colours are the theme's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ink {
    fg: Rgb,
    bg: Rgb,
    /// Bold, italic, underlined, crossed out, dim.
    modes: [bool; 5],
}

/// What is written in one go: neighbours of one look.
struct Run {
    x: usize,
    columns: usize,
    ink: Ink,
    text: String,
}

/// The frame on the background that the theme assumes.
pub fn svg(frame: &Buffer, theme: &Theme) -> String {
    let (width, height) = (
        usize::from(frame.area.width) * CELL.0,
        usize::from(frame.area.height) * CELL.1,
    );
    let ground = hex(rgb(theme.background).unwrap_or_default());
    let edge = hex(theme.rule.fg.and_then(rgb).unwrap_or_default());
    let (grounds, shapes, words) = body(frame, theme);
    let (full_width, full_height) = (width + 2 * MARGIN, height + 2 * MARGIN);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{full_width}\" height=\"{full_height}\" \
         viewBox=\"-{MARGIN} -{MARGIN} {full_width} {full_height}\">\n\
         <rect x=\"-{MARGIN}\" y=\"-{MARGIN}\" width=\"{full_width}\" height=\"{full_height}\" rx=\"10\" \
         fill=\"{ground}\" stroke=\"{edge}\" stroke-opacity=\".6\"/>\n\
         {grounds}{shapes}<g {FONT}>\n{words}</g>\n</svg>\n"
    )
}

fn body(frame: &Buffer, theme: &Theme) -> (String, String, String) {
    let ground = rgb(theme.background).unwrap_or_default();
    let (mut grounds, mut words) = (String::new(), String::new());
    let mut paths: BTreeMap<(Shape, Rgb), String> = BTreeMap::new();
    for (row, cells) in rows(frame).enumerate() {
        let y = row * CELL.1;
        let mut stretch: Option<(usize, usize, Rgb)> = None;
        let mut run: Option<Run> = None;
        for (column, cell) in glyphs(cells) {
            let (x, wide, ink) = (column * CELL.0, columns(cell), ink(cell, theme));
            match &mut stretch {
                Some((_, end, bg)) if *bg == ink.bg => *end = x + wide * CELL.0,
                _ => {
                    background(
                        stretch.replace((x, x + wide * CELL.0, ink.bg)),
                        y,
                        ground,
                        &mut grounds,
                    );
                }
            }
            let mut path = String::new();
            if let Some(shape) = outline(cell.symbol(), (x, y), &mut path) {
                write_run(run.take(), y, &mut words);
                let all = paths.entry((shape, ink.fg)).or_default();
                outline(cell.symbol(), (x, y), all);
                continue;
            }
            continue_run(&mut run, x, cell, ink, y, &mut words);
        }
        background(stretch, y, ground, &mut grounds);
        write_run(run, y, &mut words);
    }
    (grounds, drawn(&paths), words)
}

/// Adds a cell to the run before it, or starts a new one. Only letters of the common kind share a run: what a font may
/// have to borrow from another font could be of another width and would push its neighbours.
fn continue_run(
    run: &mut Option<Run>,
    x: usize,
    cell: &Cell,
    ink: Ink,
    y: usize,
    words: &mut String,
) {
    let text = printable(cell.symbol());
    match run {
        Some(open)
            if open.ink == ink
                && text.is_ascii()
                && open.text.is_ascii()
                && !open.text.ends_with("  ") =>
        {
            open.text.push_str(text);
            open.columns += 1;
        }
        _ => write_run(
            run.replace(Run {
                x,
                columns: columns(cell),
                ink,
                text: text.to_owned(),
            }),
            y,
            words,
        ),
    }
}

fn write_run(run: Option<Run>, y: usize, words: &mut String) {
    let Some(run) = run else { return };
    let [bold, italic, underlined, crossed_out, dim] = run.ink.modes;
    let keep_blanks = underlined || crossed_out;
    let start = run.text.len() - run.text.trim_start_matches(' ').len();
    let text = run.text.trim_matches(' ');
    if text.is_empty() && !keep_blanks {
        return;
    }
    let columns = if run.text.is_ascii() {
        text.len()
    } else {
        run.columns
    };
    let _ = write!(
        words,
        "<text x=\"{}\" y=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{}\"",
        run.x + start * CELL.0,
        y + BASELINE,
        columns * CELL.0,
        hex(run.ink.fg),
    );
    for (on, attribute) in [
        (bold, " font-weight=\"700\""),
        (italic, " font-style=\"italic\""),
        (underlined, " text-decoration=\"underline\""),
        (crossed_out, " text-decoration=\"line-through\""),
        (dim, " opacity=\".65\""),
    ] {
        if on {
            words.push_str(attribute);
        }
    }
    words.push('>');
    escape(text, words);
    words.push_str("</text>\n");
}

fn background(stretch: Option<(usize, usize, Rgb)>, y: usize, ground: Rgb, grounds: &mut String) {
    if let Some((start, end, bg)) = stretch
        && bg != ground
    {
        let (width, height, fill) = (end - start, CELL.1, hex(bg));
        let _ = writeln!(
            grounds,
            "<rect x=\"{start}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>"
        );
    }
}

fn drawn(paths: &BTreeMap<(Shape, Rgb), String>) -> String {
    let mut shapes = String::new();
    for ((shape, colour), path) in paths {
        let colour = hex(*colour);
        let _ = match shape {
            Shape::Stroke => writeln!(
                shapes,
                "<path fill=\"none\" stroke=\"{colour}\" stroke-linecap=\"square\" d=\"{path}\"/>"
            ),
            Shape::Dots => writeln!(
                shapes,
                "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.6\" stroke-linecap=\"round\" d=\"{path}\"/>"
            ),
            Shape::Fill(100) => writeln!(shapes, "<path fill=\"{colour}\" d=\"{path}\"/>"),
            Shape::Fill(share) => {
                writeln!(
                    shapes,
                    "<path fill=\"{colour}\" fill-opacity=\".{share}\" d=\"{path}\"/>"
                )
            }
        };
    }
    shapes
}

fn ink(cell: &Cell, theme: &Theme) -> Ink {
    let or = |color, own| rgb(color).or_else(|| rgb(own)).unwrap_or_default();
    let (mut fg, mut bg) = (or(cell.fg, theme.foreground), or(cell.bg, theme.background));
    let has = |modifier| cell.modifier.contains(modifier);
    if has(Modifier::REVERSED) {
        (fg, bg) = (bg, fg);
    }
    if has(Modifier::HIDDEN) {
        fg = bg;
    }
    let modes = [
        Modifier::BOLD,
        Modifier::ITALIC,
        Modifier::UNDERLINED,
        Modifier::CROSSED_OUT,
        Modifier::DIM,
    ]
    .map(has);
    Ink { fg, bg, modes }
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Style};

    use super::*;
    use crate::ui::ColorDepth;

    fn picture(frame: &Buffer) -> String {
        svg(frame, &Theme::dark(ColorDepth::True))
    }

    #[test]
    fn words_stand_at_their_columns() {
        let mut frame = Buffer::with_lines(["  web  한국 3/3 ●"]);
        frame.set_style(frame.area, Style::new().fg(Color::Rgb(1, 2, 3)));
        let picture = picture(&frame);
        for (x, length, text) in [
            (16, 24, "web"),
            (56, 16, "한"),
            (72, 16, "국"),
            (96, 24, "3/3"),
            (128, 8, "●"),
        ] {
            let want = format!(
                "<text x=\"{x}\" y=\"13\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#010203\">{text}<"
            );
            assert!(picture.contains(&want), "{want}\n{picture}");
        }
    }

    #[test]
    fn names_cannot_leave_their_place() {
        let mut frame = Buffer::with_lines(["<script>&amp;</script>"]);
        frame[(3, 0)].set_symbol("\x1b");
        let picture = picture(&frame);
        assert!(!picture.contains("<script") && !picture.contains('\x1b'));
        assert!(
            picture.contains("&lt;sc ipt&gt;&amp;amp;&lt;/script&gt;"),
            "{picture}"
        );
    }

    #[test]
    fn a_tinted_row_is_one_rectangle() {
        let mut frame = Buffer::with_lines(["▌ ● web      ", "             "]);
        frame.set_style(
            ratatui::layout::Rect::new(0, 0, 13, 1),
            Style::new().bg(Color::Rgb(35, 45, 61)),
        );
        let picture = picture(&frame);
        assert_eq!(picture.matches("<rect").count(), 2);
        assert!(
            picture
                .contains("<rect x=\"0\" y=\"0\" width=\"104\" height=\"18\" fill=\"#232d3d\"/>")
        );
        assert!(picture.contains("d=\"M0 0h4v18h-4z\""));
    }

    #[test]
    fn a_full_screen_stays_small() {
        let row = "│ ● web-68954f5bdb-j9wm4    2/2   Running          0   0.01c   28Mi   node-1   2h ├──────────────┤ 62% ▁▂▃▅ ";
        let frame = Buffer::with_lines(vec![row; 40]);
        let size = picture(&frame).len();
        assert!(size < 60_000, "{size} bytes");
    }
}
