//! What is kept between runs and is nobody's setting: answers that were given once and need not be asked for again.
//!
//! A small TOML file in the state directory. One that can not be read counts as empty; it is written anew with the next answer.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

/// Answers, and where they are kept.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    path: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Kept {
    /// Namespaces that may be read, by context, where they may not be listed.
    namespaces: BTreeMap<String, Vec<String>>,
}

impl Memory {
    /// Answers are kept in this file; nowhere, and so not at all, where there is none.
    pub fn at(path: Option<PathBuf>) -> Self {
        Self { path }
    }

    /// Namespaces that somebody named once in this context, and that could be read.
    pub fn namespaces_of(&self, context: &str) -> Vec<String> {
        self.read().namespaces.remove(context).unwrap_or_default()
    }

    /// Keeps a namespace of a context. An error says why it can not be written.
    pub fn keep_namespace(&self, context: &str, namespace: &str) -> io::Result<()> {
        // Another barkeep may have written meanwhile.
        let mut kept = self.read();
        let known = kept.namespaces.entry(context.to_owned()).or_default();
        if known.iter().any(|known| known == namespace) {
            return Ok(());
        }
        known.push(namespace.to_owned());
        self.write(&kept)
    }

    fn read(&self) -> Kept {
        let text = self
            .path
            .as_ref()
            .and_then(|path| fs::read_to_string(path).ok());
        let kept = text.and_then(|text| toml::from_str(&text).ok());
        kept.unwrap_or_default()
    }

    /// In one step, so that nobody reads half of it.
    fn write(&self, kept: &Kept) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let text = toml::to_string(kept).map_err(io::Error::other)?;
        let folder = path.parent().unwrap_or(path);
        fs::create_dir_all(folder)?;
        let new = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = fs::File::create(&new)?;
        file.write_all(text.as_bytes())?;
        fs::rename(&new, path)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

    use super::*;

    #[test]
    fn answers_are_kept_by_context_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("not/yet/there/memory.toml");
        let memory = Memory::at(Some(path.clone()));
        assert!(memory.namespaces_of("prod").is_empty());
        for namespace in ["shop", "cart", "shop"] {
            memory.keep_namespace("prod", namespace).unwrap();
        }
        memory.keep_namespace("a \"b\"", "한국").unwrap();
        let again = Memory::at(Some(path.clone()));
        assert_eq!(again.namespaces_of("prod"), ["shop", "cart"]);
        assert_eq!(again.namespaces_of("a \"b\""), ["한국"]);
        assert!(again.namespaces_of("dev").is_empty());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_can_not_be_read_is_empty_and_what_can_not_be_written_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.toml");
        fs::write(&path, "namespaces = 7").unwrap();
        let memory = Memory::at(Some(path.clone()));
        assert!(memory.namespaces_of("prod").is_empty());
        memory.keep_namespace("prod", "shop").unwrap();
        assert_eq!(memory.namespaces_of("prod"), ["shop"]);
        assert!(
            Memory::at(Some(path.join("below")))
                .keep_namespace("a", "b")
                .is_err()
        );
        assert!(Memory::default().keep_namespace("a", "b").is_ok());
    }
}
