//! Which theme is worn. Only its name is known here. The first of these that there is:
//!
//! 1. the one that is looked at in the list
//! 2. the one that was picked in the context looked at, until another one is looked at
//! 3. the one that this context has of its own
//! 4. the usual one: of the command line, else picked, else configured

use super::{
    App, Overlay, Suggestion,
    act::chosen,
    fit::{Fit, best},
    palette::Found,
};
use crate::{
    command::Command,
    effect::Effect,
    keys::Chord,
    memory::{Keep, Picked},
    model::grouping::matches,
    text::nearest,
};

/// The choice that follows the terminal.
pub const AUTO: &str = "auto";

/// The themes there are, and the one that was chosen.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    /// All that can be chosen, in the order of the list. Empty where nobody chooses.
    pub known: Vec<Known>,
    /// The usual one, which was chosen.
    pub chosen: String,
    /// The one of the configuration.
    pub configured: String,
    /// The themes that contexts have of their own, by the context's name or a glob, in the order of the settings file.
    pub of_contexts: Vec<(String, String)>,
    /// Whether the terminal's background is light, as far as that is known.
    pub light: Option<bool>,
    /// Why there are no colours, where that is so.
    pub colourless: Option<&'static str>,
    /// The context that is looked at.
    pub here: Option<String>,
    /// Its own theme, over which another one was picked since it is looked at.
    pub picked_over: Option<String>,
}

/// A theme that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// It is the person's own.
    pub own: bool,
    /// What is wrong with its file.
    pub broken: Option<String>,
}

impl Themes {
    /// The theme that a choice comes to here.
    pub fn resolved<'a>(&self, choice: &'a str) -> &'a str {
        match (choice, self.light) {
            (AUTO, Some(true)) => "light",
            (AUTO, _) => "dark",
            (name, _) => name,
        }
    }

    /// The one that is worn while nobody looks through the list.
    pub fn worn(&self) -> &str {
        let own = self.own();
        let own = own.filter(|own| self.picked_over.as_deref() != Some(own));
        own.unwrap_or(&self.chosen)
    }

    /// The theme that the context looked at has of its own, worn or not: the one of its name, else of the first glob that fits.
    fn own(&self) -> Option<&str> {
        let here = self.here.as_deref()?;
        let of = &self.of_contexts;
        let named = of.iter().find(|(name, _)| name == here);
        let fitting = || of.iter().find(|(glob, _)| matches(glob, here));
        named.or_else(fitting).map(|(_, theme)| &**theme)
    }

    /// Another context may be looked at now: it has its own theme again, whatever was picked when it was looked at before.
    fn look_at(&mut self, context: Option<&str>) {
        if self.here.as_deref() != context {
            self.here = context.map(str::to_owned);
            self.picked_over = None;
        }
    }

    /// Takes up what the settings say now. What the terminal has said and what is looked at stays, and so does what was
    /// picked here, unless the settings have another theme for it.
    pub fn take_up(&mut self, read: Self) {
        let before = std::mem::take(self);
        let picked = before.chosen == read.chosen;
        *self = Self {
            light: before.light.or(read.light),
            here: before.here,
            picked_over: before.picked_over.filter(|_| picked),
            ..read
        };
    }

    fn at(&self, name: &str) -> Option<usize> {
        self.known.iter().position(|known| known.name == name)
    }

    /// Chooses a theme; otherwise says why it can not be worn.
    fn choose(&mut self, name: &str) -> Result<(), String> {
        match self.at(name).map(|at| &self.known[at]) {
            None => {
                let names = self.known.iter().map(|known| known.name.as_str());
                let hint = nearest(name, names).map(|hint| format!(" {hint}"));
                Err(format!(
                    "There is no theme `{name}`.{}",
                    hint.unwrap_or_default()
                ))
            }
            Some(Known {
                broken: Some(why), ..
            }) => Err(why.clone()),
            Some(known) => {
                self.chosen.clone_from(&known.name);
                self.picked_over = self.own().map(str::to_owned);
                Ok(())
            }
        }
    }
}

impl App {
    /// The name of the theme to draw in; nothing where nobody chooses.
    pub fn theme(&self) -> Option<&str> {
        let chosen = match self.overlay {
            Overlay::Themes(at) => self.themes.known.get(at).map(|known| known.name.as_str()),
            _ => None,
        };
        let chosen = chosen.unwrap_or_else(|| self.themes.worn());
        (!self.themes.known.is_empty()).then(|| self.themes.resolved(chosen))
    }

    /// Notes which context is looked at. One that is only passed on the way down a list is none.
    pub(super) fn dress(&mut self) {
        if self.is_stepping() {
            return;
        }
        let here = self.cluster_looked_at();
        let here = here.and_then(|id| self.clusters.get(usize::from(id.0)));
        self.themes
            .look_at(here.map(|cluster| cluster.context.as_str()));
    }

