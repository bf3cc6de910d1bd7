//! `ls`.

use super::{Call, Done, has};
use crate::demo::shell::files::{Kind, Node, Trouble, absolute};

/// Colours as `ls` has them.
fn colour(node: &Node) -> &'static str {
    match &node.kind {
        Kind::Directory => "\x1b[1;34m",
        Kind::Link(_) => "\x1b[1;36m",
        Kind::Device(_) => "\x1b[1;33m",
        _ if node.is_program() => "\x1b[1;32m",
        _ => "",
    }
}

fn painted(name: &str, node: &Node, colours: bool) -> String {
    match colour(node) {
        "" => name.to_owned(),
        colour if colours => format!("{colour}{name}\x1b[m"),
        _ => name.to_owned(),
    }
}

/// `drwxr-xr-x`
fn permissions(node: &Node) -> String {
    let kind = match node.kind {
        Kind::Directory => 'd',
        Kind::Link(_) => 'l',
        Kind::Device(_) => 'c',
        _ => '-',
    };
    let mode = node.mode;
    let bits = (0..9).rev().map(|bit| {
        let letter = ['x', 'w', 'r'][bit % 3];
        if mode >> bit & 1 == 1 { letter } else { '-' }
    });
    let mut text: String = std::iter::once(kind).chain(bits).collect();
    if mode & 0o1000 != 0 {
        text.pop();
        text.push('t');
    }
    text
}

fn size(bytes: usize, human: bool) -> String {
    const UNITS: [&str; 4] = ["", "K", "M", "G"];
    if !human {
        return bytes.to_string();
    }
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1_024.0 && unit + 1 < UNITS.len() {
        value /= 1_024.0;
        unit += 1;
    }
    if unit == 0 {
        bytes.to_string()
    } else {
        format!("{value:.1}{}", UNITS[unit])
    }
}

pub(super) fn ls(call: &mut Call) -> Done {
    let (options, paths) = call.options("");
    let paths = if paths.is_empty() {
        vec![".".to_owned()]
    } else {
        paths
    };
    let paths: Vec<String> = paths
        .into_iter()
        .filter(|path| !path.starts_with("--"))
        .collect();
    let on = |letter| has(&options, letter);
    let mut code = 0;
    let mut single = Vec::new();
    let mut folders = Vec::new();
    for path in &paths {
        let place = call.shell.path(path);
        let found = if on('l') && !path.ends_with('/') {
            call.shell.files().look_at_link(&place).cloned()
        } else {
            call.shell.files().look(&place).cloned()
        };
        match found {
            None => code = call.fail_at(path, Trouble::Missing)?,
            Some(node) if node.is_directory() && !on('d') => folders.push((path.clone(), place)),
            Some(node) => single.push((path.clone(), node)),
        }
    }
    let several = folders.len() > 1 || !single.is_empty() || on('R');
    if !single.is_empty() {
        entries(call, single, &options)?;
    }
    let mut index = 0;
    while let Some((shown, place)) = folders.get(index).cloned() {
        if several {
            call.say(&format!("{}{shown}:\n", if index > 0 { "\n" } else { "" }))?;
        }
        let mut nodes: Vec<(String, Node)> = call
            .shell
            .files()
            .list(&place)
            .into_iter()
            .filter(|(name, _)| on('a') || on('A') || !name.starts_with('.'))
            .map(|(name, node)| (name, node.clone()))
            .collect();
        if on('R') {
            let below = nodes.iter().filter(|(_, node)| node.is_directory());
            let below: Vec<_> = below
                .map(|(name, _)| (format!("{shown}/{name}"), absolute(&place, name)))
                .collect();
            let after = index + 1;
            folders.splice(after..after, below);
        }
        if on('a') {
            for (at, name) in [(0, "."), (1, "..")] {
                let node = call.shell.files().look(&absolute(&place, name)).cloned();
                if let Some(node) = node {
                    nodes.insert(at, (name.to_owned(), node));
                }
            }
        }
        if on('l') {
            call.say(&format!("total {}\n", nodes.len() * 4))?;
        }
        entries(call, nodes, &options)?;
        index += 1;
    }
    Ok(code)
}

fn entries(
    call: &mut Call,
    mut nodes: Vec<(String, Node)>,
    options: &[(char, String)],
) -> std::io::Result<()> {
    let on = |letter| has(options, letter);
    if on('t') {
        nodes.sort_by_key(|(_, node)| -node.time);
    }
    if on('S') {
        nodes.sort_by_key(|(_, node)| usize::MAX - node.size());
    }
    if on('r') {
        nodes.reverse();
    }
    let colours = call.is_on_terminal();
    let named = |name: &str, node: &Node| {
        let mark = match &node.kind {
            Kind::Directory if on('F') || on('p') => "/",
            Kind::Link(_) if on('F') => "@",
            Kind::Program if on('F') => "*",
            _ => "",
        };
        format!("{}{mark}", painted(name, node, colours))
    };
    if on('l') {
        for (name, node) in &nodes {
            let time = jiff::Timestamp::from_second(node.time).unwrap_or_default();
            let target = match &node.kind {
                Kind::Link(target) => format!(" -> {target}"),
                _ => String::new(),
            };
            let links = if node.is_directory() { 2 } else { 1 };
            call.say(&format!(
                "{}    {links} root     root     {:>9} {} {}{target}\n",
                permissions(node),
                size(node.size(), on('h')),
                time.strftime("%b %e %H:%M"),
                named(name, node)
            ))?;
        }
        return Ok(());
    }
    if !colours || on('1') {
        for (name, node) in &nodes {
            call.say(&format!("{}\n", named(name, node)))?;
        }
        return Ok(());
    }
    // Columns, filled downwards.
    let width = |name: &str| unicode_width::UnicodeWidthStr::width(name) + 2;
    let widest = nodes.iter().map(|(name, _)| width(name)).max().unwrap_or(2);
    let screen = call
        .shell
        .console
        .size()
        .map_or(80, |(columns, _)| usize::from(columns));
    let rows = nodes.len().div_ceil((screen / widest).max(1));
    for row in 0..rows {
        let mut line = String::new();
        for (name, node) in nodes.iter().skip(row).step_by(rows) {
            line.push_str(&named(name, node));
            line.push_str(&" ".repeat(widest - width(name) + 2));
        }
        call.say(&format!("{}\n", line.trim_end()))?;
    }
    Ok(())
}
