//! Commands that work with files.

use super::{Call, Done, has, now, value_of};
use crate::demo::shell::{
    expand::is_like,
    files::{Kind, Node, Trouble, absolute, name},
};

/// Every file below some paths.
pub(super) fn all_files(call: &Call, paths: &[String]) -> Vec<String> {
    let here = [".".to_owned()];
    let mut open: Vec<String> = if paths.is_empty() { &here } else { paths }.to_vec();
    let mut found = Vec::new();
    let files = call.shell.files();
    while let Some(path) = open.pop() {
        let place = call.shell.path(&path);
        match files.look(&place) {
            Some(node) if node.is_directory() => {
                let folder = path.trim_end_matches('/');
                let below = files.list(&place).into_iter().rev();
                open.extend(below.map(|(name, _)| format!("{folder}/{name}")));
            }
            Some(Node {
                kind: Kind::Device(_) | Kind::Program,
                ..
            }) => {}
            _ => found.push(path),
        }
    }
    found
}

pub(super) fn find(call: &mut Call) -> Done {
    let is_path = |word: &&String| !word.starts_with('-');
    let mut paths: Vec<String> = call.arguments.iter().take_while(is_path).cloned().collect();
    let tests = &call.arguments[paths.len()..];
    if paths.is_empty() {
        paths.push(".".to_owned());
    }
    let after = |test: &str| {
        let at = tests.iter().position(|word| word == test)?;
        tests.get(at + 1).cloned()
    };
    let (like, kind) = (after("-name"), after("-type"));
    let deepest: usize = after("-maxdepth")
        .and_then(|depth| depth.parse().ok())
        .unwrap_or(usize::MAX);
    let mut code = 0;
    let mut open: Vec<(String, usize)> = paths.into_iter().rev().map(|path| (path, 0)).collect();
    while let Some((path, depth)) = open.pop() {
        let place = call.shell.path(&path);
        let node = call.shell.files().look_at_link(&place).cloned();
        let Some(node) = node.filter(|_| depth <= deepest) else {
            if depth == 0 {
                code = call.fail_at(&path, Trouble::Missing)?;
            }
            continue;
        };
        let is_kind = match kind.as_deref() {
            Some("f") => !node.is_directory() && !matches!(node.kind, Kind::Link(_)),
            Some("d") => node.is_directory(),
            Some("l") => matches!(node.kind, Kind::Link(_)),
            _ => true,
        };
        if is_kind && like.as_ref().is_none_or(|like| is_like(like, name(&path))) {
            call.say(&format!("{path}\n"))?;
        }
        if node.is_directory() {
            let folder = path.trim_end_matches('/');
            let files = call.shell.files();
            let below = files.list(&place).into_iter().rev();
            open.extend(below.map(|(name, _)| (format!("{folder}/{name}"), depth + 1)));
        }
    }
    Ok(code)
}

pub(super) fn mkdir(call: &mut Call) -> Done {
    let (options, paths) = call.options("m");
    let now = now();
    let mut code = 0;
    for path in paths {
        let place = call.shell.path(&path);
        let parents = has(&options, 'p');
        let mut steps: Vec<String> = Vec::new();
        if parents {
            let ends = place.match_indices('/').map(|(at, _)| at).skip(1);
            steps.extend(ends.map(|end| place[..end].to_owned()));
        }
        steps.push(place);
        for step in steps {
            let made = call.shell.files().make(&step, now);
            match made {
                Err(Trouble::Exists) if parents => {}
                Err(why) => {
                    code = call.fail(1, &format!("can't create directory '{path}': {why}"))?;
                    break;
                }
                Ok(()) => {}
            }
        }
    }
    Ok(code)
}

pub(super) fn touch(call: &mut Call) -> Done {
    let (_, paths) = call.options("dtr");
    let now = now();
    let mut code = 0;
    for path in paths {
        let place = call.shell.path(&path);
        let is_folder = call
            .shell
            .files()
            .look(&place)
            .is_some_and(Node::is_directory);
        let done = call.shell.files().write(&place, b"", true, now);
        if let Err(why) = done
            && !is_folder
        {
            code = call.fail_at(&path, why)?;
        }
    }
    Ok(code)
}

pub(super) fn rm(call: &mut Call) -> Done {
    let (options, paths) = call.options("");
    let all = has(&options, 'r') || has(&options, 'R');
    let mut code = 0;
    for path in paths {
        let place = call.shell.path(&path);
        if place == "/" {
            code = call.fail(1, "it is dangerous to operate recursively on '/'")?;
            continue;
        }
        let done = call.shell.files().remove(&place, all);
        match done {
            Ok(()) => {}
            Err(Trouble::Missing) if has(&options, 'f') => {}
            Err(why) => code = call.fail(1, &format!("can't remove '{path}': {why}"))?,
        }
    }
    Ok(code)
}

