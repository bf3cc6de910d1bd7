//! Which keys mean which command: the table's, and what the person changed of them.

use super::{COMMANDS, Command, Danger, Entry, Scope};
use crate::keys::{Chord, Sequence};

/// Which keys mean what. A sequence has one meaning, and none begins with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// In the order of the table.
    bindings: Vec<(Sequence, Command)>,
}

/// What chords pressed so far mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// This.
    Command(Command),
    /// More chords must follow.
    Begun,
    /// Nothing.
    Nothing,
}

/// The keys that a person gave to a command instead of those of the table; none takes them away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebinding {
    /// Which command.
    pub command: Command,
    /// Its keys.
    pub keys: Vec<Sequence>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::of(&[])
    }
}

impl Keymap {
    fn of(changes: &[&Rebinding]) -> Self {
        let keys_of = |entry: &Entry| {
            let change = changes
                .iter()
                .find(|change| change.command == entry.command);
            let mut keys = change.map_or_else(|| defaults(entry), |change| change.keys.clone());
            if change.is_none() {
                keys.retain(|keys| !changes.iter().any(|change| takes(change, keys, entry)));
            }
            keys
        };
        let bindings = COMMANDS
            .iter()
            .flat_map(|entry| keys_of(entry).into_iter().map(|keys| (keys, entry.command)))
            .collect();
        Self { bindings }
    }

    /// The table's keys with these changes. A change that can not be is left out, so that its command keeps the keys of the
    /// table, and is named by its index with what is wrong about it.
    pub fn rebound(changes: &[Rebinding]) -> (Self, Vec<(usize, String)>) {
        let mut wrong: Vec<(usize, String)> = Vec::new();
        let mut kept: Vec<usize> = (0..changes.len()).collect();
        // Leaving one out brings its default keys back, which may clash with another: until nothing clashes.
        loop {
            let chosen: Vec<&Rebinding> = kept.iter().map(|n| &changes[*n]).collect();
            let keymap = Self::of(&chosen);
            let faults: Vec<(usize, String)> = kept
                .iter()
                .filter_map(|n| Some((*n, keymap.fault(&changes[*n])?)))
                .collect();
            if faults.is_empty() {
                if keymap.has_a_way_out() {
                    return (keymap, wrong);
                }
                return (Self::default(), vec![(0, NO_WAY_OUT.to_owned())]);
            }
            kept.retain(|n| faults.iter().all(|(faulty, _)| faulty != n));
            wrong.extend(faults);
            wrong.sort_by_key(|(n, _)| *n);
        }
    }

    /// What is wrong about a change among all others.
    fn fault(&self, change: &Rebinding) -> Option<String> {
        for keys in &change.keys {
            if change.command.box_of().is_some() && keys.chords().len() > 1 {
                return Some(format!("`{keys}`: in a box only single keys are read"));
            }
            let dangerous = change.command.entry().danger != Danger::None;
            if dangerous && keys.chords().iter().any(|chord| chord.has_ctrl()) {
                return Some(format!(
                    "`{keys}`: what changes the cluster is never on a ctrl key"
                ));
            }
            let other = self.bindings.iter().find(|(other, command)| {
                *command != change.command
                    && command.box_of() == change.command.box_of()
                    && other.clashes(keys)
            });
            if let Some((other, command)) = other {
                let name = command.entry().name;
                let how = if other == keys {
                    format!("`{keys}` is a key of `{name}` too")
                } else {
                    format!("`{keys}` and `{other}` of `{name}` begin alike")
                };
                return Some(format!(
                    "{how}; give `{name}` another key, or none with {name} = []"
                ));
            }
        }
        None
    }

    /// Whether the program can be ended, or told to end.
    fn has_a_way_out(&self) -> bool {
        let ways = [Command::Quit, Command::Cancel, Command::Prompt];
        ways.iter().any(|way| self.keys(*way).next().is_some())
    }

    /// All that is bound where no box has the keys.
    fn outside(&self) -> impl Iterator<Item = &(Sequence, Command)> {
        let outside = |(_, command): &&(Sequence, Command)| command.box_of().is_none();
        self.bindings.iter().filter(outside)
    }

    /// What these chords mean, one pressed after the other, where no box has the keys.
    pub fn meaning(&self, chords: &[Chord]) -> Meaning {
        let mut begun = Meaning::Nothing;
        for (keys, command) in self.outside() {
            if keys.chords() == chords {
                return Meaning::Command(*command);
            }
            if keys.chords().starts_with(chords) {
                begun = Meaning::Begun;
            }
        }
        begun
    }

