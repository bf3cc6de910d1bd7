//! Commands that read text and pass it on, changed.

use std::time::Duration;

use ::base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{Call, Done, has, now, pattern::Pattern, value_of};

/// The files named, or stdin.
pub(super) fn sources(paths: &[String]) -> Vec<String> {
    if paths.is_empty() {
        vec!["-".to_owned()]
    } else {
        paths.to_vec()
    }
}

pub(super) fn cat(call: &mut Call) -> Done {
    let (options, paths) = call.options("");
    let numbered = has(&options, 'n');
    let mut code = 0;
    let mut number = 0;
    for path in sources(&paths) {
        let Some(input) = call.open(&path)? else {
            code = 1;
            continue;
        };
        if numbered {
            call.lines(&input, &mut |call, line| {
                number += 1;
                call.say(&format!("{number:>6}\t"))?;
                call.write(line)?;
                Ok(true)
            })?;
            continue;
        }
        while let Some(piece) = call.read(&input)? {
            call.write(&piece)?;
        }
    }
    Ok(code)
}

pub(super) fn tee(call: &mut Call) -> Done {
    let (options, paths) = call.options("");
    let mut files = Vec::new();
    for path in paths {
        match call.shell.create(&path, has(&options, 'a')) {
            Ok(file) => files.push(file),
            Err(why) => {
                call.fail_at(&path, why)?;
            }
        }
    }
    let input = call.io.input.clone();
    while let Some(piece) = call.read(&input)? {
        call.write(&piece)?;
        let now = now();
        for file in &files {
            file.write(&piece, now)?;
        }
    }
    Ok(0)
}

/// `-n 5`, `-5` or nothing.
fn count(call: &Call) -> (Vec<(char, String)>, Vec<String>, String) {
    let first = call.argument(0);
    let digits = first.strip_prefix('-').unwrap_or_default();
    let is_count = !digits.is_empty() && digits.chars().all(|letter| letter.is_ascii_digit());
    let (mut options, mut paths) = call.options("nc");
    if is_count {
        options.retain(|(letter, _)| !letter.is_ascii_digit());
        paths.retain(|path| path != first);
    }
    let lines = value_of(&options, 'n').unwrap_or(if is_count { digits } else { "10" });
    let lines = lines.to_owned();
    (options, paths, lines)
}

pub(super) fn head(call: &mut Call) -> Done {
    let (options, paths, lines) = count(call);
    let most: usize = match value_of(&options, 'c').unwrap_or(&lines).parse() {
        Ok(most) => most,
        Err(_) => return call.fail(1, &format!("invalid number '{lines}'")),
    };
    let by_bytes = has(&options, 'c');
    let mut code = 0;
    let several = paths.len() > 1;
    for path in sources(&paths) {
        let Some(input) = call.open(&path)? else {
            code = 1;
            continue;
        };
        if several {
            call.say(&format!("==> {path} <==\n"))?;
        }
        let mut left = most;
        if by_bytes {
            while left > 0
                && let Some(piece) = call.read(&input)?
            {
                let taken = left.min(piece.len());
                call.write(&piece[..taken])?;
                input.unread(&piece[taken..]);
                left -= taken;
            }
        } else if left > 0 {
            call.lines(&input, &mut |call, line| {
                call.write(line)?;
                left -= 1;
                Ok(left > 0)
            })?;
        }
    }
    Ok(code)
}

pub(super) fn tail(call: &mut Call) -> Done {
    let (options, paths, lines) = count(call);
    let from_start = lines.starts_with('+');
    let Ok(number) = lines.trim_start_matches(['+', '-']).parse::<usize>() else {
        return call.fail(1, &format!("invalid number '{lines}'"));
    };
    let mut code = 0;
    let mut ends = Vec::new();
    for path in sources(&paths) {
        let Some(input) = call.open(&path)? else {
            code = 1;
            continue;
        };
        let all = call.all(&input)?;
        ends.push((path, all.len()));
        let starts: Vec<usize> = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', &all).map(|at| at + 1))
            .filter(|at| *at < all.len())
            .collect();
        let first = if let Some(bytes) = value_of(&options, 'c') {
            all.len().saturating_sub(bytes.parse().unwrap_or_default())
        } else {
            let skipped = if from_start {
                number.saturating_sub(1)
            } else {
                starts.len().saturating_sub(number)
            };
            starts.get(skipped).copied().unwrap_or(all.len())
        };
        call.write(&all[first..])?;
    }
    if !has(&options, 'f') && !has(&options, 'F') {
        return Ok(code);
    }
    ends.retain(|(path, _)| path != "-");
    while !ends.is_empty() {
        call.wait(Duration::from_millis(250))?;
        for (path, end) in &mut ends {
            let all = call.shell.read_file(path).unwrap_or_default();
            if all.len() < *end {
                *end = 0;
            }
            call.write(&all[*end..])?;
            *end = all.len();
        }
    }
    Ok(code)
}

