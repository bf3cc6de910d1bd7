//! Parse, log, run.

use std::{io::Write as _, process::ExitCode};

use barkeep::{cli::Cli, headless, log, paths, run};
#[cfg(feature = "demo")]
use barkeep::{cli::Command, serving};

fn main() -> ExitCode {
    #[cfg(feature = "demo")]
    if std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == barkeep::demo::shell::WORD)
    {
        return barkeep::demo::shell::run(std::env::args_os().skip(2));
    }
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
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
    let result = runtime.block_on(async {
        #[cfg(feature = "demo")]
        if let Some(Command::Demo(serving)) = cli.command {
            return serving::serve(serving)
                .await
                .map_err(|problem| problem.to_string());
        }
        if cli.print {
            headless::print(&cli)
                .await
                .map_err(|problem| problem.to_string())
        } else {
            run::run(&cli).await.map_err(|error| {
                format!("The terminal can not be used: {error}. --print works without one")
            })
        }
    });
    // What is under way on other threads has nobody left to tell.
    runtime.shutdown_background();
    result.map_or_else(|sentence| fail(&sentence), |()| ExitCode::SUCCESS)
}

fn fail(sentence: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "barkeep: {sentence}");
    ExitCode::FAILURE
}
