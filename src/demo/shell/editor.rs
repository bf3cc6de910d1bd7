//! The line that is being typed: keys in, screen out. It knows no terminal, only the bytes of one.

use unicode_width::UnicodeWidthChar as _;

/// How a line ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Line(String),
    /// Ctrl-C
    Cancel,
    /// Ctrl-D on an empty line.
    End,
}

pub(super) struct Editor<'a> {
    prompt: &'a str,
    history: &'a [String],
    /// Where in the history this is; its length stands for the new line.
    place: usize,
    /// The new line while the history is shown.
    kept: Vec<char>,
    line: Vec<char>,
    cursor: usize,
    /// Bytes that do not make a key yet.
    pending: Vec<u8>,
    /// What goes to the screen as it is, before the line is drawn.
    before: Vec<u8>,
    /// The row of the cursor below that of the prompt, as drawn last; None before the first time.
    row: Option<usize>,
    /// Letters typed at the end since the line was drawn: they need no other drawing.
    appended: Vec<char>,
    is_changed: bool,
    tabbed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Letter(char),
    Enter,
    Tab,
    Cancel,
    End,
    Left,
    Right,
    WordLeft,
    WordRight,
    Start,
    Finish,
    Up,
    Down,
    Erase,
    Delete,
    EraseWord,
    EraseStart,
    EraseRest,
    Clear,
    Nothing,
}

/// The word of a text that would be completed.
pub(super) fn last_word(text: &str) -> &str {
    text.rsplit([' ', '|', ';', '>', '<', '=', '&', '(', '"', '\''])
        .next()
        .unwrap_or_default()
}

impl<'a> Editor<'a> {
    pub(super) fn new(prompt: &'a str, history: &'a [String]) -> Self {
        Self {
            prompt,
            history,
            place: history.len(),
            kept: Vec::new(),
            line: Vec::new(),
            cursor: 0,
            pending: Vec::new(),
            before: Vec::new(),
            row: None,
            appended: Vec::new(),
            is_changed: true,
            tabbed: false,
        }
    }