pub(super) fn grep(call: &mut Call) -> Done {
    let (options, mut paths) = call.options("emABC");
    let pattern = match value_of(&options, 'e') {
        Some(pattern) => pattern.to_owned(),
        None if paths.is_empty() => {
            return call.fail(2, "usage: grep [-ivncqorlE] PATTERN [FILE]...");
        }
        None => paths.remove(0),
    };
    let on = |letter| has(&options, letter);
    if on('r') || on('R') {
        paths = super::disk::all_files(call, if paths.is_empty() { &[] } else { &paths });
    }
    let named = paths.len() > 1 && !on('h') || on('H') || on('r');
    let colours = call.is_on_terminal();
    let pattern = if on('F') {
        Pattern::plain(&pattern, on('i'))
    } else {
        Pattern::new(&pattern, on('i'))
    };
    let mut code = 1;
    for path in sources(&paths) {
        let Some(input) = call.open(&path)? else {
            code = 2;
            continue;
        };
        let (mut number, mut found) = (0, 0_usize);
        call.lines(&input, &mut |call, line| {
            number += 1;
            let text = String::from_utf8_lossy(line);
            let text = text.strip_suffix('\n').unwrap_or(&text);
            let place = pattern.find(text);
            if place.is_some() == on('v') {
                return Ok(true);
            }
            found += 1;
            if on('q') || on('l') {
                return Ok(false);
            }
            if on('c') {
                return Ok(true);
            }
            if named {
                call.say(&format!("{path}:"))?;
            }
            if on('n') {
                call.say(&format!("{number}:"))?;
            }
            match place {
                Some((from, to)) if on('o') => call.say(&format!("{}\n", &text[from..to]))?,
                Some((from, to)) if colours && from < to => call.say(&format!(
                    "{}\x1b[1;31m{}\x1b[m{}\n",
                    &text[..from],
                    &text[from..to],
                    &text[to..]
                ))?,
                _ => call.say(&format!("{text}\n"))?,
            }
            Ok(true)
        })?;
        if found > 0 && code == 1 {
            code = 0;
        }
        if on('c') {
            call.say(&if named {
                format!("{path}:{found}\n")
            } else {
                format!("{found}\n")
            })?;
        }
        if on('l') && found > 0 {
            call.say(&format!("{path}\n"))?;
        }
    }
    Ok(code)
}

pub(super) fn wc(call: &mut Call) -> Done {
    let (options, paths) = call.options("");
    let mut code = 0;
    let mut totals = [0; 4];
    let shown: Vec<usize> = "lwmc"
        .char_indices()
        .filter(|(_, letter)| has(&options, *letter) || options.is_empty() && *letter != 'm')
        .map(|(index, _)| index)
        .collect();
    let print = |call: &mut Call, counts: [usize; 4], path: &str| {
        let columns: Vec<String> = shown
            .iter()
            .map(|index| {
                if shown.len() == 1 {
                    counts[*index].to_string()
                } else {
                    format!("{:>9}", counts[*index])
                }
            })
            .collect();
        let name = if path == "-" {
            String::new()
        } else {
            format!(" {path}")
        };
        call.say(&format!("{}{name}\n", columns.concat()))
    };
    for path in sources(&paths) {
        let Some(input) = call.open(&path)? else {
            code = 1;
            continue;
        };
        let mut counts = [0; 4];
        call.lines(&input, &mut |_, line| {
            counts[0] += usize::from(line.ends_with(b"\n"));
            let text = String::from_utf8_lossy(line);
            counts[1] += text.split_whitespace().count();
            counts[2] += text.chars().count();
            counts[3] += line.len();
            Ok(true)
        })?;
        for (total, count) in totals.iter_mut().zip(counts) {
            *total += count;
        }
        print(call, counts, &path)?;
    }
    if paths.len() > 1 {
        print(call, totals, "total")?;
    }
    Ok(code)
}

pub(super) fn base64(call: &mut Call) -> Done {
    let (options, paths) = call.options("w");
    let path = paths.first().map_or("-", String::as_str);
    let Some(input) = call.open(path)? else {
        return Ok(1);
    };
    let bytes = call.all(&input)?;
    if has(&options, 'd') {
        let text: String = String::from_utf8_lossy(&bytes).split_whitespace().collect();
        return match BASE64_STANDARD.decode(text) {
            Ok(plain) => {
                call.write(&plain)?;
                Ok(0)
            }
            Err(_) => call.fail(1, "truncated input"),
        };
    }
    let width = value_of(&options, 'w').and_then(|width| width.parse().ok());
    let text = BASE64_STANDARD.encode(bytes);
    match width.unwrap_or(76) {
        0 => call.say(&text)?,
        width => {
            for line in text.as_bytes().chunks(width) {
                call.write(line)?;
                call.say("\n")?;
            }
        }
    }
    Ok(0)
}