    pub(super) fn pick_theme(&mut self) {
        self.overlay = Overlay::Themes(self.themes.at(self.themes.worn()).unwrap_or(0));
    }

    pub(super) fn theme_key(&mut self, chord: Chord, at: usize) -> Vec<Effect> {
        let lines = self.themes.known.len();
        let page = usize::from(self.size.1.saturating_sub(6).max(1));
        let at = match self.keymap.of_key(chord) {
            Some(Command::Open) => {
                let name = self.themes.known.get(at).map(|known| known.name.clone());
                let effects = name.map(|name| self.wear(&name));
                if effects.as_ref().is_none_or(Vec::is_empty) {
                    self.overlay = Overlay::Themes(at);
                }
                return effects.unwrap_or_default();
            }
            Some(Command::Back | Command::Quit | Command::Themes) => {
                return Vec::new();
            }
            command => chosen(command, at, lines, page).unwrap_or(at.min(lines.saturating_sub(1))),
        };
        self.overlay = Overlay::Themes(at);
        Vec::new()
    }

    /// Draws in this theme from now on, and keeps the choice. What can not be worn is said.
    pub(super) fn wear(&mut self, name: &str) -> Vec<Effect> {
        if let Err(why) = self.themes.choose(name) {
            self.say(why);
            return Vec::new();
        }
        let own = self.themes.own().filter(|own| *own != name);
        self.say(match (self.themes.colourless, own, &self.themes.here) {
            (Some(why), ..) => format!("{name} is the theme now, once there are colours. {why}"),
            (None, Some(own), Some(here)) => {
                format!("{name} is the theme now; {here} has {own} again once another context is looked at.")
            }
            _ => format!("{name} is the theme now, and the next time."),
        });
        vec![Effect::Keep(Keep::Theme(Picked {
            name: name.to_owned(),
            instead_of: self.themes.configured.clone(),
        }))]
    }

    /// What `:theme` and the beginning of a name can mean.
    pub(super) fn themes_like(&self, begun: &str) -> Vec<Suggestion> {
        best(self.themes_ranked(&mut Fit::new(begun)).into_iter())
    }

    pub(super) fn themes_ranked(&self, fit: &mut Fit) -> Found {
        let suggestion = |known: &super::themes::Known| {
            let suggestion = Suggestion {
                text: format!("theme {}", known.name),
                help: match (known.own, known.name == self.themes.worn()) {
                    (_, true) => "as it is now".to_owned(),
                    (true, _) => "yours".to_owned(),
                    _ => "theme".to_owned(),
                },
            };
            Some((fit.rank(&known.name)?, suggestion))
        };
        self.themes.known.iter().filter_map(suggestion).collect()
    }
}

