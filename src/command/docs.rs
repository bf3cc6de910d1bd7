//! The table as others read it: README's list of keys, and the `[keys]` of the example configuration.

use super::{COMMANDS, Entry};

/// The rows of README's table of keys.
pub fn listed() -> String {
    let row = |entry: &Entry| {
        let keys: Vec<String> = entry
            .keys
            .iter()
            .map(|keys| format!("`{}`", keys.replace('|', "\\|")))
            .collect();
        let keys = if keys.is_empty() {
            String::new()
        } else {
            format!("{} ", keys.join(" "))
        };
        format!("| {keys}| {} | {} |\n", entry.name, entry.help)
    };
    let rows: String = COMMANDS.iter().map(row).collect();
    format!("| key | command | |\n| --- | --- | --- |\n{rows}")
}

/// The `[keys]` of the example configuration: every command with the keys it has anyway.
pub fn configured() -> String {
    let line = |entry: &Entry| {
        let keys: Vec<String> = entry
            .keys
            .iter()
            .map(|keys| format!("\"{keys}\""))
            .collect();
        let keys = match keys.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        format!("#: {} = {keys} # {}\n", entry.name, entry.help)
    };
    COMMANDS.iter().map(line).collect()
}
