//! Commands that use the terminal as one.

use std::{io, time::Duration};

use super::{
    Call, Done, duration,
    system::{age, up},
    value_of,
};
use crate::demo::shell::{console::Mode, eval::Io, stream::Output};

/// The alternate screen, without its cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

pub(super) fn clear(call: &mut Call) -> Done {
    call.say("\x1b[H\x1b[2J\x1b[3J")?;
    Ok(0)
}

pub(super) fn tty(call: &mut Call) -> Done {
    if call.io.input.is_terminal() {
        call.say("/dev/pts/0\n")?;
        return Ok(0);
    }
    call.say("not a tty\n")?;
    Ok(1)
}

pub(super) fn stty(call: &mut Call) -> Done {
    let Some((columns, rows)) = call.shell.console.size() else {
        return call.fail(1, "standard input: Not a tty");
    };
    match call.argument(0) {
        "size" => call.say(&format!("{rows} {columns}\n"))?,
        "" | "-a" => call.say(&format!(
            "speed 38400 baud; rows {rows}; columns {columns};\n"
        ))?,
        // What else can be set here makes no difference.
        _ => {}
    }
    Ok(0)
}

pub(super) fn tput(call: &mut Call) -> Done {
    let (columns, rows) = call.shell.console.size().unwrap_or((80, 24));
    let text = match call.argument(0) {
        "cols" => format!("{columns}\n"),
        "lines" => format!("{rows}\n"),
        "colors" => "256\n".to_owned(),
        "clear" => "\x1b[H\x1b[2J".to_owned(),
        "bold" => "\x1b[1m".to_owned(),
        "sgr0" => "\x1b[m".to_owned(),
        "setaf" => format!("\x1b[38;5;{}m", call.argument(1)),
        "setab" => format!("\x1b[48;5;{}m", call.argument(1)),
        "cup" => {
            let number = |index| call.argument(index).parse::<u16>().unwrap_or_default();
            format!("\x1b[{};{}H", number(1) + 1, number(2) + 1)
        }
        "smcup" => "\x1b[?1049h".to_owned(),
        "rmcup" => "\x1b[?1049l".to_owned(),
        "civis" => "\x1b[?25l".to_owned(),
        "cnorm" => "\x1b[?25h".to_owned(),
        other => return call.fail(1, &format!("unknown terminfo capability '{other}'")),
    };
    call.say(&text)?;
    Ok(0)
}

/// A picture to test terminals with: colours, attributes, box drawing, wide and combined letters.
pub(super) fn colors(call: &mut Call) -> Done {
    for (name, base) in [("normal", 40), ("bright", 100)] {
        let cells: Vec<String> = (0..8)
            .map(|colour| format!("\x1b[{}m    ", base + colour))
            .collect();
        call.say(&format!("{name:<8}{}\x1b[m\n", cells.concat()))?;
    }
    let cube = |row: usize| -> Vec<String> {
        (0..36)
            .map(|cell| format!("\x1b[48;5;{}m ", 16 + row * 36 + cell))
            .collect()
    };
    for row in 0..6 {
        call.say(&format!(
            "{:<8}{}\x1b[m\n",
            if row == 0 { "256" } else { "" },
            cube(row).concat()
        ))?;
    }
    let grey: Vec<String> = (232..=255)
        .map(|colour| format!("\x1b[48;5;{colour}m "))
        .collect();
    call.say(&format!("{:<8}{}\x1b[m\n", "grey", grey.concat()))?;
    let rainbow: Vec<String> = (0..64)
        .map(|step| format!("\x1b[48;2;{};{};{}m ", 255 - step * 4, step * 4, 128))
        .collect();
    call.say(&format!("{:<8}{}\x1b[m\n", "true", rainbow.concat()))?;
    call.say(
        "\x1b[1mbold\x1b[m \x1b[2mfaint\x1b[m \x1b[3mitalic\x1b[m \x1b[4munderlined\x1b[m \x1b[7mreverse\x1b[m \
         \x1b[9mstruck\x1b[m \x1b[4:3mcurly\x1b[m \x1b[5mblink\x1b[m\n\
         ┌──────┬──────┐ ╔══════╗ ╭──────╮ ▁▂▃▄▅▆▇█\n\
         │ box  │ 한국어│ ║ 日本 ║ │ é e\u{301} │ ░▒▓█ ⠋⠙⠹\n\
         ├──────┼──────┤ ╚══════╝ ╰──────╯ ✓ ✗ ● ◐\n\
         └──────┴──────┘ 👩‍💻 🇰🇷 ❤️\n",
    )?;
    Ok(0)
}