    /// What a single chord means.
    pub fn of_key(&self, chord: Chord) -> Option<Command> {
        match self.meaning(&[chord]) {
            Meaning::Command(command) => Some(command),
            Meaning::Begun | Meaning::Nothing => None,
        }
    }

    /// What a single chord means in a box that has commands of its own.
    pub fn in_box(&self, scope: Scope, chord: Chord) -> Option<Command> {
        let own = self
            .bindings
            .iter()
            .find(|(keys, command)| command.box_of() == Some(scope) && keys.chords() == [chord]);
        own.map(|(_, command)| *command)
            .or_else(|| self.of_key(chord))
    }

    /// The keys of a command.
    pub fn keys(&self, command: Command) -> impl Iterator<Item = &Sequence> {
        self.bindings
            .iter()
            .filter(move |(_, of)| *of == command)
            .map(|(keys, _)| keys)
    }

    /// The first key of a command that is a single chord: boxes read no others.
    pub fn chord(&self, command: Command) -> Option<Chord> {
        self.keys(command).find_map(|keys| match keys.chords() {
            [chord] => Some(*chord),
            _ => None,
        })
    }

    /// How a hint shows the first key of a command; nothing where it has none.
    pub fn hint(&self, command: Command, ascii: bool) -> String {
        let first = self.keys(command).next();
        first.map(|keys| keys.hint(ascii)).unwrap_or_default()
    }

    /// How a sentence names a command: by its first key; where it has none, as it is typed at the prompt.
    pub fn named(&self, command: Command, ascii: bool) -> String {
        let first = self.keys(command).next();
        first.map_or_else(
            || format!(":{}", command.entry().name),
            |keys| keys.hint(ascii),
        )
    }

    /// What can follow chords that have begun something: the rest, and what it means.
    pub fn following(&self, begun: &[Chord]) -> Vec<(Sequence, Command)> {
        let rest = |(keys, command): &(Sequence, Command)| {
            let rest = keys.chords().strip_prefix(begun)?;
            Some((Sequence::of(rest)?, *command))
        };
        self.outside().filter_map(rest).collect()
    }
}

const NO_WAY_OUT: &str = "`quit`, `cancel` and `prompt` have no key, so nothing would end barkeep";

/// Whether a change takes these keys of the table: what has several gives way, be it that all of them begin alike.
fn takes(change: &Rebinding, keys: &Sequence, of: &Entry) -> bool {
    keys.chords().len() > 1
        && change.command.box_of() == of.command.box_of()
        && change.keys.iter().any(|chosen| chosen.clashes(keys))
}