pub(super) fn rmdir(call: &mut Call) -> Done {
    let (_, paths) = call.options("");
    let mut code = 0;
    for path in paths {
        let place = call.shell.path(&path);
        let mut files = call.shell.files();
        let done = match files.look(&place) {
            Some(node) if !node.is_directory() => Err(Trouble::NotDirectory),
            Some(_) if !files.list(&place).is_empty() => Err(Trouble::NotEmpty),
            _ => files.remove(&place, true),
        };
        drop(files);
        if let Err(why) = done {
            code = call.fail(1, &format!("'{path}': {why}"))?;
        }
    }
    Ok(code)
}

/// Where each of the sources goes: into a folder, or to a new name.
fn targets(call: &Call, paths: &[String]) -> Option<Vec<(String, String)>> {
    let (to, from) = paths.split_last()?;
    let place = call.shell.path(to);
    let is_folder = call
        .shell
        .files()
        .look(&place)
        .is_some_and(Node::is_directory);
    if from.is_empty() || from.len() > 1 && !is_folder {
        return None;
    }
    let target = |path: &String| {
        let end = name(path.trim_end_matches('/'));
        if is_folder {
            absolute(&place, end)
        } else {
            place.clone()
        }
    };
    Some(
        from.iter()
            .map(|path| (path.clone(), target(path)))
            .collect(),
    )
}

pub(super) fn cp(call: &mut Call) -> Done {
    let (options, paths) = call.options("");
    let all = ['r', 'R', 'a'].iter().any(|letter| has(&options, *letter));
    let Some(targets) = targets(call, &paths) else {
        return call.fail(1, "usage: cp [-r] SOURCE... DEST");
    };
    let mut code = 0;
    for (path, to) in targets {
        let from = call.shell.path(&path);
        let done = call.shell.files().copy(&from, &to, all);
        if let Err(why) = done {
            code = match why {
                Trouble::Directory => call.fail(1, &format!("omitting directory '{path}'"))?,
                why => call.fail(1, &format!("can't stat '{path}': {why}"))?,
            };
        }
    }
    Ok(code)
}

pub(super) fn mv(call: &mut Call) -> Done {
    let (_, paths) = call.options("");
    let Some(targets) = targets(call, &paths) else {
        return call.fail(1, "usage: mv SOURCE... DEST");
    };
    let mut code = 0;
    for (path, to) in targets {
        let from = call.shell.path(&path);
        if from == to {
            continue;
        }
        let mut files = call.shell.files();
        let done = files
            .copy(&from, &to, true)
            .and_then(|()| files.remove(&from, true));
        drop(files);
        if let Err(why) = done {
            code = call.fail(1, &format!("can't rename '{path}': {why}"))?;
        }
    }
    Ok(code)
}

pub(super) fn chmod(call: &mut Call) -> Done {
    let Some((mode, paths)) = call.arguments.split_first() else {
        return call.fail(1, "usage: chmod MODE FILE...");
    };
    let mut code = 0;
    for path in paths {
        let place = call.shell.path(path);
        let old = call.shell.files().look(&place).map(|node| node.mode);
        let Some(old) = old else {
            code = call.fail_at(path, Trouble::Missing)?;
            continue;
        };
        let new = match mode.as_str() {
            "+x" | "a+x" => Some(old | 0o111),
            "u+x" => Some(old | 0o100),
            "-x" | "a-x" => Some(old & !0o111),
            "+w" | "u+w" => Some(old | 0o200),
            "-w" | "a-w" => Some(old & !0o222),
            digits => u16::from_str_radix(digits, 8).ok(),
        };
        let Some(new) = new else {
            return call.fail(1, &format!("invalid mode '{mode}'"));
        };
        let done = call.shell.files().change_mode(&place, new & 0o7777);
        if let Err(why) = done {
            code = call.fail_at(path, why)?;
        }
    }
    Ok(code)
}

pub(super) fn readlink(call: &mut Call) -> Done {
    let (options, paths) = call.options("");
    let place = call.shell.path(paths.first().map_or("", String::as_str));
    let target = if value_of(&options, 'f').is_some() {
        Some(call.shell.files().follow(&place))
    } else {
        match call
            .shell
            .files()
            .look_at_link(&place)
            .map(|node| &node.kind)
        {
            Some(Kind::Link(target)) => Some(target.clone()),
            _ => None,
        }
    };
    match target {
        Some(target) => {
            call.say(&format!("{target}\n"))?;
            Ok(0)
        }
        None => Ok(1),
    }
}
