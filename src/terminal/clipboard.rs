//! The clipboard: the terminal's own, which is reached over SSH too (OSC 52), or a program that the person named.
//!
//! ```text
//!  terminal          ESC ] 52 ; c ; base64 BEL
//!  within tmux       that, and ESC P tmux; with each ESC of it twice ESC \    whichever of the two tmux is told to let through
//!  within screen     ESC P a piece of it ESC \   ESC P the next ESC \  …
//! ```

use std::{process::Stdio, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

use crate::model::{Cause, Problem};

/// The most that most terminals take, bytes of base64.
pub const LIMIT: usize = 74_994;
/// The longest piece that GNU screen passes on: its oldest versions hold 256 bytes.
const PIECE: usize = 240;
/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most of its complaint that is told, bytes.
const COMPLAINT: u64 = 400;

/// Where copied text goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Clipboard {
    /// To the terminal.
    #[default]
    Osc52,
    /// To the standard input of a program: its name and its arguments.
    Command(Vec<String>),
}

/// What stands between us and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// Nothing.
    Nothing,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Between {
    /// As the environment has it; over SSH only the name of the terminal tells.
    pub fn detect(env: impl Fn(&str) -> Option<String>) -> Self {
        let term = env("TERM").unwrap_or_default();
        if env("TMUX").is_some() || term.starts_with("tmux") {
            Self::Tmux
        } else if env("STY").is_some() || term.starts_with("screen") {
            Self::Screen
        } else {
            Self::Nothing
        }
    }
}

/// The sequence that puts a text on the terminal's clipboard; a problem where it takes more than `limit` bytes of base64.
pub fn osc52(text: &str, between: Between, limit: usize) -> Result<Vec<u8>, Problem> {
    let takes = text.len().div_ceil(3) * 4;
    if takes > limit {
        let what = format!(
            "Nothing was copied: it would be {takes} bytes for the terminal, and `clipboard_limit` is {limit}"
        );
        return Err(
            Problem::new(Cause::Config, what).hint("A program in `clipboard` has no such limit")
        );
    }
    let sequence = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    Ok(match between {
        Between::Nothing => sequence.into_bytes(),
        Between::Tmux => {
            let doubled = sequence.replace('\x1b', "\x1b\x1b");
            format!("{sequence}\x1bPtmux;{doubled}\x1b\\").into_bytes()
        }
        Between::Screen => {
            let pieces = sequence.as_bytes().chunks(PIECE);
            pieces
                .flat_map(|piece| [b"\x1bP", piece, b"\x1b\\"].concat())
                .collect()
        }
    })
}

/// Hands a text to a program, without a shell. A problem says why it did not take it.
pub async fn hand(words: &[String], text: String) -> Result<(), Problem> {
    let Some((name, arguments)) = words.split_first() else {
        return Err(failed("`clipboard` names no program"));
    };
    let child = Command::new(name)
        .args(arguments)
        .stdin(Stdio::piped())
        // Such programs go on in the background, and hold what they were given.
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let child = child.map_err(|error| failed(&format!("{name} can not be run: {error}")))?;
    let taken = timeout(PATIENCE, take(child, text)).await;
    let late = || {
        failed(&format!(
            "{name} has not ended after {} s",
            PATIENCE.as_secs()
        ))
    };
    match taken.map_err(|_| late())? {
        Ok(None) => Ok(()),
        Ok(Some(complaint)) => Err(failed(&format!("{name} {complaint}"))),
        Err(error) => Err(failed(&format!("{name}: {error}"))),
    }
}

