//! How well names fit what is typed.

use super::Suggestion;
use crate::model::filter::{Needle, Search};

/// The most that the prompt offers.
pub(super) const SUGGESTIONS: usize = 12;

/// How well a name fits that begins with what is typed.
pub(super) const BEGINS: usize = 2;

/// What is typed to find something by its name, in any case.
pub(super) struct Fit {
    text: String,
    whole: Needle,
    words: Vec<Needle>,
    search: Search,
}

impl Fit {
    pub(super) fn new(typed: &str) -> Self {
        let text = typed.trim().to_lowercase();
        Self {
            whole: Needle::new(&text),
            words: text.split_whitespace().map(Needle::new).collect(),
            text,
            search: Search::default(),
        }
    }

    /// How well a name fits: 0 is the whole name, 2 its beginning, 4 the beginning of a word in it, 6 anywhere in it, 8 the
    /// letters in this order with little between them, or each word somewhere; `None` not at all.
    pub(super) fn rank(&mut self, name: &str) -> Option<usize> {
        if self.text.is_empty() {
            return Some(BEGINS);
        }
        if !self.whole.is_within(name, &mut self.search) {
            let mut words = self.words.iter();
            let fits = words.all(|word| word.is_closely_in_order(name, &mut self.search));
            return fits.then_some(8);
        }
        let name = name.to_lowercase();
        let starts = |(at, _): (usize, &str)| !name[..at].ends_with(char::is_alphanumeric);
        Some(match name.find(&self.text) {
            Some(0) if name.len() == self.text.len() => 0,
            Some(0) => BEGINS,
            _ if name.match_indices(&self.text).any(starts) => 4,
            _ => 6,
        })
    }
}

/// Whether a text has every word of what is typed.
pub(super) fn has_words(text: &str, typed: &str) -> bool {
    let (text, typed) = (text.to_lowercase(), typed.to_lowercase());
    typed.split_whitespace().all(|word| text.contains(word))
}

/// What fits best of what was found, as many as the prompt offers; equals as they come.
pub(super) fn best(found: impl Iterator<Item = (usize, Suggestion)>) -> Vec<Suggestion> {
    let mut found: Vec<(usize, Suggestion)> = found.collect();
    found.sort_by_key(|(rank, _)| *rank);
    let found = found.into_iter().map(|(_, suggestion)| suggestion);
    found.take(SUGGESTIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_the_name_the_better_the_rank() {
        let ranks = |typed: &str| {
            let mut fit = Fit::new(typed);
            [
                "web",
                "web-api",
                "shop/prod/web-api",
                "cobweb",
                "wide-eyed-bat",
                "mail",
            ]
            .map(|name| fit.rank(name))
        };
        let want = [Some(0), Some(2), Some(4), Some(6), Some(8), None];
        assert_eq!(ranks("web"), want);
        assert_eq!(ranks("WEB"), want, "in any case");
        assert_eq!(ranks(""), [Some(2); 6]);
    }

    #[test]
    fn words_and_letters_are_found_in_their_order() {
        let rank = |typed: &str, name| Fit::new(typed).rank(name);
        assert_eq!(rank("shpweb", "shop/prod/web"), Some(8));
        assert_eq!(rank("web shop", "shop/prod/web"), Some(8));
        assert_eq!(rank("web mail", "shop/prod/web"), None);
        assert_eq!(rank("카페", "카페 포인트/운영"), Some(2));
        assert_eq!(rank("포인트", "카페 포인트/운영"), Some(4));
    }
}
