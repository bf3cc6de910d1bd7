//! Command lines in, what they mean out.

#![expect(
    clippy::unwrap_used,
    reason = "a command line that cannot be read has failed the test"
)]

use clap::CommandFactory as _;

use super::{values::duration, *};

fn read(line: &str) -> Result<Cli, clap::Error> {
    Cli::read(
        format!("barkeep {line}")
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>(),
    )
}

#[test]
fn the_flags_hold_together() {
    Cli::command().debug_assert();
}

#[test]
fn kubectls_flags_mean_what_they_mean_there() {
    let cli =
        read("--context eu -n shop --as ann --as-group a --as-group b --request-timeout 1m30s")
            .unwrap();
    assert_eq!(
        (cli.contexts, cli.namespace.as_deref()),
        (vec!["eu".to_owned()], Some("shop"))
    );
    assert_eq!(
        (cli.as_user.as_deref(), cli.as_groups),
        (Some("ann"), vec!["a".to_owned(), "b".to_owned()])
    );
    assert_eq!(cli.request_timeout, Some(Duration::from_secs(90)));
    assert!(read("-A").unwrap().all_namespaces);
}

#[test]
fn times_are_read_as_kubectl_reads_them() {
    for (text, want) in [
        ("0", Some(0)),
        ("0s", Some(0)),
        ("30s", Some(30_000)),
        ("1m", Some(60_000)),
        ("500ms", Some(500)),
        ("1h30m", Some(5_400_000)),
        ("1.5s", Some(1_500)),
        ("10", Some(10_000)),
        ("", None),
        ("s", None),
        ("5 minutes", None),
        ("-1s", None),
        ("1m30", None),
    ] {
        assert_eq!(
            duration(text).ok(),
            want.map(Duration::from_millis),
            "{text:?}"
        );
    }
}

#[test]
fn a_headless_run_knows_its_size_and_keys() {
    let cli = read("--print --keys j<enter> --size 80x24 --format svg").unwrap();
    assert_eq!(cli.keys.unwrap().0.len(), 2);
    assert_eq!(
        cli.size,
        Some(Size {
            columns: 80,
            rows: 24
        })
    );
    assert_eq!(cli.format, Some(Format::Svg));
}

#[test]
fn mistakes_are_explained() {
    for (line, want) in [
        (
            "--keys j",
            "--keys is for printing a frame without a terminal. Add --print",
        ),
        ("--size 80x24", "--size is for printing"),
        (
            "--print --size 80",
            "a size is columns, an x and rows, such as 120x40",
        ),
        ("--print --size 0x9", "each from 1 to 1000"),
        ("--print --keys <entre>", "“<entre>” at position 1"),
        ("--request-timeout soon", "a time is a number with its unit"),
        ("--theme draculla", "Did you mean `dracula`?"),
        (
            "--theme xyz",
            "There are: auto, dark, light, catppuccin-mocha",
        ),
        ("--as-group a", "--as <USER>"),
        ("--color always --no-color", "cannot be used with"),
        ("--contxt a", "--context"),
        ("--context a,b --cluster c", "--cluster names one cluster"),
        ("--filter cpu>x", "`cpu>x`: x is no amount of cpu"),
    ] {
        let error = read(line).unwrap_err();
        assert!(error.to_string().contains(want), "{line}: {error}");
        assert_eq!(error.exit_code(), 2);
    }
}

#[test]
fn help_and_version_are_no_mistakes() {
    for line in ["--help", "--version", "-V"] {
        assert_eq!(read(line).unwrap_err().exit_code(), 0);
    }
    let help = read("--help").unwrap_err().to_string();
    for part in ["Cluster:", "Without a terminal:", "Looks:", "Examples:"] {
        assert!(help.contains(part), "{help}");
    }
}

#[test]
fn the_persons_word_on_colours_counts() {
    for (line, want) in [
        ("", None),
        ("--no-color", Some(false)),
        ("--color always", Some(true)),
    ] {
        assert_eq!(read(line).unwrap().wants_colour(), want);
    }
}

#[test]
fn a_command_behind_flags_is_said_to_stand_first() {
    let error = read("--config x.toml config check")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("'config' is a command and stands first"),
        "{error}"
    );
    let error = read("shop prod").unwrap_err().to_string();
    assert!(error.contains("one place only"), "{error}");
}

#[test]
fn help_has_no_marks_of_the_source() {
    let mut command = Cli::command();
    assert!(!command.render_long_help().to_string().contains('`'));
    for sub in command.get_subcommands_mut() {
        let help = sub.render_long_help().to_string();
        assert!(!help.contains('`'), "{help}");
    }
}

#[test]
fn the_settings_that_are_asked_about_are_named_either_way() {
    for line in ["config check x.toml", "config check --config x.toml"] {
        let Some(Command::Config(configuring)) = read(line).unwrap().command else {
            unreachable!("no command");
        };
        let file = match configuring {
            Configuring::Check { file, config } => file.or(config),
            _ => None,
        };
        assert_eq!(file, Some("x.toml".into()), "{line}");
    }
    assert!(read("config check a --config b").is_err());
}
