//! Settings of the screen that are more than a switch: where the panel stands, where copied text goes.

use toml::de::DeValue;

use super::{
    Clipboard, Side,
    reader::{Reader, Value},
};

impl Reader<'_> {
    pub(super) fn panel(&mut self, value: &Value<'_>) -> Option<Side> {
        match value.get_ref().as_str() {
            Some("auto") => Some(Side::Auto),
            Some("below") => Some(Side::Below),
            Some("right") => Some(Side::Right),
            _ => self.not("panel", "\"auto\", \"below\" or \"right\"", value),
        }
    }

    pub(super) fn clipboard(&mut self, value: &Value<'_>) -> Option<Clipboard> {
        match value.get_ref() {
            DeValue::String(text) if text == "osc52" => Some(Clipboard::Osc52),
            DeValue::Array(words) if !words.is_empty() => {
                Some(Clipboard::Command(self.words("clipboard", value)?))
            }
            _ => self.not(
                "clipboard",
                "\"osc52\" or a program such as [\"wl-copy\"]",
                value,
            ),
        }
    }

    pub(super) fn limit(&mut self, value: &Value<'_>) -> Option<usize> {
        let number = value.get_ref().as_integer();
        let number = number.and_then(|number| number.as_str().parse().ok());
        number.or_else(|| self.not("clipboard_limit", "a number of bytes", value))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Library, Problem};
    use super::*;

    #[test]
    fn what_is_set_is_read_and_what_is_wrong_is_told() {
        let text = "panel = \"right\"\nmouse = false\nclipboard = [\"xclip\", \"-i\"]\nclipboard_limit = 1_000\n";
        let (config, problems) = Config::parse(text, "c.toml", &Library::default());
        assert_eq!(problems, []);
        assert_eq!((config.panel, config.mouse), (Side::Right, false));
        let words = ["xclip", "-i"].map(str::to_owned).into();
        let want = (Clipboard::Command(words), 1000);
        assert_eq!((config.clipboard, config.clipboard_limit), want);
        let text = "panel = \"left\"\nmouse = 1\nclipboard = []\nclipboard_limit = -1\n";
        let (config, problems) = Config::parse(text, "c.toml", &Library::default());
        assert_eq!(config, Config::default());
        let all: Vec<String> = problems.iter().map(Problem::to_string).collect();
        for (n, want) in [
            "`panel` must be \"auto\", \"below\" or \"right\", not \"left\"",
            "`mouse` must be true or false, not 1",
            "`clipboard` must be \"osc52\" or a program such as [\"wl-copy\"], not []",
            "`clipboard_limit` must be a number of bytes, not -1",
        ]
        .iter()
        .enumerate()
        {
            let want = format!("c.toml:{}: {want}", n + 1);
            assert!(
                all.iter().any(|problem| problem.starts_with(&want)),
                "{want}\n{all:?}"
            );
        }
    }
}