    /// Takes what was typed. When the line is at its end, says how, and how many of the bytes were used.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        complete: &dyn Fn(&str) -> Vec<String>,
    ) -> Option<(Outcome, usize)> {
        for (index, byte) in bytes.iter().enumerate() {
            self.pending.push(*byte);
            let Some(key) = key(&self.pending) else {
                continue;
            };
            self.pending.clear();
            if let Some(outcome) = self.press(key, complete) {
                return Some((outcome, index + 1));
            }
        }
        None
    }

    fn press(&mut self, key: Key, complete: &dyn Fn(&str) -> Vec<String>) -> Option<Outcome> {
        let tabbed = std::mem::take(&mut self.tabbed);
        let end = self.line.len();
        match key {
            Key::Letter(letter) => {
                self.line.insert(self.cursor, letter);
                self.cursor += 1;
                if self.cursor == self.line.len() && !self.is_changed {
                    self.appended.push(letter);
                } else {
                    self.is_changed = true;
                }
                return None;
            }
            Key::Enter => return Some(Outcome::Line(self.line.iter().collect())),
            Key::Cancel => return Some(Outcome::Cancel),
            Key::End if self.line.is_empty() => return Some(Outcome::End),
            Key::End | Key::Delete if self.cursor < end => {
                self.line.remove(self.cursor);
            }
            Key::Tab => self.complete(complete, tabbed),
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = end.min(self.cursor + 1),
            Key::WordLeft => self.cursor = self.word_before(),
            Key::WordRight => self.cursor = self.word_after(),
            Key::Start => self.cursor = 0,
            Key::Finish => self.cursor = end,
            Key::Up => self.recall(self.place.saturating_sub(1)),
            Key::Down => self.recall(self.place + 1),
            Key::Erase if self.cursor > 0 => {
                self.cursor -= 1;
                self.line.remove(self.cursor);
            }
            Key::EraseWord => {
                let start = self.word_before();
                self.line.drain(start..self.cursor);
                self.cursor = start;
            }
            Key::EraseStart => {
                self.line.drain(..self.cursor);
                self.cursor = 0;
            }
            Key::EraseRest => self.line.truncate(self.cursor),
            Key::Clear => {
                self.before.extend_from_slice(b"\x1b[H\x1b[2J");
                self.row = None;
            }
            Key::Erase | Key::End | Key::Delete | Key::Nothing => return None,
        }
        self.is_changed = true;
        None
    }

    fn word_before(&self) -> usize {
        let mut at = self.cursor;
        while at > 0 && self.line[at - 1] == ' ' {
            at -= 1;
        }
        while at > 0 && self.line[at - 1] != ' ' {
            at -= 1;
        }
        at
    }

    fn word_after(&self) -> usize {
        let mut at = self.cursor;
        while at < self.line.len() && self.line[at] == ' ' {
            at += 1;
        }
        while at < self.line.len() && self.line[at] != ' ' {
            at += 1;
        }
        at
    }

    fn recall(&mut self, place: usize) {
        if place > self.history.len() || place == self.place {
            return;
        }
        if self.place == self.history.len() {
            self.kept = std::mem::take(&mut self.line);
        }
        self.place = place;
        self.line = match self.history.get(place) {
            Some(line) => line.chars().collect(),
            None => std::mem::take(&mut self.kept),
        };
        self.cursor = self.line.len();
    }

    fn complete(&mut self, complete: &dyn Fn(&str) -> Vec<String>, tabbed: bool) {
        let text: String = self.line[..self.cursor].iter().collect();
        let word = last_word(&text);
        let found = complete(&text);
        let Some(first) = found.first() else {
            return;
        };
        let mut common: Vec<char> = first.chars().collect();
        for other in &found {
            let same = common
                .iter()
                .zip(other.chars())
                .take_while(|(one, other)| **one == *other)
                .count();
            common.truncate(same);
        }
        let more = common.get(word.chars().count()..).unwrap_or_default();
        for letter in more {
            self.line.insert(self.cursor, *letter);
            self.cursor += 1;
        }
        if more.is_empty() && found.len() > 1 {
            self.tabbed = true;
            if tabbed {
                let names: Vec<&str> = found.iter().map(|name| name.trim_end()).collect();
                self.before
                    .extend_from_slice(format!("\r\n{}\r\n", names.join("  ")).as_bytes());
                self.row = None;
            }
        }
    }

    /// What puts the line on the screen.
    pub(super) fn draw(&mut self, columns: u16) -> Vec<u8> {
        let columns = usize::from(columns).max(2);
        if !self.is_changed {
            let appended: String = self.appended.drain(..).collect();
            let before = width(self.prompt) + line_width(&self.line) - width(&appended);
            // Where the row breaks the whole is drawn.
            if before % columns + width(&appended) < columns {
                return appended.into_bytes();
            }
        }
        self.is_changed = false;
        self.appended.clear();
        let mut out = std::mem::take(&mut self.before);
        if let Some(row) = self.row {
            if row > 0 {
                out.extend_from_slice(format!("\x1b[{row}A").as_bytes());
            }
            out.push(b'\r');
        }
        let line: String = self.line.iter().collect();
        let end = width(self.prompt) + line_width(&self.line);
        let at = width(self.prompt) + line_width(&self.line[..self.cursor]);
        if self.row.is_some() {
            out.extend_from_slice(b"\x1b[J");
        }
        out.extend_from_slice(self.prompt.as_bytes());
        out.extend_from_slice(line.as_bytes());
        if end > 0 && end.is_multiple_of(columns) {
            // A full row leaves the cursor on it.
            out.extend_from_slice(b"\r\n");
        }
        if at < end {
            let up = end / columns - at / columns;
            if up > 0 {
                out.extend_from_slice(format!("\x1b[{up}A").as_bytes());
            }
            out.push(b'\r');
            if !at.is_multiple_of(columns) {
                out.extend_from_slice(format!("\x1b[{}C", at % columns).as_bytes());
            }
        }
        self.row = Some(at / columns);
        out
    }

    /// What leaves the line behind.
    pub(super) fn finish(&mut self, columns: u16, outcome: &Outcome) -> Vec<u8> {
        if self.cursor != self.line.len() {
            self.cursor = self.line.len();
            self.is_changed = true;
        }
        let mut out = self.draw(columns);
        out.extend_from_slice(match outcome {
            Outcome::Line(_) => b"\r\n".as_slice(),
            Outcome::Cancel => b"^C\r\n",
            Outcome::End => b"\r\n",
        });
        out
    }
}

