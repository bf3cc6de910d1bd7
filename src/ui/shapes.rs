//! Lines, blocks and braille as outlines. In a picture they are drawn rather than written, since every font has its own
//! idea of where a `│` ends, and the lines of a frame must meet.

use std::fmt::Write as _;

/// The size of a cell in the picture.
pub(super) const CELL: (usize, usize) = (8, 18);

/// What becomes of a symbol: a stroke, a filled area (at that share of opacity in percent), or round dots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    Stroke,
    Fill(u8),
    Dots,
}

/// The arms of a line character from the cell's middle: left, right, up, down.
const LINES: [(char, [bool; 4]); 11] = [
    ('─', [true, true, false, false]),
    ('│', [false, false, true, true]),
    ('┌', [false, true, false, true]),
    ('┐', [true, false, false, true]),
    ('└', [false, true, true, false]),
    ('┘', [true, false, true, false]),
    ('├', [false, true, true, true]),
    ('┤', [true, false, true, true]),
    ('┬', [true, true, false, true]),
    ('┴', [true, true, true, false]),
    ('┼', [true, true, true, true]),
];

/// The outline of a symbol whose cell starts at that point, appended to a path. Nothing for what is written as text.
pub(super) fn outline(symbol: &str, (x, y): (usize, usize), path: &mut String) -> Option<Shape> {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return None;
    };
    let shape = shape(c)?;
    // Writing to a String cannot fail.
    let _ = match shape {
        Shape::Stroke => stroke(c, x, y, path),
        Shape::Fill(_) => fill(c, x, y, path),
        Shape::Dots => dots(c, x, y, path),
    };
    Some(shape)
}

pub(super) fn shape(c: char) -> Option<Shape> {
    match c {
        '░' => Some(Shape::Fill(25)),
        '▒' => Some(Shape::Fill(50)),
        '▓' => Some(Shape::Fill(75)),
        '▀'..='▐' | '▔' | '▕' => Some(Shape::Fill(100)),
        '\u{2801}'..='\u{28FF}' => Some(Shape::Dots),
        '╭' | '╮' | '╯' | '╰' | '┊' => Some(Shape::Stroke),
        _ => LINES
            .iter()
            .any(|(line, _)| *line == c)
            .then_some(Shape::Stroke),
    }
}

fn stroke(c: char, x: usize, y: usize, path: &mut String) -> std::fmt::Result {
    let (width, height) = CELL;
    let (right, bottom) = (x + width, y + height);
    let (middle, centre) = (x as f64 + 3.5, y as f64 + 8.5);
    match c {
        '╭' => write!(
            path,
            "M{middle} {bottom}V{}Q{middle} {centre} {right} {centre}",
            centre + 4.0
        ),
        '╮' => write!(
            path,
            "M{x} {centre}Q{middle} {centre} {middle} {}V{bottom}",
            centre + 4.0
        ),
        '╯' => write!(
            path,
            "M{x} {centre}Q{middle} {centre} {middle} {}V{y}",
            centre - 4.0
        ),
        '╰' => write!(
            path,
            "M{middle} {y}V{}Q{middle} {centre} {right} {centre}",
            centre - 4.0
        ),
        '┊' => write!(path, "M{middle} {}v3m0 3v3m0 3v3", y + 2),
        _ => {
            let arms = LINES
                .iter()
                .find(|(line, _)| *line == c)
                .map_or([false; 4], |(_, arms)| *arms);
            match arms {
                [true, true, ..] => across(x, centre, path)?,
                [true, false, ..] => write!(path, "M{x} {centre}H{middle}")?,
                [false, true, ..] => write!(path, "M{middle} {centre}H{right}")?,
                _ => {}
            }
            match arms {
                [.., true, true] => write!(path, "M{middle} {y}v{height}"),
                [.., true, false] => write!(path, "M{middle} {y}V{centre}"),
                [.., false, true] => write!(path, "M{middle} {centre}V{bottom}"),
                _ => Ok(()),
            }
        }
    }
}

