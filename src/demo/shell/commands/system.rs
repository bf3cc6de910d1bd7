//! Commands that tell about the machine that is not there.

use super::{Call, Done, has, now, value_of};
use crate::demo::shell::world::World;

pub(super) fn hostname(call: &mut Call) -> Done {
    let facts = &call.shell.world.facts;
    let line = match call.argument(0) {
        "-i" | "-I" => format!("{}\n", facts.ip),
        _ => format!("{}\n", facts.hostname),
    };
    call.say(&line)?;
    Ok(0)
}

pub(super) fn whoami(call: &mut Call) -> Done {
    call.say("root\n")?;
    Ok(0)
}

pub(super) fn id(call: &mut Call) -> Done {
    let (options, _) = call.options("");
    let line = match options.first().map(|(letter, _)| *letter) {
        Some('u' | 'g') if !has(&options, 'n') => "0\n",
        Some(_) => "root\n",
        None => "uid=0(root) gid=0(root) groups=0(root)\n",
    };
    call.say(line)?;
    Ok(0)
}

pub(super) fn uname(call: &mut Call) -> Done {
    let (options, _) = call.options("");
    let hostname = call.shell.world.facts.hostname.clone();
    let parts = [
        ('s', "Linux"),
        ('n', &hostname),
        ('r', "6.12.43"),
        ('v', "#1 SMP PREEMPT_DYNAMIC"),
        ('m', "x86_64"),
        ('o', "GNU/Linux"),
    ];
    let shown =
        |letter| has(&options, letter) || has(&options, 'a') || options.is_empty() && letter == 's';
    let words: Vec<&str> = parts
        .into_iter()
        .filter(|(letter, _)| shown(*letter))
        .map(|(_, word)| word)
        .collect();
    call.say(&format!("{}\n", words.join(" ")))?;
    Ok(0)
}

pub(super) fn nproc(call: &mut Call) -> Done {
    call.say("4\n")?;
    Ok(0)
}

/// `3 days, 2:05`
pub(super) fn up(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let clock = if hours > 0 {
        format!("{hours:>2}:{minutes:02}")
    } else {
        format!("{minutes} min")
    };
    match days {
        0 => clock,
        1 => format!("1 day, {clock}"),
        days => format!("{days} days, {clock}"),
    }
}

/// Seconds since the container started.
pub(super) fn age(call: &Call) -> i64 {
    (now() - call.shell.world.facts.started / 1_000).max(0)
}

pub(super) fn uptime(call: &mut Call) -> Done {
    let time = jiff::Timestamp::now().strftime("%H:%M:%S");
    let line = format!(
        " {time} up {},  0 users,  load average: 0.42, 0.36, 0.31\n",
        up(age(call))
    );
    call.say(&line)?;
    Ok(0)
}

pub(super) fn ps(call: &mut Call) -> Done {
    let asking = format!("{} {}", call.name, call.arguments.join(" "));
    let processes = call.shell.world.processes(asking.trim_end());
    if call.arguments.iter().any(|word| word.contains('u')) {
        call.say("USER         PID %CPU %MEM    RSS TTY      STAT   TIME COMMAND\n")?;
        let all = call.shell.world.memory() / 1_024;
        for process in processes {
            let share = process.memory as f64 * 100.0 / all as f64;
            call.say(&format!(
                "{:<8} {:>7}  0.0 {share:>4.1} {:>6} ?        {:<4}   0:00 {}\n",
                process.user,
                process.id,
                process.memory,
                if process.id == 1 { "Ss" } else { "S" },
                process.command
            ))?;
        }
        return Ok(0);
    }
    call.say("PID   USER     TIME  COMMAND\n")?;
    for process in processes {
        call.say(&format!(
            "{:>5} {:<8}  0:00 {}\n",
            process.id, process.user, process.command
        ))?;
    }
    Ok(0)
}

pub(super) fn kill(call: &mut Call) -> Done {
    let (_, words) = call.options("s");
    let known: Vec<String> = call
        .shell
        .world
        .processes("")
        .iter()
        .map(|process| process.id.to_string())
        .collect();
    if call.argument(0) == "-l" {
        call.say("HUP INT QUIT KILL TERM STOP CONT USR1 USR2\n")?;
        return Ok(0);
    }
    let is_signal = |word: &&String| word.starts_with('-');
    let first = call.arguments.first().filter(is_signal);
    let words = if first.is_some() {
        call.arguments[1..].to_vec()
    } else {
        words
    };
    let own = known.get(1).cloned().unwrap_or_default();
    let mut code = 0;
    for word in words {
        if word == own {
            let number = match first
                .map(|signal| signal.trim_start_matches("-SIG").trim_start_matches('-'))
            {
                Some("9" | "KILL") => 9,
                Some("2" | "INT") => 2,
                Some("0") => continue,
                _ => 15,
            };
            call.shell.leaves = Some(crate::demo::shell::state::Leave::Exit(128 + number));
        } else if known.contains(&word) {
            // Process 1 has no handler for it, and the kernel spares it then.
        } else {
            code = call.fail(1, &format!("can't kill pid {word}: No such process"))?;
        }
    }
    Ok(code)
}

