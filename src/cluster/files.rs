//! Kubeconfig files: which ones, read and merged as kubectl does.
//!
//! Knows nothing of contexts and clusters; `kubeconfig` chooses among what is read here.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf, absolute},
};

use kube::config::Kubeconfig;

use super::surroundings::Surroundings;
use crate::model::{Cause, Problem, sanitize::clean_within};

/// What was read, and from where.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) merged: Kubeconfig,
    pub(super) read: Vec<PathBuf>,
    /// Named by `KUBECONFIG` or the default place, and not there.
    pub(super) missing: Vec<PathBuf>,
}

impl Files {
    /// For sentences: `~/.kube/config`, or the list of files.
    pub(super) fn named(&self) -> String {
        list(&self.read)
    }
}

/// Reads `--kubeconfig`, else `KUBECONFIG`, else `~/.kube/config`. Only a file that was asked for by flag must exist.
pub(super) fn read(flag: Option<&Path>, around: &Surroundings) -> Result<Files, Problem> {
    if let Some(path) = flag {
        let config = read_one(path)?.ok_or_else(|| {
            Problem::new(
                Cause::Config,
                format!("There is no kubeconfig at {}", path.display()),
            )
            .hint("Check the path given to --kubeconfig")
        })?;
        return Ok(Files {
            merged: config,
            read: vec![path.to_owned()],
            missing: Vec::new(),
        });
    }
    let listed: Vec<PathBuf> = around
        .variables
        .get("KUBECONFIG")
        .map(|value| std::env::split_paths(value).collect())
        .unwrap_or_default();
    let mut paths: Vec<PathBuf> = listed
        .into_iter()
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    if paths.is_empty() {
        paths.extend(around.home.as_ref().map(|home| home.join(".kube/config")));
    }
    let mut files = Files::default();
    for path in paths {
        match read_one(&path)? {
            Some(config) => {
                merge(&mut files.merged, config);
                files.read.push(path);
            }
            None => files.missing.push(path),
        }
    }
    Ok(files)
}

/// One file with its relative paths made absolute; None where there is no such file.
fn read_one(path: &Path) -> Result<Option<Kubeconfig>, Problem> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let what = format!("Cannot read the kubeconfig {}: {error}", path.display());
            return Err(Problem::new(Cause::Config, what).hint("Check its owner and mode"));
        }
    };
    let text = decode(&bytes).ok_or_else(|| {
        let what = format!("The kubeconfig {} is not text", path.display());
        Problem::new(Cause::Config, what).hint("It should be YAML in UTF-8")
    })?;
    let documents: Vec<Kubeconfig> =
        serde_saphyr::from_multiple(&text).map_err(|error| broken(path, &error))?;
    let mut config = Kubeconfig::default();
    for document in documents {
        merge(&mut config, document);
    }
    let file = absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = file.parent() {
        anchor(&mut config, folder);
    }
    Ok(Some(config))
}

/// UTF-8 with or without a mark, or UTF-16 with one (what PowerShell redirects write).
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |join: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units = bytes.chunks_exact(2).map(|pair| join([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<_, _>>().ok()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        plain => String::from_utf8(plain.to_vec()).ok(),
    }
}

fn broken(path: &Path, error: &serde_saphyr::Error) -> Problem {
    // The snippet would show neighbouring lines, and those may hold a token.
    let error = error.without_snippet();
    let place = error
        .location()
        .map(|at| format!(", line {}", at.line()))
        .unwrap_or_default();
    let said = error.to_string();
    let said = said
        .lines()
        .next()
        .and_then(|line| line.split(" at line ").next())
        .unwrap_or_default();
    let what = format!(
        "The kubeconfig {}{place} cannot be read as YAML: {}",
        path.display(),
        clean_within(said, 200)
    );
    Problem::new(Cause::Config, what).hint("Correct the file, or choose another with --kubeconfig")
}

/// Paths inside a kubeconfig are relative to its own folder; plugin commands only if they are paths at all.
fn anchor(config: &mut Kubeconfig, folder: &Path) {
    let fix = |path: &mut Option<String>| {
        if let Some(relative) = path.as_deref().filter(|path| !path.is_empty()) {
            *path = Some(folder.join(relative).to_string_lossy().into_owned());
        }
    };
    for cluster in config
        .clusters
        .iter_mut()
        .filter_map(|named| named.cluster.as_mut())
    {
        fix(&mut cluster.certificate_authority);
    }
    for user in config
        .auth_infos
        .iter_mut()
        .filter_map(|named| named.auth_info.as_mut())
    {
        fix(&mut user.client_certificate);
        fix(&mut user.client_key);
        fix(&mut user.token_file);
        if let Some(exec) = &mut user.exec
            && exec
                .command
                .as_deref()
                .is_some_and(|command| command.contains(std::path::is_separator))
        {
            fix(&mut exec.command);
        }
    }
}

/// The first file to set a name wins, whole; an empty current-context sets nothing.
fn merge(into: &mut Kubeconfig, next: Kubeconfig) {
    fn add<T>(base: &mut Vec<T>, more: Vec<T>, name: fn(&T) -> &str) {
        for item in more {
            if !base.iter().any(|known| name(known) == name(&item)) {
                base.push(item);
            }
        }
    }
    add(&mut into.clusters, next.clusters, |named| &named.name);
    add(&mut into.auth_infos, next.auth_infos, |named| &named.name);
    add(&mut into.contexts, next.contexts, |named| &named.name);
    let current = next.current_context.filter(|name| !name.is_empty());
    into.current_context = into.current_context.take().or(current);
}

pub(super) fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    names.join(", ")
}
