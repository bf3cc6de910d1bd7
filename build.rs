//! What `--version` says: the version, and of which commit it is where that is known.
//!
//! In a checkout git tells; in a package `cargo package` has written it down; elsewhere there is nothing to say. It is
//! asked for again when HEAD has moved, and for no other reason.

use std::{env, fs, path::Path, process::Command};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let commit = of_git().or_else(of_package);
    let version = commit.map_or(version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo:rustc-env=BARKEEP_VERSION={version}");
}

/// Commit and date of the checkout that this is. One that this was only unpacked in is none of ours.
fn of_git() -> Option<String> {
    let root = git(&["rev-parse", "--show-toplevel"])?;
    let here = env::var("CARGO_MANIFEST_DIR").ok()?;
    if fs::canonicalize(root).ok()? != fs::canonicalize(here).ok()? {
        return None;
    }
    // The log of HEAD grows with every commit and checkout; without it HEAD and what it points to must do.
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    let moves = ["logs/HEAD", "HEAD"].into_iter().chain(branch.as_deref());
    let watched = moves.filter_map(|name| git(&["rev-parse", "--git-path", name]));
    for path in watched.filter(|path| Path::new(path).exists()) {
        println!("cargo:rerun-if-changed={path}");
    }
    git(&["log", "-1", "--format=%h %cs"])
}

/// What `cargo package` has noted.
fn of_package() -> Option<String> {
    let noted = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = noted.split_once("\"sha1\": \"")?;
    Some(rest.get(..9)?.to_owned())
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}
