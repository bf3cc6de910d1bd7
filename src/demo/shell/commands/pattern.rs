//! What `grep` looks for.

/// A regular expression as people grep with: `^`, `$`, `.`, `*`, `+`, `?`, sets, and `|` between alternatives.
pub(super) struct Pattern {
    alternatives: Vec<Alternative>,
    folds: bool,
}

struct Alternative {
    atoms: Vec<(Atom, Repeat)>,
    at_start: bool,
    at_end: bool,
}

enum Atom {
    Letter(char),
    Any,
    Set(Vec<(char, char)>, bool),
}

#[derive(Clone, Copy, PartialEq)]
enum Repeat {
    Once,
    Maybe,
    Any,
    Some,
}

impl Pattern {
    pub(super) fn plain(text: &str, folds: bool) -> Self {
        let folded = if folds {
            text.to_lowercase()
        } else {
            text.to_owned()
        };
        let atoms = folded
            .chars()
            .map(|letter| (Atom::Letter(letter), Repeat::Once));
        Self {
            alternatives: vec![Alternative {
                atoms: atoms.collect(),
                at_start: false,
                at_end: false,
            }],
            folds,
        }
    }

    pub(super) fn new(text: &str, folds: bool) -> Self {
        let text = if folds {
            text.to_lowercase()
        } else {
            text.to_owned()
        };
        // Basic and extended syntax write it differently; both are taken.
        let text = text.replace("\\|", "|");
        let alternatives = text.split('|').map(Alternative::new).collect();
        Self {
            alternatives,
            folds,
        }
    }

    /// The first place where it matches.
    pub(super) fn find(&self, text: &str) -> Option<(usize, usize)> {
        let folded;
        let text = if self.folds {
            folded = text.to_lowercase();
            &folded
        } else {
            text
        };
        let places: Vec<(usize, char)> = text.char_indices().collect();
        for start in 0..=places.len() {
            let end = self
                .alternatives
                .iter()
                .filter(|one| !one.at_start || start == 0)
                .find_map(|one| one.matches(&one.atoms, &places, start));
            if let Some(end) = end {
                let byte = |index: usize| places.get(index).map_or(text.len(), |(at, _)| *at);
                return Some((byte(start), byte(end)));
            }
        }
        None
    }
}

impl Alternative {
    fn new(text: &str) -> Self {
        let at_start = text.starts_with('^');
        let text = text.strip_prefix('^').unwrap_or(text);
        let at_end = text.ends_with('$') && !text.ends_with("\\$");
        let text = if at_end {
            &text[..text.len() - 1]
        } else {
            text
        };
        let mut atoms: Vec<(Atom, Repeat)> = Vec::new();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let repeat = match letter {
                '*' => Repeat::Any,
                '+' => Repeat::Some,
                '?' => Repeat::Maybe,
                _ => Repeat::Once,
            };
            if let Some((_, last)) = atoms.last_mut().filter(|_| repeat != Repeat::Once) {
                *last = repeat;
                continue;
            }
            let atom = match letter {
                '.' => Atom::Any,
                '\\' => match letters.next() {
                    Some('d') => Atom::Set(vec![('0', '9')], false),
                    Some('s') => Atom::Set(vec![(' ', ' '), ('\t', '\t')], false),
                    Some('w') => {
                        Atom::Set(vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')], false)
                    }
                    Some(letter) => Atom::Letter(letter),
                    None => Atom::Letter('\\'),
                },
                '[' => {
                    let negated = letters.next_if_eq(&'^').is_some();
                    let mut ranges = Vec::new();
                    while let Some(from) = letters.next() {
                        if from == ']' && !ranges.is_empty() {
                            break;
                        }
                        let mut ahead = letters.clone();
                        let to = match (ahead.next(), ahead.next()) {
                            (Some('-'), Some(to)) if to != ']' => {
                                letters.next();
                                letters.next();
                                to
                            }
                            _ => from,
                        };
                        ranges.push((from, to));
                    }
                    Atom::Set(ranges, negated)
                }
                letter => Atom::Letter(letter),
            };
            atoms.push((atom, Repeat::Once));
        }
        Self {
            atoms,
            at_start,
            at_end,
        }
    }

    fn matches(
        &self,
        atoms: &[(Atom, Repeat)],
        text: &[(usize, char)],
        at: usize,
    ) -> Option<usize> {
        let Some(((atom, repeat), rest)) = atoms.split_first() else {
            return (!self.at_end || at == text.len()).then_some(at);
        };
        let (least, most) = match repeat {
            Repeat::Once => (1, 1),
            Repeat::Maybe => (0, 1),
            Repeat::Any => (0, usize::MAX),
            Repeat::Some => (1, usize::MAX),
        };
        let there = text[at..]
            .iter()
            .take(most)
            .take_while(|(_, letter)| atom.is(*letter))
            .count();
        (least..=there)
            .rev()
            .find_map(|count| self.matches(rest, text, at + count))
    }
}

impl Atom {
    fn is(&self, letter: char) -> bool {
        match self {
            Self::Letter(own) => *own == letter,
            Self::Any => true,
            Self::Set(ranges, negated) => {
                ranges
                    .iter()
                    .any(|(from, to)| (*from..=*to).contains(&letter))
                    != *negated
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_found() {
        let cases = [
            ("b", "abc", Some((1, 2))),
            ("^b", "abc", None),
            ("c$", "abc", Some((2, 3))),
            ("a.*c", "xabbc!", Some((1, 5))),
            ("[0-9]+", "port 8080", Some((5, 9))),
            ("x|국", "한국어", Some((3, 6))),
            ("ab?c", "ac", Some((0, 2))),
            ("", "abc", Some((0, 0))),
            ("[^a]", "aab", Some((2, 3))),
        ];
        for (pattern, text, wanted) in cases {
            assert_eq!(
                Pattern::new(pattern, false).find(text),
                wanted,
                "{pattern} in {text}"
            );
        }
        assert_eq!(Pattern::new("ERROR", true).find("an error"), Some((3, 8)));
        assert_eq!(Pattern::plain("a.c", false).find("abc a.c"), Some((4, 7)));
    }
}
