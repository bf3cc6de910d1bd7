//! A list as one types it elsewhere, with kubectl's flags and k9s's signs.

use std::fmt::Write as _;

use crate::model::selector::Selector;

/// Whether what stands behind a list's name means all namespaces.
pub(super) fn is_everywhere(word: &str) -> bool {
    matches!(word, "-A" | "--all-namespaces" | "all")
}

/// A list as one types it elsewhere.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Habit<'a> {
    /// Its name, and where.
    pub(super) list: Vec<&'a str>,
    /// What its flags narrow it to, as a filter; each with a blank before it.
    pub(super) within: String,
    /// The filter behind it.
    pub(super) filter: &'a str,
    /// The context that it is of.
    pub(super) context: Option<&'a str>,
    /// A flag that means nothing here.
    pub(super) unknown: Option<&'a str>,
}

impl<'a> Habit<'a> {
    pub(super) fn of(typed: &'a str) -> Self {
        let (words, filter) = typed.split_once(" /").unwrap_or((typed, ""));
        let mut habit = Self {
            filter,
            ..Self::default()
        };
        let mut rest = words.trim();
        while !rest.is_empty() {
            let selector = behind(rest, "-l").or_else(|| behind(rest, "--selector"));
            let namespace = behind(rest, "-n").or_else(|| behind(rest, "--namespace"));
            let taken = if let Some(behind) = selector {
                let selector = Selector::at_the_start_of(behind);
                habit.select(selector);
                rest.len() - behind.len() + selector.len()
            } else if let Some(behind) = namespace.filter(|_| habit.list.len() == 1) {
                let name = first(behind);
                habit.list.push(name);
                rest.len() - behind.len() + name.len()
            } else {
                let word = first(rest);
                if let Some(context) = word.strip_prefix('@') {
                    habit.context = Some(context);
                } else if word.starts_with('-') && !is_everywhere(word) {
                    habit.unknown = Some(word);
                } else if word.contains('=') {
                    habit.select(word);
                } else {
                    habit.list.push(word);
                }
                word.len()
            };
            rest = rest[taken..].trim_start();
        }
        habit
    }

    fn select(&mut self, selector: &str) {
        let quote = if selector.contains(' ') { "\"" } else { "" };
        let _ = write!(self.within, " -l {quote}{selector}{quote}");
    }
}

fn first(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// What stands behind a flag at the beginning of a text: `-l app=web`, `-lapp=web`, `--selector=app=web`.
fn behind<'a>(text: &'a str, flag: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(flag)?;
    let joined = flag == "-l" && first(rest).contains('=');
    rest.strip_prefix('=')
        .or_else(|| rest.strip_prefix(' ').map(str::trim_start))
        .or_else(|| joined.then_some(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_one_types_it_elsewhere() {
        for (typed, list, within, filter) in [
            ("pods", &["pods"][..], "", ""),
            (
                "pod shop-prod /web !api",
                &["pod", "shop-prod"],
                "",
                "web !api",
            ),
            (
                "po -n shop-prod -l app=web",
                &["po", "shop-prod"],
                " -l app=web",
                "",
            ),
            ("po --namespace=shop-prod", &["po", "shop-prod"], "", ""),
            ("po -A", &["po", "-A"], "", ""),
            ("po -lapp=web -A", &["po", "-A"], " -l app=web", ""),
            (
                "po -l app in (web, db) shop",
                &["po", "shop"],
                " -l \"app in (web, db)\"",
                "",
            ),
            ("po --selector=app=web", &["po"], " -l app=web", ""),
            ("po -n", &["po"], "", ""),
        ] {
            let habit = Habit::of(typed);
            assert_eq!(
                (&*habit.list, &*habit.within, habit.filter),
                (list, within, filter),
                "{typed}"
            );
        }
        let labels = Habit::of("po app=web,env!=dev @prod-eu");
        assert_eq!(
            (&*labels.within, labels.context),
            (" -l app=web,env!=dev", Some("prod-eu"))
        );
        assert_eq!(Habit::of("ing -w").unknown, Some("-w"));
        assert_eq!(Habit::of("po -o wide").unknown, Some("-o"));
    }
}
