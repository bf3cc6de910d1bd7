//! Commands that print what they are told.

use std::{iter::Peekable, str::Chars};

use super::{Call, Done};
use crate::demo::shell::files;

pub(super) fn echo(call: &mut Call) -> Done {
    let (mut line_end, mut escapes) = (true, false);
    let mut words = call.arguments;
    while let Some((word, rest)) = words.split_first() {
        let letters = word.strip_prefix('-').unwrap_or_default();
        if letters.is_empty() || !letters.chars().all(|letter| "neE".contains(letter)) {
            break;
        }
        line_end &= !letters.contains('n');
        escapes |= letters.contains('e');
        words = rest;
    }
    let text = words.join(" ");
    if escapes {
        let (bytes, goes_on) = unescaped(&text);
        call.write(&bytes)?;
        line_end &= goes_on;
    } else {
        call.say(&text)?;
    }
    if line_end {
        call.say("\n")?;
    }
    Ok(0)
}

/// A text with its backslashes carried out; false where `\c` ends all output.
fn unescaped(text: &str) -> (Vec<u8>, bool) {
    const SIMPLE: [(char, u8); 9] = [
        ('n', b'\n'),
        ('t', b'\t'),
        ('r', b'\r'),
        ('a', 7),
        ('b', 8),
        ('e', 0x1b),
        ('f', 12),
        ('v', 11),
        ('\\', b'\\'),
    ];
    let mut out = Vec::new();
    let mut letters = text.chars().peekable();
    let put = |out: &mut Vec<u8>, letter: char| {
        out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    };
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            put(&mut out, letter);
            continue;
        }
        let kind = letters.peek().copied().unwrap_or('\0');
        if let Some((_, byte)) = SIMPLE.iter().find(|(letter, _)| *letter == kind) {
            letters.next();
            out.push(*byte);
            continue;
        }
        match kind {
            'c' => return (out, false),
            'x' => {
                letters.next();
                out.push(digits(&mut letters, 2, 16) as u8);
            }
            'u' => {
                letters.next();
                let code = digits(&mut letters, 4, 16);
                put(&mut out, char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            // `\0nnn` and `\nnn` are both in use.
            '0' => out.push(digits(&mut letters, 4, 8) as u8),
            '1'..='7' => out.push(digits(&mut letters, 3, 8) as u8),
            _ => out.push(b'\\'),
        }
    }
    (out, true)
}

fn digits(letters: &mut Peekable<Chars>, most: usize, radix: u32) -> u32 {
    let mut value = 0;
    for _ in 0..most {
        let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(radix)) else {
            break;
        };
        value = value * radix + digit;
        letters.next();
    }
    value
}

pub(super) fn printf(call: &mut Call) -> Done {
    let Some((format, mut words)) = call.arguments.split_first() else {
        return call.fail(2, "usage: printf FORMAT [ARG]...");
    };
    loop {
        let before = words.len();
        let (bytes, goes_on) = formatted(format, &mut words);
        call.write(&bytes)?;
        // The format is used again while it takes something.
        if !goes_on || words.is_empty() || words.len() == before {
            return Ok(0);
        }
    }
}