pub(super) fn printenv(call: &mut Call) -> Done {
    if call.arguments.is_empty() {
        return env(call);
    }
    let mut code = 0;
    for name in call.arguments {
        let variable = call.shell.variables.get(name);
        match variable.filter(|variable| variable.exported) {
            Some(variable) => {
                let line = format!("{}\n", variable.value);
                call.say(&line)?;
            }
            None => code = 1,
        }
    }
    Ok(code)
}

pub(super) fn env(call: &mut Call) -> Done {
    let is_assignment = |word: &&String| word.contains('=') && !word.starts_with('=');
    let count = call.arguments.iter().take_while(is_assignment).count();
    let (assignments, command) = call.arguments.split_at(count);
    let mut shell = call.shell.clone();
    for (name, value) in assignments.iter().filter_map(|word| word.split_once('=')) {
        let (value, exported) = (value.to_owned(), true);
        let variable = crate::demo::shell::state::Variable { value, exported };
        shell.variables.insert(name.to_owned(), variable);
    }
    if !command.is_empty() {
        call.flush()?;
        return Ok(shell.invoke(command, call.io));
    }
    for (name, variable) in shell
        .variables
        .iter()
        .filter(|(_, variable)| variable.exported)
    {
        call.say(&format!("{name}={}\n", variable.value))?;
    }
    Ok(0)
}

pub(super) fn df(call: &mut Call) -> Done {
    let (options, _) = call.options("");
    let human = has(&options, 'h');
    let kib = |kib: u64| match (human, kib) {
        (false, kib) => kib.to_string(),
        (true, 0) => "0".to_owned(),
        (true, kib) if kib >= 1 << 20 => format!("{:.1}G", kib as f64 / f64::from(1 << 20)),
        (true, kib) => format!("{:.1}M", kib as f64 / 1_024.0),
    };
    let world = std::sync::Arc::clone(&call.shell.world);
    let size = if human { "    Size" } else { "1K-blocks" };
    call.say(&format!(
        "Filesystem           {size:>10}      Used Available Use% Mounted on\n"
    ))?;
    let mut rows = vec![
        ("overlay", 98_831_908, 31_457_280, "/"),
        ("tmpfs", 65_536, 0, "/dev"),
        ("/dev/vda1", 98_831_908, 31_457_280, "/etc/hosts"),
    ];
    for (path, writable) in &world.facts.mounts {
        let row = if *writable {
            ("/dev/vdb", 10_255_636, 1_363_148)
        } else {
            ("tmpfs", world.memory() / 1_024, 12)
        };
        rows.push((row.0, row.1, row.2, path));
    }
    rows.push(("shm", 65_536, 0, "/dev/shm"));
    for (name, all, used, place) in rows {
        call.say(&format!(
            "{name:<20} {:>10} {:>9} {:>9} {:>3}% {place}\n",
            kib(all),
            kib(used),
            kib(all - used),
            (used * 100).div_ceil(all)
        ))?;
    }
    Ok(0)
}

pub(super) fn mount(call: &mut Call) -> Done {
    let world = std::sync::Arc::clone(&call.shell.world);
    call.say(
        "overlay on / type overlay (rw,relatime)\nproc on /proc type proc (ro,nosuid,nodev,noexec,relatime)\n\
         tmpfs on /dev type tmpfs (rw,nosuid,size=65536k,mode=755)\nsysfs on /sys type sysfs (ro,nosuid,nodev,noexec,relatime)\n\
         /dev/vda1 on /etc/hosts type ext4 (rw,relatime)\n",
    )?;
    for (path, writable) in &world.facts.mounts {
        let row = if *writable {
            format!("/dev/vdb on {path} type ext4 (rw,relatime)\n")
        } else {
            format!("tmpfs on {path} type tmpfs (ro,relatime)\n")
        };
        call.say(&row)?;
    }
    call.say("tmpfs on /var/run/secrets/kubernetes.io/serviceaccount type tmpfs (ro,relatime)\n")?;
    Ok(0)
}

pub(super) fn free(call: &mut Call) -> Done {
    let (options, _) = call.options("");
    let now = now() * 1_000;
    let text = World::live(
        crate::demo::shell::files::Live::Memory,
        &call.shell.world.facts,
        now,
    );
    let kib = |name: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
            .unwrap_or_default()
    };
    let unit = if has(&options, 'm') {
        1 << 10
    } else if has(&options, 'g') || value_of(&options, 'h').is_some() {
        1 << 20
    } else {
        1
    };
    let (all, free, cache) = (
        kib("MemTotal"),
        kib("MemFree"),
        kib("Cached") + kib("Buffers"),
    );
    let available = kib("MemAvailable");
    let columns = [all, all - free - cache, free, 9_216, cache, available];
    let row: Vec<String> = columns
        .iter()
        .map(|kib| format!("{:>12}", kib / unit))
        .collect();
    let heads = ["total", "used", "free", "shared", "buff/cache", "available"];
    let head: Vec<String> = heads.iter().map(|head| format!("{head:>12}")).collect();
    call.say(&format!(
        "      {}\nMem:  {}\nSwap: {:>12}{:>12}{:>12}\n",
        head.concat(),
        row.concat(),
        0,
        0,
        0
    ))?;
    Ok(0)
}
