//! Commands that change the shell itself, or run others.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every command has the type that the table wants"
)]

use std::{io, time::Instant};

use super::{Call, Done, duration, has};
use crate::demo::shell::{
    files::Trouble,
    parse::is_name,
    state::{Leave, Variable},
};

pub(super) fn success(_: &mut Call) -> Done {
    Ok(0)
}

pub(super) fn failure(_: &mut Call) -> Done {
    Ok(1)
}

/// `exit`, `return`, `break`, `continue`
pub(super) fn leave(call: &mut Call) -> Done {
    let status = call.shell.status;
    let number = call.argument(0).parse::<i64>().ok();
    if number.is_none() && !call.arguments.is_empty() {
        let why = format!("Illegal number: {}", call.argument(0));
        return call.fail(2, &why);
    }
    let code = number.map_or(status, |number| number as u8);
    let depth = number.map_or(1, |number| number.max(1) as usize);
    call.shell.leaves = Some(match call.name {
        "exit" => Leave::Exit(code),
        "return" => Leave::Return(code),
        "break" => Leave::Break(depth),
        _ => Leave::Continue(depth),
    });
    Ok(if matches!(call.name, "exit" | "return") {
        code
    } else {
        0
    })
}

pub(super) fn cd(call: &mut Call) -> Done {
    let wanted = match call.argument(0) {
        "" => call.shell.variable("HOME").unwrap_or("/").to_owned(),
        "-" => call.shell.variable("OLDPWD").unwrap_or("/").to_owned(),
        path => path.to_owned(),
    };
    let path = call.shell.path(&wanted);
    let why = match call.shell.files().look(&path) {
        Some(node) if node.is_directory() => None,
        Some(_) => Some(Trouble::NotDirectory),
        None => Some(Trouble::Missing),
    };
    if let Some(why) = why {
        return call.fail(2, &format!("can't cd to {wanted}: {why}"));
    }
    let before = std::mem::replace(&mut call.shell.directory, path.clone());
    call.shell.set("OLDPWD", before);
    call.shell.set("PWD", path.clone());
    if call.argument(0) == "-" {
        call.say(&format!("{path}\n"))?;
    }
    Ok(0)
}

pub(super) fn pwd(call: &mut Call) -> Done {
    let line = format!("{}\n", call.shell.directory);
    call.say(&line)?;
    Ok(0)
}

pub(super) fn export(call: &mut Call) -> Done {
    if call.arguments.is_empty() || call.argument(0) == "-p" {
        let lines: Vec<String> = call
            .shell
            .variables
            .iter()
            .filter(|(_, variable)| variable.exported)
            .map(|(name, variable)| format!("export {name}='{}'\n", variable.value))
            .collect();
        call.say(&lines.concat())?;
        return Ok(0);
    }
    for word in call.arguments {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        if !is_name(name) {
            return call.fail(1, &format!("{word}: bad variable name"));
        }
        let variable = call
            .shell
            .variables
            .entry(name.to_owned())
            .or_insert(Variable {
                value: String::new(),
                exported: true,
            });
        variable.exported = true;
        if let Some(value) = value {
            variable.value = value;
        }
    }
    Ok(0)
}

pub(super) fn unset(call: &mut Call) -> Done {
    for name in call.arguments {
        call.shell.variables.remove(name);
        call.shell.functions.remove(name);
    }
    Ok(0)
}

pub(super) fn set(call: &mut Call) -> Done {
    match call.argument(0) {
        "" => {
            let lines: Vec<String> = call
                .shell
                .variables
                .iter()
                .map(|(name, variable)| format!("{name}='{}'\n", variable.value))
                .collect();
            call.say(&lines.concat())?;
        }
        "--" => call.shell.arguments = call.arguments[1..].to_vec(),
        "-o" | "+o" => {}
        option if option.starts_with('-') => {
            call.shell.stops_on_error |= option.contains('e');
        }
        option if option.starts_with('+') => {
            call.shell.stops_on_error &= !option.contains('e');
        }
        _ => call.shell.arguments = call.arguments.to_vec(),
    }
    Ok(0)
}

pub(super) fn shift(call: &mut Call) -> Done {
    let count = call.argument(0).parse().unwrap_or(1_usize);
    if count > call.shell.arguments.len() {
        return call.fail(1, "can't shift that many");
    }
    call.shell.arguments.drain(..count);
    Ok(0)
}

pub(super) fn umask(call: &mut Call) -> Done {
    call.say("0022\n")?;
    Ok(0)
}

pub(super) fn history(call: &mut Call) -> Done {
    let lines: Vec<String> = call
        .shell
        .history
        .iter()
        .enumerate()
        .map(|(number, line)| format!("{number:>5} {line}\n"))
        .collect();
    call.say(&lines.concat())?;
    Ok(0)
}

pub(super) fn read(call: &mut Call) -> Done {
    let (_, names) = call.options("p");
    let input = call.io.input.clone();
    let mut line = None;
    call.lines(&input, &mut |_, read| {
        line = Some(String::from_utf8_lossy(read).into_owned());
        Ok(false)
    })?;
    let code = u8::from(!line.as_ref().is_some_and(|line| line.ends_with('\n')));
    let line = line.unwrap_or_default();
    let mut rest = line.trim();
    let names = if names.is_empty() {
        vec!["REPLY".to_owned()]
    } else {
        names
    };
    for (index, name) in names.iter().enumerate() {
        let (word, after) = if index + 1 == names.len() {
            (rest, "")
        } else {
            rest.split_once([' ', '\t']).unwrap_or((rest, ""))
        };
        call.shell.set(name, word.to_owned());
        rest = after.trim_start();
    }
    Ok(code)
}