/// The keys that the table gives to a command.
fn defaults(entry: &Entry) -> Vec<Sequence> {
    let keys = entry.keys.iter();
    keys.filter_map(|keys| keys.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a key that cannot be read has failed the test"
    )]

    use super::*;

    fn change(command: Command, keys: &[&str]) -> Rebinding {
        Rebinding {
            command,
            keys: keys.iter().map(|keys| keys.parse().unwrap()).collect(),
        }
    }

    fn chords(keys: &str) -> Vec<Chord> {
        keys.parse::<Sequence>().unwrap().chords().to_vec()
    }

    #[test]
    fn the_tables_keys_hold_until_one_is_changed() {
        let plain = Keymap::default();
        assert_eq!(plain.meaning(&chords("z")), Meaning::Command(Command::Zoom));
        let (changed, wrong) = Keymap::rebound(&[change(Command::Zoom, &["f11", "x z"])]);
        assert_eq!(wrong, []);
        assert_eq!(changed.meaning(&chords("z")), Meaning::Nothing);
        assert_eq!(
            changed.meaning(&chords("f11")),
            Meaning::Command(Command::Zoom)
        );
        assert_eq!(changed.meaning(&chords("x")), Meaning::Begun);
        assert_eq!(
            changed.meaning(&chords("x z")),
            Meaning::Command(Command::Zoom)
        );
        assert_eq!(
            changed.following(&chords("x")),
            [("z".parse().unwrap(), Command::Zoom)]
        );
        assert_eq!(changed.hint(Command::Zoom, false), "f11");
        let (none, _) = Keymap::rebound(&[change(Command::Zoom, &[])]);
        assert_eq!(none.keys(Command::Zoom).count(), 0);
    }

    #[test]
    fn keys_can_change_places() {
        let (keymap, wrong) =
            Keymap::rebound(&[change(Command::Why, &["z"]), change(Command::Zoom, &["w"])]);
        assert_eq!(wrong, []);
        assert_eq!(keymap.of_key(chords("z")[0]), Some(Command::Why));
        assert_eq!(keymap.of_key(chords("w")[0]), Some(Command::Zoom));
    }

    #[test]
    fn what_clashes_keeps_the_tables_keys_and_all_of_it_is_named() {
        let changes = [
            change(Command::Why, &["z"]),
            change(Command::Board, &["j x"]),
            change(Command::Help, &["f1"]),
            change(Command::Home, &["f2"]),
            change(Command::Contexts, &["f2"]),
        ];
        let (keymap, wrong) = Keymap::rebound(&changes);
        let told: Vec<&str> = wrong.iter().map(|(_, what)| what.as_str()).collect();
        assert_eq!(
            wrong.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            [0, 1, 3, 4]
        );
        assert!(
            told[0].starts_with("`z` is a key of `zoom` too"),
            "{told:?}"
        );
        assert!(
            told[1].starts_with("`j x` and `j` of `down` begin alike"),
            "{told:?}"
        );
        assert!(
            told[2].contains("`contexts`") && told[3].contains("`home`"),
            "{told:?}"
        );
        assert_eq!(keymap.of_key(chords("w")[0]), Some(Command::Why));
        assert_eq!(keymap.of_key(chords("f1")[0]), Some(Command::Help));
        assert_eq!(keymap.of_key(chords("H")[0]), Some(Command::Home));
    }

    #[test]
    fn a_change_that_is_left_out_may_bring_another_one_down() {
        // `zoom` may not have `j`; with its `z` back, `why` may not have that.
        let changes = [change(Command::Why, &["z"]), change(Command::Zoom, &["j"])];
        let (keymap, wrong) = Keymap::rebound(&changes);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert_eq!(keymap, Keymap::default());
    }

    #[test]
    fn keys_after_each_other_give_way_to_a_chosen_key() {
        let (keymap, wrong) = Keymap::rebound(&[change(Command::Zoom, &[","])]);
        assert_eq!(wrong, []);
        assert_eq!(keymap.of_key(chords(",")[0]), Some(Command::Zoom));
        let (keymap, wrong) = Keymap::rebound(&[change(Command::Zoom, &[", s"])]);
        assert_eq!(wrong, []);
        assert_eq!(
            keymap.meaning(&chords(", s")),
            Meaning::Command(Command::Zoom)
        );
        assert_eq!(
            keymap.meaning(&chords(", w")),
            Meaning::Command(Command::Wide)
        );
        // Those that somebody gave a command give way to nothing.
        let changes = [
            change(Command::Zoom, &[","]),
            change(Command::Sort, &[", s"]),
        ];
        assert_eq!(Keymap::rebound(&changes).1.len(), 2);
    }

    #[test]
    fn the_keys_of_a_box_are_its_own() {
        let changes = [
            change(Command::Zoom, &["f"]),
            change(Command::ColumnLater, &["z"]),
        ];
        let (keymap, wrong) = Keymap::rebound(&changes);
        assert_eq!(wrong, []);
        let f = chords("f")[0];
        assert_eq!(keymap.of_key(f), Some(Command::Zoom));
        assert_eq!(
            keymap.in_box(Scope::InContexts, f),
            Some(Command::Favourite)
        );
        assert_eq!(keymap.in_box(Scope::InColumns, f), Some(Command::Zoom));
        assert_eq!(
            keymap.in_box(Scope::InColumns, chords("z")[0]),
            Some(Command::ColumnLater)
        );
        let (_, wrong) = Keymap::rebound(&[change(Command::ColumnLater, &["K"])]);
        assert!(wrong[0].1.contains("`column-earlier`"), "{wrong:?}");
        let (_, wrong) = Keymap::rebound(&[change(Command::Favourite, &["x f"])]);
        assert!(wrong[0].1.contains("only single keys"), "{wrong:?}");
    }

    #[test]
    fn there_is_always_a_way_out() {
        let changes =
            [Command::Quit, Command::Cancel, Command::Prompt].map(|command| change(command, &[]));
        let (keymap, wrong) = Keymap::rebound(&changes);
        assert_eq!(
            (keymap, wrong[0].1.as_str()),
            (Keymap::default(), NO_WAY_OUT)
        );
    }
}
