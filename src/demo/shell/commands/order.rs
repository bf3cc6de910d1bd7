//! Commands that put lines in order, or take them apart.

use std::cmp::Ordering;

use super::{Call, Done, has, text::sources, value_of};

pub(super) fn sort(call: &mut Call) -> Done {
    let (options, paths) = call.options("kt");
    let mut lines: Vec<String> = Vec::new();
    for path in sources(&paths) {
        let Some(input) = call.open(&path)? else {
            return Ok(2);
        };
        let all = call.all(&input)?;
        lines.extend(String::from_utf8_lossy(&all).lines().map(str::to_owned));
    }
    let column: usize = value_of(&options, 'k')
        .and_then(|key| key.split([',', '.', 'n', 'r']).next()?.parse().ok())
        .unwrap_or(0);
    let separator = value_of(&options, 't').and_then(|text| text.chars().next());
    let key = |line: &str| -> String {
        match (column, separator) {
            (0, _) => line.to_owned(),
            (column, Some(separator)) => line
                .split(separator)
                .nth(column - 1)
                .unwrap_or_default()
                .to_owned(),
            (column, None) => {
                let words = line.split_whitespace().skip(column - 1);
                words.collect::<Vec<_>>().join(" ")
            }
        }
    };
    let by_key = value_of(&options, 'k').unwrap_or_default();
    let numeric = has(&options, 'n') || by_key.contains('n');
    let compare = |one: &String, other: &String| -> Ordering {
        let (one, other) = (key(one), key(other));
        if numeric || has(&options, 'h') {
            number(&one)
                .total_cmp(&number(&other))
                .then(one.cmp(&other))
        } else if has(&options, 'f') {
            one.to_lowercase().cmp(&other.to_lowercase())
        } else {
            one.cmp(&other)
        }
    };
    lines.sort_by(compare);
    if has(&options, 'r') || by_key.contains('r') {
        lines.reverse();
    }
    if has(&options, 'u') {
        lines.dedup_by(|one, other| compare(one, other) == Ordering::Equal);
    }
    for line in lines {
        call.say(&format!("{line}\n"))?;
    }
    Ok(0)
}

/// The number at the start of a text, with the unit that `sort -h` knows.
fn number(text: &str) -> f64 {
    let text = text.trim_start();
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | '-')))
        .unwrap_or(text.len());
    let number: f64 = text[..end].parse().unwrap_or_default();
    let factor = match text[end..].chars().next() {
        Some('K' | 'k') => 1e3,
        Some('M') => 1e6,
        Some('G') => 1e9,
        _ => 1.0,
    };
    number * factor
}

pub(super) fn uniq(call: &mut Call) -> Done {
    let (options, paths) = call.options("");
    let path = paths.first().map_or("-", String::as_str);
    let Some(input) = call.open(path)? else {
        return Ok(1);
    };
    let mut last: Option<(Vec<u8>, usize)> = None;
    let (counts, repeated, single) = (has(&options, 'c'), has(&options, 'd'), has(&options, 'u'));
    let print = |call: &mut Call, line: &[u8], count: usize| {
        if repeated && count < 2 || single && count > 1 {
            return Ok(());
        }
        if counts {
            call.say(&format!("{count:>7} "))?;
        }
        call.write(line)?;
        call.say("\n")
    };
    call.lines(&input, &mut |call, line| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        match &mut last {
            Some((same, count)) if same == line => *count += 1,
            _ => {
                if let Some((line, count)) = last.replace((line.to_vec(), 1)) {
                    print(call, &line, count)?;
                }
            }
        }
        Ok(true)
    })?;
    if let Some((line, count)) = last {
        print(call, &line, count)?;
    }
    Ok(0)
}

pub(super) fn cut(call: &mut Call) -> Done {
    let (options, paths) = call.options("dfc");
    let separator = value_of(&options, 'd').and_then(|text| text.chars().next());
    let separator = separator.unwrap_or('\t');
    let by_letters = has(&options, 'c');
    let list = value_of(&options, if by_letters { 'c' } else { 'f' }).unwrap_or_default();
    let ranges: Option<Vec<(usize, usize)>> = list.split(',').map(range).collect();
    let Some(ranges) = ranges else {
        return call.fail(1, "expected a list of bytes, characters, or fields");
    };
    let is_in = |index: usize| {
        ranges
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&(index + 1)))
    };
    for path in sources(&paths) {
        let Some(input) = call.open(&path)? else {
            return Ok(1);
        };
        call.lines(&input, &mut |call, line| {
            let text = String::from_utf8_lossy(line);
            let text = text.trim_end_matches('\n');
            let kept = if by_letters {
                let letters = text.chars().enumerate();
                letters
                    .filter(|(index, _)| is_in(*index))
                    .map(|(_, letter)| letter)
                    .collect()
            } else if text.contains(separator) {
                let fields = text.split(separator).enumerate();
                let kept: Vec<&str> = fields
                    .filter(|(index, _)| is_in(*index))
                    .map(|(_, field)| field)
                    .collect();
                kept.join(&separator.to_string())
            } else {
                text.to_owned()
            };
            call.say(&format!("{kept}\n"))?;
            Ok(true)
        })?;
    }
    Ok(0)
}

/// `3`, `2-4`, `-4`, `2-`
fn range(text: &str) -> Option<(usize, usize)> {
    let side = |text: &str, open: usize| {
        if text.is_empty() {
            Some(open)
        } else {
            text.parse().ok()
        }
    };
    match text.split_once('-') {
        Some((from, to)) => Some((side(from, 1)?, side(to, usize::MAX)?)),
        None => text.parse().ok().map(|one| (one, one)),
    }
}

pub(super) fn tr(call: &mut Call) -> Done {
    let (options, sets) = call.options("");
    let from = letters(sets.first().map_or("", String::as_str));
    let to = letters(sets.get(1).map_or("", String::as_str));
    let input = call.io.input.clone();
    let mut last = None;
    call.lines(&input, &mut |call, line| {
        let mut out = String::new();
        for letter in String::from_utf8_lossy(line).chars() {
            let place = from.iter().position(|own| *own == letter);
            let new = match place {
                Some(_) if has(&options, 'd') => continue,
                Some(at) if !to.is_empty() => to[at.min(to.len() - 1)],
                _ => letter,
            };
            if place.is_some() && has(&options, 's') && last == Some(new) {
                continue;
            }
            last = Some(new);
            out.push(new);
        }
        call.say(&out)?;
        Ok(true)
    })?;
    Ok(0)
}

/// The letters of a set as `tr` writes it.
fn letters(text: &str) -> Vec<char> {
    const CLASSES: [(&str, &str); 4] = [
        ("[:lower:]", "a-z"),
        ("[:upper:]", "A-Z"),
        ("[:digit:]", "0-9"),
        ("[:space:]", " \t\n\r"),
    ];
    let mut text = text
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\0", "\0");
    for (class, meaning) in CLASSES {
        text = text.replace(class, meaning);
    }
    let plain: Vec<char> = text.chars().collect();
    let mut letters = Vec::new();
    let mut at = 0;
    while at < plain.len() {
        if plain.get(at + 1) == Some(&'-') && at + 2 < plain.len() {
            letters.extend(plain[at]..=plain[at + 2]);
            at += 3;
        } else {
            letters.push(plain[at]);
            at += 1;
        }
    }
    letters
}
