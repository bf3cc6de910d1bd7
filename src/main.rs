//! Parse, log, run.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

#[cfg(feature = "demo")]
use barkeep::serving;
use barkeep::{
    cli::{Cli, Command, complete, man},
    headless, log, paths, run,
};

fn main() -> ExitCode {
    #[cfg(feature = "demo")]
    if std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == barkeep::demo::shell::WORD)
    {
        return barkeep::demo::shell::run(std::env::args_os().skip(2));
    }
    if complete::answer() {
        return ExitCode::SUCCESS;
    }
    let mut cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match cli.command.take() {
        None => start(async move {
            if cli.print {
                headless::print(&cli)
                    .await
                    .map_err(|problem| problem.to_string())
            } else {
                run::run(&cli).await.map_err(|error| {
                    format!("The terminal can not be used: {error}. --print works without one")
                })
            }
        }),
        #[cfg(feature = "demo")]
        Some(Command::Demo(serving)) => start(async move {
            serving::serve(serving)
                .await
                .map_err(|problem| problem.to_string())
        }),
        Some(Command::Completions { shell }) => print(|out| complete::write_script(shell, out)),
        Some(Command::Config(asked)) => {
            let mut answer = Ok(());
            let printed = print(|out| {
                answer = asked.answer(&cli, out)?;
                Ok(())
            });
            answer.map_or_else(|sentence| fail(&sentence), |()| printed)
        }
        Some(Command::Man) => print(|out| man::write(out)),
    }
}

fn start(work: impl Future<Output = Result<(), String>>) -> ExitCode {
    if let Some(path) = paths::log() {
        // A program without a log is better than none.
        let _ = log::start(&path, std::env::var("BARKEEP_LOG").ok().as_deref());
    }
    // The screen has this thread to itself; one more decodes what the cluster sends.
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("The program can not start its threads: {error}")),
    };
    let result = runtime.block_on(work);
    // What is under way on other threads has nobody left to tell.
    runtime.shutdown_background();
    result.map_or_else(|sentence| fail(&sentence), |()| ExitCode::SUCCESS)
}

fn print(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> ExitCode {
    let mut out = io::stdout().lock();
    match write(&mut out).and_then(|()| out.flush()) {
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            fail(&format!("It can not be written: {error}"))
        }
        _ => ExitCode::SUCCESS,
    }
}

fn fail(sentence: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "barkeep: {sentence}");
    ExitCode::FAILURE
}