/// Shows what `draw` says until `q`, Ctrl-C or the end of input, and again at every change of the size.
fn show(
    call: &mut Call,
    pause: Duration,
    draw: &mut dyn FnMut(&mut Call, (u16, u16)) -> String,
) -> Done {
    if !(call.is_on_terminal() && call.io.input.is_terminal()) {
        let text = draw(call, (512, 512));
        call.say(&text)?;
        return Ok(0);
    }
    call.shell.console.set_mode(Mode::Keys);
    let shown = frames(call, pause, draw);
    let interrupted = call.shell.console.is_interrupted();
    call.shell.console.rearm();
    let done = call.say(LEAVE).and_then(|()| call.flush());
    call.shell.console.set_mode(Mode::Cooked);
    shown?;
    done?;
    Ok(if interrupted { 130 } else { 0 })
}

fn frames(
    call: &mut Call,
    pause: Duration,
    draw: &mut dyn FnMut(&mut Call, (u16, u16)) -> String,
) -> io::Result<()> {
    call.say(ENTER)?;
    loop {
        let size = call.shell.console.size().unwrap_or((80, 24));
        let text = draw(call, size);
        let rows: Vec<String> = text
            .lines()
            .take(usize::from(size.1))
            .map(|line| format!("{line}\x1b[K"))
            .collect();
        call.say(&format!("\x1b[H{}\x1b[J", rows.join("\n")))?;
        call.flush()?;
        match call.shell.console.read(Some(pause)) {
            Ok(Some(keys)) if !keys.contains(&b'q') => {}
            // Ctrl-C ends it as well.
            _ => return Ok(()),
        }
    }
}

pub(super) fn top(call: &mut Call) -> Done {
    let (options, _) = call.options("dn");
    let pause = value_of(&options, 'd')
        .and_then(duration)
        .unwrap_or(Duration::from_secs(1));
    let mut turn = 0_u64;
    show(call, pause, &mut |call, (columns, _)| {
        turn += 1;
        table(call, usize::from(columns), turn)
    })
}

fn table(call: &Call, columns: usize, turn: u64) -> String {
    let world = &call.shell.world;
    let busy = 3 + turn * 7 % 9;
    let all = world.memory() / 1_024;
    let processes = world.processes("top");
    let used: u64 = processes.iter().map(|process| process.memory).sum();
    let time = jiff::Timestamp::now().strftime("%H:%M:%S");
    let mut lines = vec![
        format!(
            "top - {time} up {},  0 users,  load average: 0.42, 0.36, 0.31",
            up(age(call))
        ),
        format!("Mem: {used}K used, {}K free", all.saturating_sub(used)),
        format!(
            "CPU:  {busy}% usr   1% sys   0% nic  {}% idle   0% io",
            99 - busy
        ),
        String::new(),
    ];
    let head = format!(
        "{:>5} {:<8} {:>8} {:>5} {:>5} COMMAND",
        "PID", "USER", "RSS", "%MEM", "%CPU"
    );
    lines.push(format!("\x1b[7m{head:<columns$}\x1b[m"));
    for process in processes {
        let cpu = if process.id == 1 { busy } else { 0 };
        let share = process.memory as f64 * 100.0 / all as f64;
        let line = format!(
            "{:>5} {:<8} {:>8} {share:>5.1} {cpu:>5} {}",
            process.id, process.user, process.memory, process.command
        );
        lines.push(line.chars().take(columns).collect());
    }
    lines.join("\n") + "\n"
}

pub(super) fn watch(call: &mut Call) -> Done {
    let count = call
        .arguments
        .iter()
        .take_while(|word| word.starts_with('-'))
        .count();
    let valued = count > 0 && call.argument(count - 1) == "-n";
    let pause = if valued {
        duration(call.argument(count))
    } else {
        None
    };
    let pause = pause.unwrap_or(Duration::from_secs(2));
    let command = call
        .arguments
        .get(count + usize::from(valued)..)
        .unwrap_or_default()
        .join(" ");
    show(call, pause, &mut |call, _| {
        let (out, captured) = Output::capture();
        let io = Io {
            err: out.clone(),
            out,
            ..call.io.clone()
        };
        let mut shell = call.shell.clone();
        shell.script(&command, &io);
        let time = jiff::Timestamp::now().strftime("%F %T");
        let captured = captured
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        format!(
            "Every {}s: {command}  {}: {time}\n\n{}",
            pause.as_secs_f64(),
            shell.world.facts.hostname,
            String::from_utf8_lossy(&captured)
        )
    })
}