/// The name in `theme x`.
pub(super) fn theme(typed: &str) -> Option<&str> {
    let mut words = ["theme ", "themes "].iter();
    let rest = words.find_map(|word| typed.trim_start().strip_prefix(word));
    rest.map(str::trim)
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a key that can not be read has failed the test"
    )]

    use super::*;
    use crate::{event::Event, model::grouping::Grouping};

    fn app() -> App {
        let mut app = App::new(Vec::new(), Grouping::default(), (80, 24), 0);
        let known = |name: &str| Known {
            name: name.to_owned(),
            own: name == "mine",
            broken: (name == "mine").then(|| "mine.toml:3: “rde” is no colour".to_owned()),
        };
        app.themes = Themes {
            known: [AUTO, "dark", "light", "nord", "mine"].map(known).into(),
            chosen: AUTO.to_owned(),
            configured: AUTO.to_owned(),
            ..Themes::default()
        };
        app
    }

    fn press(app: &mut App, keys: &str) -> Vec<Effect> {
        let typed = crate::keys::typed(keys).unwrap().into_iter();
        typed
            .flat_map(|typed| match typed {
                crate::keys::Typed::Key(chord) => app.update(Event::Key(chord), 0),
                crate::keys::Typed::Wait => Vec::new(),
            })
            .collect()
    }

    #[test]
    fn auto_is_what_the_terminal_is() {
        let mut app = app();
        assert_eq!(app.theme(), Some("dark"));
        app.update(Event::Background(true), 0);
        assert_eq!(app.theme(), Some("light"));
        app.themes.chosen = "nord".to_owned();
        assert_eq!(app.theme(), Some("nord"));
    }

    #[test]
    fn moving_in_the_list_shows_enter_keeps_and_esc_goes_back() {
        let mut app = app();
        assert_eq!(press(&mut app, "Tjjj"), []);
        assert_eq!(app.theme(), Some("nord"));
        assert_eq!(press(&mut app, "<esc>"), []);
        assert_eq!(app.theme(), Some("dark"));
        let kept = press(&mut app, "Tjjj<enter>");
        let want = Picked {
            name: "nord".to_owned(),
            instead_of: AUTO.to_owned(),
        };
        assert_eq!(kept, [Effect::Keep(Keep::Theme(want))]);
        assert_eq!((app.theme(), &app.overlay), (Some("nord"), &Overlay::None));
        press(&mut app, "T");
        assert_eq!(app.overlay, Overlay::Themes(3), "it opens at what is worn");
    }

    /// Over the contexts `prod-eu` and `dev`, of which the first is looked at and has a theme of its own.
    fn in_prod() -> App {
        let mut app = app();
        app.themes.of_contexts = [("*", "light"), ("prod-*", "dark"), ("prod-eu", "nord")]
            .map(|(context, theme)| (context.to_owned(), theme.to_owned()))
            .into();
        app.themes.look_at(Some("prod-eu"));
        app
    }

    #[test]
    fn a_context_has_the_theme_of_its_name_else_of_the_first_glob_that_fits() {
        let mut app = in_prod();
        assert_eq!(app.theme(), Some("nord"));
        for (context, theme) in [
            (Some("prod-us"), "light"),
            (Some("dev"), "light"),
            (None, "dark"),
        ] {
            app.themes.look_at(context);
            assert_eq!(app.theme(), Some(theme), "{context:?}");
        }
        app.themes.of_contexts.remove(0);
        app.themes.look_at(Some("prod-us"));
        assert_eq!(app.themes.worn(), "dark");
        app.themes.look_at(Some("dev"));
        assert_eq!(app.themes.worn(), AUTO);
    }

    #[test]
    fn what_is_picked_is_worn_until_another_context_is_looked_at() {
        let mut app = in_prod();
        press(&mut app, "T");
        assert_eq!(app.overlay, Overlay::Themes(3), "it opens at what is worn");
        press(&mut app, "<esc>:theme light<enter>");
        assert_eq!(app.theme(), Some("light"));
        let said =
            "light is the theme now; prod-eu has nord again once another context is looked at.";
        assert_eq!(app.message(), Some(said));
        app.themes.look_at(Some("prod-eu"));
        assert_eq!(app.theme(), Some("light"));
        app.themes.look_at(None);
        assert_eq!(app.theme(), Some("light"), "it is the usual one now");
        app.themes.look_at(Some("prod-eu"));
        assert_eq!(app.theme(), Some("nord"));
        press(&mut app, ":theme nord<enter>");
        let said = "nord is the theme now, and the next time.";
        assert_eq!(app.message(), Some(said));
    }

    #[test]
    fn settings_that_are_read_again_leave_what_was_picked_unless_they_have_another_theme_for_it() {
        let mut app = in_prod();
        app.update(Event::Background(true), 0);
        press(&mut app, ":theme dark<enter>");
        let read = |own: &str, chosen: &str| Themes {
            chosen: chosen.to_owned(),
            of_contexts: vec![("prod-eu".to_owned(), own.to_owned())],
            known: in_prod().themes.known,
            ..Themes::default()
        };
        app.themes.take_up(read("nord", "dark"));
        assert_eq!((app.theme(), app.themes.light), (Some("dark"), Some(true)));
        app.themes.take_up(read("light", "dark"));
        assert_eq!(app.theme(), Some("light"), "another one for this context");
        app.themes.take_up(read("nord", AUTO));
        assert_eq!(app.theme(), Some("nord"), "another one for all");
    }

    #[test]
    fn a_letter_that_means_nothing_there_leaves_the_list_open() {
        let mut app = app();
        assert_eq!(press(&mut app, "Tjhx"), []);
        assert_eq!(app.overlay, Overlay::Themes(1));
    }

    #[test]
    fn what_can_not_be_worn_says_why_and_changes_nothing() {
        let mut app = app();
        assert_eq!(press(&mut app, "TG<enter>"), []);
        assert_eq!(app.message(), Some("mine.toml:3: “rde” is no colour"));
        assert_eq!(app.overlay, Overlay::Themes(4));
        press(&mut app, "<esc>");
        assert_eq!(press(&mut app, ":theme nrod<enter>"), []);
        let said = app.message().unwrap().to_owned();
        assert_eq!(said, "There is no theme `nrod`. Did you mean `nord`?");
        assert_eq!(app.themes.chosen, AUTO);
    }

    #[test]
    fn the_prompt_takes_a_name_and_the_beginning_of_one() {
        let mut app = app();
        let offered = app.suggestions("theme n");
        assert_eq!(offered[0].text, "theme nord");
        assert_eq!(press(&mut app, ":theme no<enter>").len(), 1);
        assert_eq!(app.theme(), Some("nord"));
        press(&mut app, ":theme<enter>");
        assert_eq!(app.overlay, Overlay::Themes(3));
    }
}