/// How it complains, if it does.
async fn take(mut child: Child, text: String) -> std::io::Result<Option<String>> {
    if let Some(mut input) = child.stdin.take() {
        // One that ends before it has read all says why itself.
        let _ = input.write_all(text.as_bytes()).await;
    }
    let status = child.wait().await?;
    if status.success() {
        return Ok(None);
    }
    let mut said = Vec::new();
    if let Some(errors) = child.stderr.take() {
        errors.take(COMPLAINT).read_to_end(&mut said).await?;
    }
    let said = String::from_utf8_lossy(&said);
    let first = said.lines().find(|line| !line.trim().is_empty());
    let shown = |c: &char| !c.is_control();
    let first = first.map(|line| line.chars().filter(shown).collect::<String>());
    Ok(Some(match first {
        Some(line) => format!("says: {}", line.trim()),
        None => format!("ended with {status}"),
    }))
}

fn failed(why: &str) -> Problem {
    Problem::new(Cause::Config, format!("Nothing was copied: {why}"))
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a sequence that is not made has failed the test"
    )]

    use super::*;

    fn between(vars: &[(&str, &str)]) -> Between {
        let value = |name: &str| vars.iter().find(|(key, _)| *key == name);
        Between::detect(|name| value(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn what_stands_between_is_known_by_its_variables() {
        for (vars, want) in [
            (&[("TERM", "xterm-256color")][..], Between::Nothing),
            (
                &[
                    ("TERM", "screen-256color"),
                    ("TMUX", "/tmp/tmux-0/default,1,0"),
                ],
                Between::Tmux,
            ),
            (&[("TERM", "tmux-256color")], Between::Tmux),
            (&[("TERM", "screen")], Between::Screen),
            (
                &[("TERM", "xterm"), ("STY", "1.pts-0.host")],
                Between::Screen,
            ),
            (&[], Between::Nothing),
        ] {
            assert_eq!(between(vars), want, "{vars:?}");
        }
    }

    #[test]
    fn each_gets_the_sequence_that_it_passes_on() {
        let said = |between| String::from_utf8(osc52("web 한", between, LIMIT).unwrap()).unwrap();
        let plain = "\x1b]52;c;d2ViIO2VnA==\x07";
        assert_eq!(said(Between::Nothing), plain);
        assert_eq!(
            said(Between::Tmux),
            format!("{plain}\x1bPtmux;\x1b{plain}\x1b\\")
        );
        assert_eq!(said(Between::Screen), format!("\x1bP{plain}\x1b\\"));
    }

    #[test]
    fn screen_gets_pieces_that_are_the_sequence_together() {
        let text = "0123456789".repeat(100);
        let plain = osc52(&text, Between::Nothing, LIMIT).unwrap();
        let pieces = String::from_utf8(osc52(&text, Between::Screen, LIMIT).unwrap()).unwrap();
        let pieces: Vec<&str> = pieces
            .split_terminator("\x1b\\")
            .map(|piece| piece.strip_prefix("\x1bP").unwrap())
            .collect();
        assert!(pieces.len() > 5 && pieces.iter().all(|piece| piece.len() <= PIECE));
        assert_eq!(pieces.concat().as_bytes(), plain);
    }

    #[test]
    fn what_is_too_long_is_not_cut() {
        assert!(osc52(&"x".repeat(30), Between::Nothing, 40).is_ok());
        let problem = osc52(&"x".repeat(31), Between::Nothing, 40).unwrap_err();
        assert!(
            problem.what.contains("44 bytes") && problem.what.contains("is 40"),
            "{problem}"
        );
    }

    #[tokio::test]
    async fn a_program_gets_the_text_and_its_failure_is_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("held");
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let path = file.to_str().unwrap();
        let long = "a line\n".repeat(50_000);
        hand(&words(&["tee", path]), long.clone()).await.unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), long);
        for (command, want) in [
            (&["no-such-program"][..], "no-such-program can not be run: "),
            (
                &["sh", "-c", "echo 'no display' >&2; exit 3"],
                "sh says: no display",
            ),
            (&["false"], "false ended with exit status: 1"),
            (&[], "`clipboard` names no program"),
        ] {
            let problem = hand(&words(command), long.clone()).await.unwrap_err();
            assert!(problem.what.contains(want), "{problem}");
        }
    }
}