fn formatted(format: &str, words: &mut &[String]) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut rest = format;
    while let Some((plain, after)) = rest.split_once('%') {
        let (bytes, goes_on) = unescaped(plain);
        out.extend(bytes);
        if !goes_on {
            return (out, false);
        }
        let length = after
            .find(|letter: char| letter.is_ascii_alphabetic() || letter == '%')
            .unwrap_or(after.len());
        let (flags, tail) = after.split_at(length);
        let mut letters = tail.chars();
        let kind = letters.next();
        rest = letters.as_str();
        if kind == Some('%') {
            out.push(b'%');
            continue;
        }
        let word = match words.split_first() {
            Some((word, others)) => {
                *words = others;
                word.as_str()
            }
            None => "",
        };
        let number = || word.trim().parse::<i64>().unwrap_or_default();
        let (width, precision) = flags.split_once('.').unwrap_or((flags, ""));
        let text = match kind {
            Some('d' | 'i' | 'u') => number().to_string(),
            Some('x') => format!("{:x}", number()),
            Some('X') => format!("{:X}", number()),
            Some('o') => format!("{:o}", number()),
            Some('c') => word.chars().take(1).collect(),
            Some('f') => {
                let places = precision.parse().unwrap_or(6);
                let value: f64 = word.parse().unwrap_or_default();
                format!("{value:.places$}")
            }
            Some('b') => String::from_utf8_lossy(&unescaped(word).0).into_owned(),
            _ => match precision.parse() {
                Ok(most) => word.chars().take(most).collect(),
                Err(_) => word.to_owned(),
            },
        };
        out.extend(padded(&text, width).into_bytes());
    }
    let (bytes, goes_on) = unescaped(rest);
    out.extend(bytes);
    (out, goes_on)
}

fn padded(text: &str, flags: &str) -> String {
    /// Wider than any screen.
    const WIDEST: usize = 4_096;
    let left = flags.contains('-');
    let digits = flags.trim_start_matches(['-', '+', ' ', '#']);
    let zero = digits.starts_with('0');
    let width = digits.parse().unwrap_or(0_usize).min(WIDEST);
    if left {
        format!("{text:<width$}")
    } else if zero {
        let (sign, number) = text
            .strip_prefix('-')
            .map_or(("", text), |rest| ("-", rest));
        format!("{sign}{number:0>0$}", width.saturating_sub(sign.len()))
    } else {
        format!("{text:>width$}")
    }
}

pub(super) fn seq(call: &mut Call) -> Done {
    let (_, words) = call.options("sf");
    // A negative number looks like an option.
    let words = if words.len() == call.arguments.len() {
        words
    } else {
        call.arguments.to_vec()
    };
    let numbers: Option<Vec<i64>> = words.iter().map(|word| word.parse().ok()).collect();
    let (first, step, last) = match numbers.as_deref() {
        Some([last]) => (1, 1, *last),
        Some([first, last]) => (*first, 1, *last),
        Some([first, step, last]) if *step != 0 => (*first, *step, *last),
        _ => return call.fail(1, "usage: seq [FIRST [INC]] LAST"),
    };
    let mut number = first;
    while (step > 0 && number <= last) || (step < 0 && number >= last) {
        call.say(&format!("{number}\n"))?;
        let Some(next) = number.checked_add(step) else {
            break;
        };
        number = next;
    }
    Ok(0)
}

pub(super) fn yes(call: &mut Call) -> Done {
    let word = if call.arguments.is_empty() {
        "y".to_owned()
    } else {
        call.arguments.join(" ")
    };
    let line = format!("{word}\n");
    let many = line.repeat((16 << 10) / line.len() + 1);
    loop {
        call.say(&many)?;
    }
}

pub(super) fn date(call: &mut Call) -> Done {
    let format = call
        .arguments
        .iter()
        .find_map(|word| word.strip_prefix('+'));
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    let format = format.unwrap_or("%a %b %e %H:%M:%S UTC %Y");
    match jiff::fmt::strtime::format(format, &now) {
        Ok(text) => {
            call.say(&format!("{text}\n"))?;
            Ok(0)
        }
        Err(_) => call.fail(1, &format!("invalid date format '{format}'")),
    }
}

pub(super) fn basename(call: &mut Call) -> Done {
    let name = files::name(call.argument(0).trim_end_matches('/'));
    let end = call.argument(1);
    let short = name.strip_suffix(end).filter(|short| !short.is_empty());
    let line = format!("{}\n", short.unwrap_or(name));
    call.say(&line)?;
    Ok(0)
}

pub(super) fn dirname(call: &mut Call) -> Done {
    let path = call.argument(0).trim_end_matches('/');
    let folder = if path.contains('/') {
        files::parent(path)
    } else {
        "."
    };
    call.say(&format!("{folder}\n"))?;
    Ok(0)
}
