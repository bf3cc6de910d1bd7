//! `test` and `[`.

use super::{Call, Done};
use crate::demo::shell::{files::Node, state::Shell};

pub(super) fn test(call: &mut Call) -> Done {
    let mut words: Vec<&str> = call.arguments.iter().map(String::as_str).collect();
    if call.name == "[" && words.pop() != Some("]") {
        return call.fail(2, "missing ]");
    }
    match either(call.shell, &words) {
        Ok(holds) => Ok(u8::from(!holds)),
        Err(why) => call.fail(2, &why),
    }
}

fn either(shell: &Shell, words: &[&str]) -> Result<bool, String> {
    for (sign, stops_at) in [("-o", true), ("-a", false)] {
        // An operator stands between two claims; at the edges it is a word like any other.
        let inner = words
            .get(1..words.len().saturating_sub(1))
            .unwrap_or_default();
        if let Some(at) = inner.iter().position(|word| *word == sign)
            && words.len() > 3
        {
            let first = either(shell, &words[..=at])?;
            return if first == stops_at {
                Ok(first)
            } else {
                either(shell, &words[at + 2..])
            };
        }
    }
    claim(shell, words)
}

fn claim(shell: &Shell, words: &[&str]) -> Result<bool, String> {
    match words {
        [] => Ok(false),
        [word] => Ok(!word.is_empty()),
        ["!", rest @ ..] => Ok(!either(shell, rest)?),
        [operator, word] => one(shell, operator, word),
        [left, operator, right] => two(left, operator, right),
        _ => Err("too many arguments".to_owned()),
    }
}

fn one(shell: &Shell, operator: &str, word: &str) -> Result<bool, String> {
    let files = shell.files();
    let path = shell.path(word);
    let node = files.look(&path);
    Ok(match operator {
        "-n" => !word.is_empty(),
        "-z" => word.is_empty(),
        "-e" | "-r" | "-w" => node.is_some(),
        "-f" => node.is_some_and(|node| !node.is_directory()),
        "-d" => node.is_some_and(Node::is_directory),
        "-s" => node.is_some_and(|node| node.size() > 0),
        "-x" => node.is_some_and(|node| node.is_program() || node.is_directory()),
        "-L" | "-h" => files
            .look_at_link(&path)
            .is_some_and(|node| matches!(node.kind, crate::demo::shell::files::Kind::Link(_))),
        "-t" => shell.console.is_terminal(),
        _ => return Err(format!("{operator}: unknown operand")),
    })
}

fn two(left: &str, operator: &str, right: &str) -> Result<bool, String> {
    let number = |word: &str| {
        let number: Result<i64, _> = word.trim().parse();
        number.map_err(|_| format!("{word}: bad number"))
    };
    Ok(match operator {
        "=" | "==" => left == right,
        "!=" => left != right,
        "-eq" => number(left)? == number(right)?,
        "-ne" => number(left)? != number(right)?,
        "-lt" => number(left)? < number(right)?,
        "-le" => number(left)? <= number(right)?,
        "-gt" => number(left)? > number(right)?,
        "-ge" => number(left)? >= number(right)?,
        _ => return Err(format!("{operator}: unknown operand")),
    })
}
