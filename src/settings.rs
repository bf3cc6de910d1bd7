//! The settings file on disk: where it is, and whether it is another one than was read last.
//!
//! It is looked at once a second, which costs one `stat`; editors that write a new file in the place of the old one are noticed
//! as those that write into it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{config::Config, model::Problem, paths, ui::Library};

/// Where the settings come from.
#[derive(Debug)]
pub struct Settings {
    path: Option<PathBuf>,
    /// It was named on the command line, and so must be there.
    asked: bool,
    read: Option<Stamp>,
}

/// What tells one state of a file from the next.
type Stamp = (SystemTime, u64);

impl Settings {
    /// The file that was asked for, else the usual one.
    pub fn at(asked: Option<&Path>) -> Self {
        Self {
            path: asked.map(Path::to_owned).or_else(paths::config),
            asked: asked.is_some(),
            read: None,
        }
    }

    /// Where they are; nowhere where the person has no home directory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Reads them, which name themes of the library, and all that is wrong with them.
    pub fn read(&mut self, library: &Library) -> (Config, Vec<Problem>) {
        self.read = self.stamp();
        match &self.path {
            Some(path) => Config::load(path, self.asked, library),
            None => (Config::default(), Vec::new()),
        }
    }

    /// Whether they have changed, come or gone since they were read.
    pub fn have_changed(&self) -> bool {
        self.stamp() != self.read
    }

    fn stamp(&self) -> Option<Stamp> {
        let about = fs::metadata(self.path.as_ref()?).ok()?;
        Some((about.modified().ok()?, about.len()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

    use super::*;

    #[test]
    fn a_file_that_comes_changes_or_goes_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let mut settings = Settings {
            path: Some(path.clone()),
            asked: false,
            read: None,
        };
        let mut read_again = || {
            let changed = settings.have_changed();
            changed.then(|| settings.read(&Library::default()))
        };
        assert_eq!(read_again(), None);
        fs::write(&path, "ascii = true").unwrap();
        assert!(read_again().unwrap().0.ascii);
        assert_eq!(read_again(), None);
        fs::write(&path, "ascii = 1").unwrap();
        let (config, problems) = read_again().unwrap();
        assert_eq!((config, problems.len()), (Config::default(), 1));
        fs::remove_file(&path).unwrap();
        assert_eq!(read_again(), Some((Config::default(), Vec::new())));
    }
}