pub(super) fn eval(call: &mut Call) -> Done {
    let text = call.arguments.join(" ");
    Ok(call.shell.script(&text, call.io))
}

/// `exec COMMAND` runs it and ends; alone it changes nothing here.
pub(super) fn exec(call: &mut Call) -> Done {
    if call.arguments.is_empty() {
        return Ok(0);
    }
    let code = call.shell.invoke(call.arguments, call.io);
    call.shell.leaves = Some(Leave::Exit(code));
    Ok(code)
}

pub(super) fn source(call: &mut Call) -> Done {
    let path = call.argument(0);
    match call.shell.read_file(path) {
        Ok(script) => {
            let script = String::from_utf8_lossy(&script).into_owned();
            Ok(call.shell.script(&script, call.io))
        }
        Err(why) => call.fail(2, &format!("can't open '{path}': {why}")),
    }
}

/// A shell within.
pub(super) fn shell(call: &mut Call) -> Done {
    let mut shell = call.shell.clone();
    shell.depth += 1;
    shell.leaves = None;
    let code = shell.shell(call.name, call.arguments, call.io);
    Ok(match shell.leaves {
        Some(Leave::Exit(code)) => code,
        _ => code,
    })
}

/// What a name stands for, in the words of `command -V`.
fn meaning(call: &Call, name: &str) -> Option<String> {
    if call.shell.functions.contains_key(name) {
        Some(format!("{name} is a function"))
    } else if super::is_builtin(name) {
        Some(format!("{name} is a shell builtin"))
    } else {
        call.shell
            .which(name)
            .map(|path| format!("{name} is {path}"))
    }
}

pub(super) fn kind(call: &mut Call) -> Done {
    let mut code = 0;
    for name in call.arguments {
        if let Some(meaning) = meaning(call, name) {
            call.say(&format!("{meaning}\n"))?;
        } else {
            call.say(&format!("{name}: not found\n"))?;
            code = 127;
        }
    }
    Ok(code)
}

pub(super) fn command(call: &mut Call) -> Done {
    let Some(option @ ("-v" | "-V")) = call.arguments.first().map(String::as_str) else {
        return Ok(call.shell.invoke(call.arguments, call.io));
    };
    let mut code = 127;
    for name in &call.arguments[1..] {
        let Some(meaning) = meaning(call, name) else {
            continue;
        };
        code = 0;
        let short = call.shell.which(name).unwrap_or_else(|| name.clone());
        let line = if option == "-V" { meaning } else { short };
        call.say(&format!("{line}\n"))?;
    }
    Ok(code)
}

pub(super) fn which(call: &mut Call) -> Done {
    let mut code = 0;
    for name in call.arguments {
        match call.shell.which(name) {
            Some(path) => call.say(&format!("{path}\n"))?,
            None => code = 1,
        }
    }
    Ok(code)
}

pub(super) fn sleep(call: &mut Call) -> Done {
    let word = call.argument(0);
    let time = match word {
        "infinity" => Some(std::time::Duration::from_secs(u64::from(u32::MAX))),
        word => duration(word),
    };
    match time {
        Some(time) => {
            call.wait(time)?;
            Ok(0)
        }
        None if word.is_empty() => call.fail(1, "missing operand"),
        None => call.fail(1, &format!("invalid number '{word}'")),
    }
}

pub(super) fn time(call: &mut Call) -> Done {
    let start = Instant::now();
    let code = call.shell.invoke(call.arguments, call.io);
    let took = start.elapsed();
    let (minutes, seconds) = (took.as_secs() / 60, took.as_secs_f64() % 60.0);
    let line = format!("real\t{minutes}m {seconds:.2}s\nuser\t0m 0.00s\nsys\t0m 0.00s");
    call.io.complain(&line)?;
    Ok(code)
}

pub(super) fn xargs(call: &mut Call) -> Done {
    let (options, _) = call.options("nIP");
    let skipped: usize = options
        .iter()
        .map(|(_, value)| if value.is_empty() { 1 } else { 2 })
        .sum();
    let mut command: Vec<String> = call.arguments.get(skipped..).unwrap_or_default().to_vec();
    if command.is_empty() {
        command.push("echo".to_owned());
    }
    let input = call.io.input.clone();
    let text = call.all(&input)?;
    let text = String::from_utf8_lossy(&text);
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if let Some(mark) = super::value_of(&options, 'I') {
        let mut code = 0;
        for line in text.lines() {
            let argv: Vec<String> = command
                .iter()
                .map(|word| word.replace(mark, line))
                .collect();
            code = code.max(run(call, &argv)?);
        }
        return Ok(code);
    }
    let size = super::value_of(&options, 'n')
        .and_then(|size| size.parse().ok())
        .unwrap_or(5_000_usize)
        .max(1);
    if words.is_empty() && has(&options, 'r') {
        return Ok(0);
    }
    let mut code = 0;
    let batches: Vec<&[String]> = if words.is_empty() {
        vec![&[]]
    } else {
        words.chunks(size).collect()
    };
    for batch in batches {
        let argv = [command.as_slice(), batch].concat();
        code = code.max(run(call, &argv)?);
    }
    Ok(code)
}

fn run(call: &mut Call, argv: &[String]) -> io::Result<u8> {
    call.shell.console.check()?;
    Ok(call.shell.invoke(argv, call.io))
}

pub(super) fn help(call: &mut Call) -> Done {
    call.say("A simulated container: its files are in memory, nothing outside can be reached.\nCommands:\n")?;
    let mut line = String::from("\t");
    for name in super::names() {
        if line.len() + name.len() > 70 {
            call.say(&format!("{line}\n"))?;
            line = String::from("\t");
        }
        line.push_str(name);
        line.push(' ');
    }
    call.say(&format!("{line}\n"))?;
    Ok(0)
}