/// A line across; where the path already ends there, the same line goes on.
fn across(x: usize, centre: f64, path: &mut String) -> std::fmt::Result {
    let end = format!("H{x}");
    let start = path.rfind('M').unwrap_or_default();
    let same_row = path[start..].starts_with('M') && path[start..].contains(&format!(" {centre}H"));
    if same_row && path.ends_with(&end) {
        path.truncate(path.len() - end.len());
    } else {
        write!(path, "M{x} {centre}")?;
    }
    write!(path, "H{}", x + CELL.0)
}

fn fill(c: char, x: usize, y: usize, path: &mut String) -> std::fmt::Result {
    let (width, height) = (CELL.0 as f64, CELL.1 as f64);
    let (x, y) = (x as f64, y as f64);
    let eighths = |from: char| f64::from(u32::from(c) - u32::from(from) + 1) / 8.0;
    let (x, y, width, height) = match c {
        '▀' => (x, y, width, height / 2.0),
        '▁'..='█' => (
            x,
            y + height * (1.0 - eighths('▁')),
            width,
            height * eighths('▁'),
        ),
        '▉'..='▏' => (x, y, width * (1.0 - eighths('▉')), height),
        '▐' => (x + width / 2.0, y, width / 2.0, height),
        '▔' => (x, y, width, height / 8.0),
        '▕' => (x + width * 7.0 / 8.0, y, width / 8.0, height),
        _ => (x, y, width, height),
    };
    write!(path, "M{x} {y}h{width}v{height}h-{width}z")
}

/// Braille: bits 0–2 and 6 are the left column from above, 3–5 and 7 the right one. A dot is a line of no length with
/// round ends.
fn dots(c: char, x: usize, y: usize, path: &mut String) -> std::fmt::Result {
    const PLACES: [(usize, usize); 8] = [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 1),
        (1, 2),
        (0, 3),
        (1, 3),
    ];
    let bits = u32::from(c) - 0x2800;
    for (bit, (column, row)) in PLACES.iter().enumerate() {
        if bits >> bit & 1 == 1 {
            write!(
                path,
                "M{} {}h0",
                x + 2 + 4 * column,
                (y * 2 + 5 + 9 * row) as f64 / 2.0
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_have_their_outlines() {
        for (symbol, shape, want) in [
            ("─", Some(Shape::Stroke), "M8 26.5H16"),
            ("│", Some(Shape::Stroke), "M11.5 18v18"),
            ("┴", Some(Shape::Stroke), "M8 26.5H16M11.5 18V26.5"),
            ("╭", Some(Shape::Stroke), "M11.5 36V30.5Q11.5 26.5 16 26.5"),
            ("█", Some(Shape::Fill(100)), "M8 18h8v18h-8z"),
            ("▄", Some(Shape::Fill(100)), "M8 27h8v9h-8z"),
            ("▌", Some(Shape::Fill(100)), "M8 18h4v18h-4z"),
            ("▏", Some(Shape::Fill(100)), "M8 18h1v18h-1z"),
            ("░", Some(Shape::Fill(25)), "M8 18h8v18h-8z"),
            ("⠁", Some(Shape::Dots), "M10 20.5h0"),
            ("●", None, ""),
            ("web", None, ""),
        ] {
            let mut path = String::new();
            assert_eq!(outline(symbol, (8, 18), &mut path), shape, "{symbol}");
            assert_eq!(path, want, "{symbol}");
        }
    }

    #[test]
    fn a_long_line_is_one_stroke() {
        let mut path = String::new();
        for x in [0, 8, 16, 32] {
            outline("─", (x, 0), &mut path);
        }
        outline("─", (40, 18), &mut path);
        assert_eq!(path, "M0 8.5H24M32 8.5H40M40 26.5H48");
    }
}
