//! Where barkeep's own files are, by the customs of the system.

use std::path::PathBuf;

use directories::ProjectDirs;

/// The settings. Nothing where the person has no home directory.
pub fn config() -> Option<PathBuf> {
    Some(ours()?.config_dir().join("config.toml"))
}

/// The person's own themes.
pub fn themes() -> Option<PathBuf> {
    Some(ours()?.config_dir().join("themes"))
}

/// The log.
pub fn log() -> Option<PathBuf> {
    Some(state()?.join("barkeep.log"))
}

/// Answers that were given once; see [`crate::memory`].
pub fn memory() -> Option<PathBuf> {
    Some(state()?.join("memory.toml"))
}

/// What is kept between runs and is nobody's setting.
fn state() -> Option<PathBuf> {
    let ours = ours()?;
    Some(
        ours.state_dir()
            .unwrap_or_else(|| ours.data_local_dir())
            .to_owned(),
    )
}

fn ours() -> Option<ProjectDirs> {
    ProjectDirs::from("dev", "barkeep", "barkeep")
}
