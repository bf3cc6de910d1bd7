//! The log: a file, for whoever looks into a mistake. Never the screen, and never a reason not to start.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    sync::Mutex,
};

use tracing_subscriber::{
    Layer as _, filter::Targets, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// Beyond this the log of earlier runs is put aside, and the one put aside before it is lost.
const LIMIT: u64 = 5 << 20;

/// What is logged where nobody says.
const LEVEL: tracing::Level = tracing::Level::WARN;

/// Logs to that file from now on, what `wanted` says (`BARKEEP_LOG`; `debug`, `barkeep::cluster=trace`).
pub fn start(path: &Path, wanted: Option<&str>) -> io::Result<()> {
    let file = open(path)?;
    let filter: Option<Targets> = wanted.and_then(|wanted| wanted.parse().ok());
    let layer = fmt::layer()
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .with_filter(filter.unwrap_or_else(|| Targets::new().with_default(LEVEL)));
    tracing_subscriber::registry()
        .with(layer)
        .try_init()
        .map_err(io::Error::other)
}

/// The file, for its owner's eyes only: names of clusters and people are in it.
fn open(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    if fs::metadata(path).is_ok_and(|found| found.len() > LIMIT) {
        fs::rename(path, path.with_extension("log.old"))?;
    }
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a directory of the test's own can be written"
    )]

    use super::*;

    #[test]
    fn a_log_is_private_and_bounded() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state").join("barkeep.log");
        let log = open(&path).unwrap();
        assert_eq!(log.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        log.set_len(LIMIT + 1).unwrap();
        assert_eq!(open(&path).unwrap().metadata().unwrap().len(), 0);
        assert_eq!(
            fs::metadata(path.with_extension("log.old")).unwrap().len(),
            LIMIT + 1
        );
    }
}
