//! The same program without a terminal: loads, types the keys, waits until nothing is loading, prints the frame.

use std::{io::Write as _, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{
    app::{Cluster, Overlay},
    cli::{Cli, Format},
    effect::Effect,
    event::Event,
    keys::Typed,
    model::{Cause, FeedState, Problem},
    session::{Session, now},
    ui::{export, svg::svg},
};

/// How long to wait until nothing is loading.
const PATIENCE: Duration = Duration::from_secs(30);

/// Prints one frame; a problem is what kept us from seeing the cluster at all.
pub async fn print(cli: &Cli) -> Result<(), Problem> {
    let size = cli.size.unwrap_or_default();
    let mut session = Session::new(cli, (size.columns, size.rows));
    // Nobody is there to close a box.
    session.app.overlay = Overlay::None;
    for problem in &session.app.settings.problems {
        let _ = writeln!(std::io::stderr(), "barkeep: {problem}");
    }
    wait(&mut session, cli.request_timeout).await?;
    for typed in cli.keys.iter().flat_map(|keys| &keys.0) {
        match typed {
            Typed::Wait => wait(&mut session, cli.request_timeout).await?,
            Typed::Key(chord) => {
                // Whoever types these keys by hand sees that it is not there yet.
                if session.app.is_seeking() {
                    wait(&mut session, cli.request_timeout).await?;
                }
                for effect in session.update(Event::Key(*chord)) {
                    if effect == Effect::Quit {
                        return Ok(());
                    }
                    session.perform(effect);
                }
                session.settle();
            }
        }
    }
    wait(&mut session, cli.request_timeout).await?;
    let area = Rect {
        x: 0,
        y: 0,
        width: size.columns,
        height: size.rows,
    };
    let mut frame = Buffer::empty(area);
    session.draw(&mut frame);
    let text = match cli.format.unwrap_or_default() {
        Format::Text => export::text(&frame),
        Format::Ansi => export::ansi(&frame),
        Format::Svg => svg(&frame, session.painter.theme()),
    };
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| {
        if text.ends_with('\n') {
            Ok(())
        } else {
            out.write_all(b"\n")
        }
    });
    // Whoever reads has seen enough, as `head` does.
    written
        .and_then(|()| out.flush())
        .or_else(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(Problem::new(
                Cause::Config,
                format!("The frame can not be written: {error}"),
            )),
        })
}

/// Takes in news until nothing is loading, or patience ends.
async fn wait(session: &mut Session, patience: Option<Duration>) -> Result<(), Problem> {
    // Where one of several can not be asked, the frame says so beside what the others have.
    let problem = |cluster: &Cluster| cluster.problem().cloned();
    let all: Option<Vec<Problem>> = session
        .app
        .open_clusters()
        .map(|(_, cluster)| problem(cluster))
        .collect();
    if let Some(first) = all.into_iter().flatten().next() {
        return Err(first);
    }
    let deadline = Instant::now()
        + patience
            .filter(|limit| !limit.is_zero())
            .unwrap_or(PATIENCE);
    session.settle();
    while !session.app.is_quiet() && Instant::now() < deadline {
        let wake = Instant::now()
            + Duration::from_millis(u64::try_from(session.app.wake_at() - now()).unwrap_or(0));
        tokio::select! {
            news = timeout_at(deadline, session.news.recv()) => {
                if let Ok(Some((source, news))) = news {
                    session.update(Event::Feed(source, news));
                    while let Ok((source, news)) = session.news.try_recv() {
                        session.update(Event::Feed(source, news));
                    }
                }
            }
            () = sleep_until(wake) => {
                for effect in session.update(Event::Tick) {
                    session.perform(effect);
                }
            }
        }
        for meter in session.meters() {
            session.update(meter);
        }
        session.settle();
    }
    unreachable_cluster(session).map_or(Ok(()), Err)
}

/// Why nothing at all could be read, where that is so. What is forbidden was answered: the frame says so itself.
fn unreachable_cluster(session: &Session) -> Option<Problem> {
    let mut why = None;
    for (_, feed) in session.app.world.feeds() {
        match &feed.state {
            _ if feed.synced => return None,
            FeedState::Refused(_) => return None,
            FeedState::Stale(problem) => why = why.or(Some(problem.clone())),
            _ => {}
        }
    }
    why.or_else(|| {
        let waited = !session.app.is_quiet();
        waited.then(|| {
            Problem::new(Cause::Unreachable, "The cluster has not answered in time")
                .hint("--request-timeout waits longer")
        })
    })
}
