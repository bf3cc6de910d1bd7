//! Looking for a text in a text, many thousand times for each key: nothing is allocated for a text that is ASCII.

use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String, chars::to_lower_case};
use unicode_segmentation::UnicodeSegmentation as _;

/// What looking for texts uses again and again.
pub struct Search {
    matcher: Matcher,
    /// The characters of a text that is not ASCII.
    characters: Vec<char>,
    /// What it costs to have found a letter, and the one before it, at each place of a text.
    costs: [Vec<u8>; 2],
}

/// So many characters may be left out within words: of `fraud-score` `frdscr` leaves out three. With more, the letters of
/// any short word are somewhere in the names that Kubernetes makes.
const LEFT_OUT: u8 = 4;

impl Default for Search {
    fn default() -> Self {
        let mut config = Config::DEFAULT;
        config.normalize = false;
        Self {
            matcher: Matcher::new(config),
            characters: Vec::new(),
            costs: [const { Vec::new() }; 2],
        }
    }
}

/// A text that is looked for: in any case, unless it has capitals itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    text: String,
    characters: Utf32String,
    any_case: bool,
}

impl Needle {
    /// Looks for this.
    pub fn new(text: &str) -> Self {
        let any_case = !text.chars().any(char::is_uppercase);
        let folded: String = if any_case {
            text.chars().map(to_lower_case).collect()
        } else {
            text.to_owned()
        };
        Self {
            text: text.to_owned(),
            characters: folded.as_str().into(),
            any_case,
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether its characters stand in a text in this order, and near to each other: each follows the one before, begins
    /// a word, or leaves out a few characters.
    pub fn is_in_order(&self, text: &str, search: &mut Search) -> bool {
        let left_out = self.left_out_of(text, search);
        left_out.is_some_and(|left_out| left_out <= LEFT_OUT)
    }

    /// Whether it is in order with no more left out than half of its letters, which is for where names of all sorts are
    /// looked through at once.
    pub fn is_closely_in_order(&self, text: &str, search: &mut Search) -> bool {
        let most = (self.characters.len() / 2).min(LEFT_OUT.into());
        let left_out = self.left_out_of(text, search);
        left_out.is_some_and(|left_out| usize::from(left_out) <= most)
    }

    /// How many characters of a text are left out within words, where its own are in it in this order.
    fn left_out_of(&self, text: &str, search: &mut Search) -> Option<u8> {
        search.matcher.config.ignore_case = self.any_case;
        let text = Utf32Str::new(text, &mut search.characters);
        // Most texts do not have them at all, which is quickly known.
        let found = search
            .matcher
            .fuzzy_match_greedy(text, self.characters.slice(..));
        found.map(|_| self.left_out(text, &mut search.costs))
    }

    fn left_out(&self, text: Utf32Str<'_>, [last, next]: &mut [Vec<u8>; 2]) -> u8 {
        const NO: u8 = u8::MAX;
        let fold = |c: char| if self.any_case { to_lower_case(c) } else { c };
        // The first letter may stand anywhere.
        last.clear();
        last.resize(text.len() + 1, 0);
        for (n, wanted) in self.characters.slice(..).chars().enumerate() {
            next.clear();
            next.push(NO);
            let (mut anywhere, mut walked, mut before) = (NO, NO, ' ');
            for (c, cost) in text.chars().zip(&*last) {
                anywhere = anywhere.min(*cost);
                walked = walked.saturating_add(1).min(*cost);
                let begins = n == 0 || c.is_alphanumeric() && !before.is_alphanumeric();
                let reached = if begins { anywhere } else { walked };
                next.push(if fold(c) == wanted { reached } else { NO });
                before = c;
            }
            std::mem::swap(last, next);
        }
        last.iter().copied().min().unwrap_or(NO)
    }

    /// Whether it stands in a text as it is.
    pub fn is_within(&self, text: &str, search: &mut Search) -> bool {
        search.matcher.config.ignore_case = self.any_case;
        let text = Utf32Str::new(text, &mut search.characters);
        let found = search
            .matcher
            .substring_match(text, self.characters.slice(..));
        found.is_some()
    }

    /// Where its characters stand, as near to each other as there are.
    pub(super) fn find_in_order(&self, text: &str, search: &mut Search, at: &mut Vec<u32>) {
        search.matcher.config.ignore_case = self.any_case;
        let text = Utf32Str::new(text, &mut search.characters);
        search
            .matcher
            .fuzzy_indices(text, self.characters.slice(..), at);
    }

    /// Where it stands.
    pub(super) fn find_within(&self, text: &str, search: &mut Search, at: &mut Vec<u32>) {
        search.matcher.config.ignore_case = self.any_case;
        let text = Utf32Str::new(text, &mut search.characters);
        search
            .matcher
            .substring_indices(text, self.characters.slice(..), at);
    }

    /// Whether it is found only where the other one is found too.
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.text.contains(&other.text)
    }
}

/// How many characters a text has, as they are counted where something is found.
pub(super) fn characters(text: &str) -> u32 {
    if text.is_ascii() {
        text.len() as u32
    } else {
        text.graphemes(true).count() as u32
    }
}
