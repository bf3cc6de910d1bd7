//! `barkeep demo`: the simulated cluster on a port, until somebody ends it.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use crate::{
    cli::Serving,
    demo::{Demo, Options, listen},
    model::{Cause, Problem},
    terminal::{Notice, Signals},
};

/// Serves until Ctrl-C or SIGTERM. A problem is what kept it from beginning.
pub async fn serve(said: Serving) -> Result<(), Problem> {
    let wrong = |error: std::io::Error| {
        Problem::new(Cause::Config, format!("Signals can not be heard: {error}"))
    };
    let mut signals = Signals::listen().map_err(wrong)?;
    let listener = listen::listen(said.listen, said.plain).await?;
    let options = Options {
        seed: said.seed,
        pace: said.speed,
        size: said.size,
        faults: said.fault,
        ..Options::default()
    };
    let kubeconfig = listener.kubeconfig(&options.tokens, said.role.name());
    if let Some(path) = &said.write_kubeconfig {
        write(path, &kubeconfig).map_err(|error| {
            let what = format!(
                "The kubeconfig can not be written to {}: {error}",
                path.display()
            );
            Problem::new(Cause::Config, what)
        })?;
    } else {
        let mut out = std::io::stdout().lock();
        let _ = out
            .write_all(kubeconfig.as_bytes())
            .and_then(|()| out.flush());
    }
    let _ = writeln!(
        std::io::stderr(),
        "barkeep: the demo listens on {}; Ctrl-C ends it",
        listener.address()
    );
    // Who is too early waits for the cluster with their connection.
    let demo = Demo::start(options);
    let ended = async {
        loop {
            if matches!(signals.next().await, Notice::Terminate | Notice::Hangup) {
                return;
            }
        }
    };
    tokio::select! {
        () = listener.serve(demo) => {}
        () = ended => {}
    }
    Ok(())
}

/// For this user only: it holds tokens.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}