fn width(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

fn line_width(line: &[char]) -> usize {
    line.iter().map(|letter| letter.width().unwrap_or(0)).sum()
}

/// The key that bytes make, or None while they are not all there.
fn key(bytes: &[u8]) -> Option<Key> {
    const SEQUENCES: &[(&[u8], Key)] = &[
        (b"A", Key::Up),
        (b"B", Key::Down),
        (b"C", Key::Right),
        (b"D", Key::Left),
        (b"H", Key::Start),
        (b"F", Key::Finish),
        (b"1~", Key::Start),
        (b"3~", Key::Delete),
        (b"4~", Key::Finish),
        (b"1;5C", Key::WordRight),
        (b"1;5D", Key::WordLeft),
    ];
    match bytes {
        [b'\r' | b'\n'] => Some(Key::Enter),
        [b'\t'] => Some(Key::Tab),
        [1] => Some(Key::Start),
        [2] => Some(Key::Left),
        [3] => Some(Key::Cancel),
        [4] => Some(Key::End),
        [5] => Some(Key::Finish),
        [6] => Some(Key::Right),
        [8 | 127] => Some(Key::Erase),
        [11] => Some(Key::EraseRest),
        [12] => Some(Key::Clear),
        [14] => Some(Key::Down),
        [16] => Some(Key::Up),
        [21] => Some(Key::EraseStart),
        [23] => Some(Key::EraseWord),
        [0x1b] | [0x1b, b'[' | b'O'] => None,
        [0x1b, b'b'] => Some(Key::WordLeft),
        [0x1b, b'f'] => Some(Key::WordRight),
        [0x1b, b'[' | b'O', rest @ ..] => {
            let is_whole = rest.last().is_some_and(|byte| (0x40..=0x7e).contains(byte));
            let known = SEQUENCES.iter().find(|(sequence, _)| *sequence == rest);
            match known {
                Some((_, key)) => Some(*key),
                None if is_whole || rest.len() > 16 => Some(Key::Nothing),
                None => None,
            }
        }
        [0x1b, ..] => Some(Key::Nothing),
        [byte] if *byte < 0x20 => Some(Key::Nothing),
        bytes => match std::str::from_utf8(bytes) {
            Ok(text) => text.chars().next().map(Key::Letter),
            Err(error) if error.error_len().is_none() => None,
            Err(_) => Some(Key::Nothing),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;

    fn typed(bytes: &str, history: &[String]) -> Option<Outcome> {
        let complete = |text: &str| {
            let names = ["/etc/hostname ", "/etc/hosts ", "/tmp/"];
            let word = last_word(text).to_owned();
            names
                .iter()
                .filter(|name| name.starts_with(&word))
                .map(|name| (*name).to_owned())
                .collect()
        };
        let mut editor = Editor::new("# ", history);
        for byte in bytes.as_bytes() {
            if let Some((outcome, _)) = editor.feed(&[*byte], &complete) {
                return Some(outcome);
            }
        }
        None
    }

    #[test]
    fn keys_make_a_line() {
        let history = ["ls -la".to_owned(), "pwd".to_owned()];
        let cases = [
            ("echo hi\r", "echo hi"),
            ("ehco\x1b[D\x1b[D\x1b[D\x7fech\x1b[3~\r", "echco"),
            ("한국\x7f국어\r", "한국어"),
            ("a b c\x17\x17d\r", "a d"),
            ("abc\x01x\x05y\r", "xabcy"),
            ("abc\x15d\r", "d"),
            ("abc\x1b[D\x0b\r", "ab"),
            ("\x1b[A\x1b[A\r", "ls -la"),
            ("new\x1b[A\x1b[B\r", "new"),
            ("cat /t\ta\r", "cat /tmp/a"),
            ("cat /etc/h\tn\t\r", "cat /etc/hostname "),
            ("a\x1b[200~b\x1b[201~\r", "ab"),
        ];
        for (bytes, line) in cases {
            let wanted = Some(Outcome::Line(line.to_owned()));
            assert_eq!(typed(bytes, &history), wanted, "{bytes:?}");
        }
        assert_eq!(typed("abc\x03", &[]), Some(Outcome::Cancel));
        assert_eq!(typed("\x04", &[]), Some(Outcome::End));
        assert_eq!(typed("a\x04", &[]), None);
    }

    #[test]
    fn the_screen_shows_the_line() {
        let [rows, columns] = [5, 10].map(|side| NonZero::new(side).unwrap_or(NonZero::<u16>::MIN));
        let mut screen = vt100::Parser::new(rows, columns, 0);
        let mut editor = Editor::new("# ", &[]);
        for (bytes, rows, cursor) in [
            ("", "# ", (0, 2)),
            ("12345678", "# 12345678", (1, 0)),
            ("9", "# 12345678\n9", (1, 1)),
            ("\x01", "# 12345678\n9", (0, 2)),
            ("0", "# 01234567\n89", (0, 3)),
            ("\x0b한", "# 0한", (0, 5)),
        ] {
            assert_eq!(editor.feed(bytes.as_bytes(), &|_| Vec::new()), None);
            screen.process(&editor.draw(10));
            let shown = screen.screen();
            let lines: Vec<String> = shown.rows(0, 10).collect();
            assert_eq!(lines.join("\n").trim_end(), rows.trim_end(), "{bytes:?}");
            assert_eq!(shown.cursor_position(), cursor, "{bytes:?}");
        }
    }
}
