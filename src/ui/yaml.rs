//! YAML that we printed ourselves, line by line: keys beside the point, values to be read, long lines broken.

use super::{Painter, sheet::Line};
use crate::text::{head, width};

impl Painter {
    /// The lines that one line of YAML takes in so many columns.
    pub(super) fn yaml(&self, line: &str, columns: u16) -> Vec<Line> {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let key = key(&line[indent..]);
        let (first, mut rest) = line.split_at(indent + key);
        let mut inks = vec![(0, (first.into(), self.theme.muted))];
        let mut at = width(first) as u16;
        let mut lines = Vec::new();
        // What goes on is set in further than where it began, as far as there is room.
        let further = (indent as u16 + 2).min(columns / 2);
        loop {
            let room = usize::from(columns.saturating_sub(at)).max(1);
            let part = match head(rest, room) {
                "" if at > further => "",
                "" => rest,
                part => part,
            };
            rest = &rest[part.len()..];
            if !part.is_empty() {
                inks.push((at, (part.into(), self.theme.text)));
            }
            lines.push(Line(std::mem::take(&mut inks)));
            if rest.is_empty() {
                return lines;
            }
            at = further;
        }
    }
}

/// How much of a line is its key, with the colon; 0 where there is none.
fn key(line: &str) -> usize {
    let word = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let end = line.find(|c| !word(c)).unwrap_or(line.len());
    let ends = line[end..].strip_prefix(':');
    match ends {
        Some(rest) if end > 0 && (rest.is_empty() || rest.starts_with(' ')) => end + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_text() {
        let table = [
            ("name: web", 5),
            ("app.kubernetes.io/name: web", 23),
            ("spec:", 5),
            ("http://x", 0),
            ("12:30", 0),
            ("", 0),
            ("'a: b'", 0),
        ];
        for (line, end) in table {
            assert_eq!(key(line), end, "{line}");
        }
    }
}
