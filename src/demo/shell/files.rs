//! Files in memory: paths to nodes, and nothing of the machine.

use std::collections::BTreeMap;

/// All files together may not hold more.
const SPACE: usize = 64 << 20;

/// Why a file cannot be had, in the words of `strerror`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
pub(super) enum Trouble {
    #[strum(serialize = "No such file or directory")]
    Missing,
    #[strum(serialize = "Is a directory")]
    Directory,
    #[strum(serialize = "Not a directory")]
    NotDirectory,
    #[strum(serialize = "File exists")]
    Exists,
    #[strum(serialize = "Directory not empty")]
    NotEmpty,
    #[strum(serialize = "Read-only file system")]
    ReadOnly,
    #[strum(serialize = "No space left on device")]
    Full,
    #[strum(serialize = "Permission denied")]
    Denied,
    #[strum(serialize = "Invalid argument")]
    Invalid,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Directory,
    File(Vec<u8>),
    /// Made when it is read, from what is so at that moment.
    Live(Live),
    Link(String),
    Device(Device),
    Program,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Device {
    Null,
    Zero,
    Random,
    Terminal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Live {
    Uptime,
    Load,
    Memory,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) mode: u16,
    /// Seconds since the epoch.
    pub(super) time: i64,
}

impl Node {
    pub(super) fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory)
    }

    pub(super) fn is_program(&self) -> bool {
        matches!(self.kind, Kind::Program)
            || matches!(self.kind, Kind::File(_)) && self.mode & 0o111 != 0
    }

    pub(super) fn size(&self) -> usize {
        match &self.kind {
            Kind::Directory => 4096,
            Kind::File(bytes) => bytes.len(),
            Kind::Link(target) => target.len(),
            Kind::Program => 1_123_112,
            Kind::Live(_) | Kind::Device(_) => 0,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    nodes: BTreeMap<String, Node>,
    /// Folders below which nothing can be changed.
    sealed: Vec<String>,
    used: usize,
}

/// A path from the root, without `.` and `..`.
pub(super) fn absolute(from: &str, path: &str) -> String {
    let whole = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{from}/{path}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The folder of an absolute path.
pub(super) fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => &path[..at],
    }
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

impl Files {
    /// Puts a node in place, with the folders above it. For building a world; nothing is refused.
    pub(super) fn put(&mut self, path: &str, kind: Kind, mode: u16, time: i64) {
        let path = absolute("/", path);
        let mut above = path.as_str();
        while above != "/" {
            above = parent(above);
            self.nodes.entry(above.to_owned()).or_insert(Node {
                kind: Kind::Directory,
                mode: 0o755,
                time,
            });
        }
        self.nodes.insert(path, Node { kind, mode, time });
    }

    pub(super) fn seal(&mut self, path: &str) {
        self.sealed.push(absolute("/", path));
    }

    /// Where a path leads when links are followed.
    pub(super) fn follow(&self, path: &str) -> String {
        let mut path = path.to_owned();
        // A chain that is longer goes in circles.
        for _ in 0..16 {
            let Some((at, target)) = self.link_in(&path) else {
                return path;
            };
            let rest = path[at.len()..].to_owned();
            path = absolute("/", &format!("{}{rest}", absolute(parent(&at), &target)));
        }
        path
    }

    /// The first part of a path that is a link.
    fn link_in(&self, path: &str) -> Option<(String, String)> {
        let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
        ends.chain([path.len()]).find_map(|end| {
            let part = &path[..end];
            match &self.nodes.get(part)?.kind {
                Kind::Link(target) => Some((part.to_owned(), target.clone())),
                _ => None,
            }
        })
    }

    /// The node at an absolute path, through links.
    pub(super) fn look(&self, path: &str) -> Option<&Node> {
        self.nodes.get(&self.follow(path))
    }

    /// The node itself, be it a link.
    pub(super) fn look_at_link(&self, path: &str) -> Option<&Node> {
        let place = format!("{}/{}", self.follow(parent(path)), name(path));
        self.nodes.get(&absolute("/", &place))
    }

    /// What is in a folder, by name.
    pub(super) fn list(&self, path: &str) -> Vec<(String, &Node)> {
        let path = self.follow(path);
        let prefix = if path == "/" {
            "/".to_owned()
        } else {
            format!("{path}/")
        };
        let below = self.nodes.range(prefix.clone()..);
        below
            .take_while(|(path, _)| path.starts_with(&prefix))
            .filter(|(path, _)| path.len() > prefix.len() && !path[prefix.len()..].contains('/'))
            .map(|(path, node)| (path[prefix.len()..].to_owned(), node))
            .collect()
    }

    fn check(&self, path: &str) -> Result<(), Trouble> {
        let is_in = |folder: &String| {
            path == folder
                || path
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        if self.sealed.iter().any(is_in) {
            return Err(Trouble::ReadOnly);
        }
        match self.nodes.get(parent(path)) {
            None => Err(Trouble::Missing),
            Some(node) if !node.is_directory() => Err(Trouble::NotDirectory),
            Some(_) => Ok(()),
        }
    }

    /// Writes a file: from its beginning, or at its end.
    pub(super) fn write(
        &mut self,
        path: &str,
        bytes: &[u8],
        append: bool,
        time: i64,
    ) -> Result<(), Trouble> {
        let path = self.follow(path);
        if let Some(node) = self.nodes.get(&path) {
            match node.kind {
                Kind::Directory => return Err(Trouble::Directory),
                Kind::Device(_) => return Ok(()),
                Kind::Live(_) => return Err(Trouble::Denied),
                _ => {}
            }
        }
        self.check(&path)?;
        if self.used + bytes.len() > SPACE {
            return Err(Trouble::Full);
        }
        let node = self.nodes.entry(path).or_insert(Node {
            kind: Kind::File(Vec::new()),
            mode: 0o644,
            time,
        });
        node.time = time;
        if !matches!(node.kind, Kind::File(_)) {
            node.kind = Kind::File(Vec::new());
        }
        if let Kind::File(content) = &mut node.kind {
            if !append {
                self.used = self.used.saturating_sub(content.len());
                content.clear();
            }
            content.extend_from_slice(bytes);
            self.used += bytes.len();
        }
        Ok(())
    }

    /// Makes a folder.
    pub(super) fn make(&mut self, path: &str, time: i64) -> Result<(), Trouble> {
        let path = self.follow(path);
        if self.nodes.contains_key(&path) {
            return Err(Trouble::Exists);
        }
        self.check(&path)?;
        self.put(&path, Kind::Directory, 0o755, time);
        Ok(())
    }

    /// Removes a file, or with `all` a folder and what is below.
    pub(super) fn remove(&mut self, path: &str, all: bool) -> Result<(), Trouble> {
        let path = absolute(
            "/",
            &format!("{}/{}", self.follow(parent(path)), name(path)),
        );
        let node = self.nodes.get(&path).ok_or(Trouble::Missing)?;
        if node.is_directory() && !all {
            return Err(Trouble::Directory);
        }
        self.check(&path)?;
        let below = format!("{path}/");
        let keeps = |at: &String| *at != path && !at.starts_with(&below);
        let gone: usize = self
            .nodes
            .iter()
            .filter(|(at, _)| !keeps(at))
            .map(|(_, node)| match &node.kind {
                Kind::File(bytes) => bytes.len(),
                _ => 0,
            })
            .sum();
        self.used = self.used.saturating_sub(gone);
        self.nodes.retain(|at, _| keeps(at));
        Ok(())
    }

    /// Copies a node, with `all` also what is below it.
    pub(super) fn copy(&mut self, from: &str, to: &str, all: bool) -> Result<(), Trouble> {
        let (from, to) = (self.follow(from), self.follow(to));
        let node = self.nodes.get(&from).ok_or(Trouble::Missing)?;
        if node.is_directory() && !all {
            return Err(Trouble::Directory);
        }
        let below = format!("{from}/");
        if to == from || to.starts_with(&below) {
            return Err(Trouble::Invalid);
        }
        self.check(&to)?;
        let copied: Vec<(String, Node)> = self
            .nodes
            .iter()
            .filter(|(at, _)| **at == from || at.starts_with(&below))
            .map(|(at, node)| (format!("{to}{}", &at[from.len()..]), node.clone()))
            .collect();
        let more: usize = copied.iter().map(|(_, node)| node.size()).sum();
        if self.used + more > SPACE {
            return Err(Trouble::Full);
        }
        self.used += more;
        self.nodes.extend(copied);
        Ok(())
    }

    /// Changes the permissions of a node.
    pub(super) fn change_mode(&mut self, path: &str, mode: u16) -> Result<(), Trouble> {
        let path = self.follow(path);
        self.check(&path)?;
        let node = self.nodes.get_mut(&path).ok_or(Trouble::Missing)?;
        node.mode = mode;
        Ok(())
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
