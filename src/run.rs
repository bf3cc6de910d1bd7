//! The loop on a real terminal.
//!
//! Input is drawn at once; data at most 30 times a second. Nothing is drawn while nothing has changed, and the second's
//! clock is the only thing that changes by itself.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use crossterm::event::{Event as Input, EventStream, MouseButton, MouseEvent, MouseEventKind};
use futures::StreamExt as _;
use ratatui::layout::Rect;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout_at},
};

use crate::{
    cli::Cli,
    effect::{Clip, Effect},
    event::{Event, Gesture},
    keys::Chord,
    layout::Area,
    model::{Cause, ClusterId, Problem},
    paths,
    session::{Session, now},
    terminal::{
        Guard, Heard, Notice, Options, Pace, Question, Screen, Signals, can_be_asked,
        clipboard::{Between, Clipboard, hand, osc52},
        end, erases_in_colour, events, look_again, output, size,
    },
};

/// Between two frames that only data asked for.
const FRAME: Duration = Duration::from_millis(33);
/// The longest that a frame waits for news that are there, and for keys that come with others.
const NEWS: Duration = Duration::from_millis(8);

/// Runs until the person quits or the terminal is gone.
pub async fn run(cli: &Cli) -> io::Result<()> {
    let mut guard = Guard::enter(Options {
        mouse: false,
        log: paths::log(),
    })?;
    let mut signals = Signals::listen()?;
    let colour_erase = erases_in_colour(|name| std::env::var(name).ok());
    let mut screen = Screen::new(output()?, colour_erase);
    let area = size();
    let mut session = Session::new(cli, (area.width, area.height));
    let mut inputs = Some(events());
    let mut second = now() / 1000;
    let mut drawn = Instant::now();
    // What programs that were started have to say, when they end.
    let mut started = JoinSet::new();
    let mut pace = Pace::new(drawn);
    session.settle();
    guard.report_mouse(session.app.has_mouse())?;
    pace.wrote(draw(&mut session, &mut screen)?, drawn);
    let mut question = Question::default();
    if session.painter.theme().colour && can_be_asked(|name| std::env::var(name).ok()) {
        output()?.write_all(question.ask())?;
    }
    loop {
        let effects = tokio::select! {
            biased;
            notice = signals.next() => match notice {
                Notice::Terminate | Notice::Hangup => vec![Effect::Quit],
                Notice::Suspend => vec![Effect::Suspend],
                Notice::Continue => {
                    guard.resume()?;
                    vec![Effect::Repaint]
                }
            },
            input = next(&mut inputs) => taken(&mut session, &mut question, input),
            Some(Ok(event)) = started.join_next() => session.update(event),
            Some((source, news)) = session.news.recv() => {
                session.update(Event::Feed(source, news));
                wait_for_more(&mut session, &mut inputs, &mut question, drawn + FRAME).await
            },
            () = sleep_until(at(session.app.wake_at())) => {
                let effects = session.update(Event::Tick);
                if now() / 1000 != second {
                    second = now() / 1000;
                    // A resize that comes together with a key can be lost on its way through crossterm.
                    let area = size();
                    if session.app.size != (area.width, area.height) {
                        session.update(Event::Resize(area.width, area.height));
                    }
                    for meter in session.meters() {
                        session.update(meter);
                    }
                    session.look_at_settings();
                }
                effects
            },
        };
        let due = pace.due(Instant::now());
        let effects = take_more(&mut session, &mut inputs, &mut question, effects, due).await;
        for effect in effects {
            match effect {
                Effect::Quit => {
                    session.part();
                    hear_out(&mut session, &mut question, &mut inputs).await;
                    return Ok(());
                }
                Effect::Suspend => {
                    hear_out(&mut session, &mut question, &mut inputs).await;
                    end(inputs.take());
                    guard.suspend()?;
                    screen.repaint();
                    inputs = Some(events());
                }
                Effect::Repaint => screen.repaint(),
                Effect::LogIn(cluster) => {
                    end(inputs.take());
                    guard.leave()?;
                    log_in(&mut session, cluster).await;
                    // A Ctrl-C meant for the plugin is none for us.
                    signals = Signals::listen()?;
                    guard.resume()?;
                    screen.repaint();
                    inputs = Some(events());
                }
                Effect::CopyShown => {
                    if let Some(clip) = session.shown() {
                        copy(clip, &mut session, &mut screen, &mut started)?;
                    } else {
                        let nothing = Problem::new(Cause::Config, "There is nothing to copy");
                        session.update(Event::Failed(nothing));
                    }
                }
                Effect::Copy(clip) => copy(clip, &mut session, &mut screen, &mut started)?,
                Effect::ReadContexts
                | Effect::Open(..)
                | Effect::Close(_)
                | Effect::Keep(_)
                | Effect::Count => session.perform(effect),
            }
        }
        session.settle();
        guard.report_mouse(session.app.has_mouse())?;
        let bytes = draw(&mut session, &mut screen)?;
        drawn = Instant::now();
        pace.wrote(bytes, drawn);
    }
}

async fn next(inputs: &mut Option<EventStream>) -> Option<io::Result<Input>> {
    match inputs {
        Some(inputs) => inputs.next().await,
        None => std::future::pending().await,
    }
}

/// Takes in what was typed while the frame before was written, so that a slow terminal drops frames and never keys. While
/// the selection is on its way this goes on until the line has taken enough.
async fn take_more(
    session: &mut Session,
    inputs: &mut Option<EventStream>,
    question: &mut Question,
    mut effects: Vec<Effect>,
    due: Instant,
) -> Vec<Effect> {
    let until = due.max(Instant::now() + NEWS);
    while effects.is_empty() && Instant::now() < until {
        let waits = session.app.is_stepping() && Instant::now() < due;
        // Not `now_or_never`: crossterm wakes only who asked first, and that would be nobody. And no timer where there is
        // nothing to wait for: it would take a millisecond or two to say so.
        let input = tokio::select! {
            biased;
            input = next(inputs) => input,
            () = sleep_until(due), if waits => break,
            () = std::future::ready(()), if !waits => break,
        };
        session.app.refresh();
        effects = taken(session, question, input);
    }
    effects
}

/// Takes in news until the next frame is due, and then what of them is there already; or until a key is pressed, which is
/// looked for between any two of them. Says what that key means.
async fn wait_for_more(
    session: &mut Session,
    inputs: &mut Option<EventStream>,
    question: &mut Question,
    due: Instant,
) -> Vec<Effect> {
    let until = due.max(Instant::now()) + NEWS;
    while Instant::now() < until {
        let is_due = Instant::now() >= due;
        tokio::select! {
            biased;
            input = next(inputs) => return taken(session, question, input),
            Some((source, news)) = session.news.recv() => {
                session.update(Event::Feed(source, news));
            }
            () = sleep_until(due), if !is_due => {}
            () = std::future::ready(()), if is_due => break,
        }
    }
    Vec::new()
}

fn taken(
    session: &mut Session,
    question: &mut Question,
    input: Option<io::Result<Input>>,
) -> Vec<Effect> {
    match input {
        Some(Ok(input)) => {
            let heard = question.sift(input).into_iter();
            let effects = heard.map(|heard| match heard {
                Heard::Light(light) => session.update(Event::Background(light)),
                Heard::Input(input) => session_input(session, input),
            });
            effects.flatten().collect()
        }
        // The terminal is gone.
        Some(Err(_)) | None => vec![Effect::Quit],
    }
}

/// An answer that is on its way shall not reach the shell.
async fn hear_out(
    session: &mut Session,
    question: &mut Question,
    inputs: &mut Option<EventStream>,
) {
    while let Some(until) = question.open_until() {
        match timeout_at(until, next(inputs)).await {
            Ok(Some(Ok(input))) => {
                for heard in question.sift(input) {
                    if let Heard::Light(light) = heard {
                        session.update(Event::Background(light));
                    }
                }
            }
            _ => return,
        }
    }
}

fn session_input(session: &mut Session, input: Input) -> Vec<Effect> {
    match input {
        Input::Key(key) => {
            Chord::pressed(key).map_or_else(Vec::new, |chord| session.update(Event::Key(chord)))
        }
        Input::Paste(text) => session.update(Event::Paste(text)),
        Input::Resize(columns, rows) => {
            look_again();
            session.update(Event::Resize(columns, rows))
        }
        Input::Mouse(MouseEvent {
            kind, column, row, ..
        }) => gesture(kind).map_or_else(Vec::new, |gesture| {
            session.update(Event::Mouse(gesture, (column, row)))
        }),
        Input::FocusGained | Input::FocusLost => Vec::new(),
    }
}

fn gesture(kind: MouseEventKind) -> Option<Gesture> {
    match kind {
        MouseEventKind::Down(MouseButton::Left) => Some(Gesture::Press),
        MouseEventKind::Drag(MouseButton::Left) => Some(Gesture::Drag),
        MouseEventKind::Up(MouseButton::Left) => Some(Gesture::Release),
        MouseEventKind::ScrollUp => Some(Gesture::WheelUp),
        MouseEventKind::ScrollDown => Some(Gesture::WheelDown),
        _ => None,
    }
}

/// Puts a text on the clipboard, and says so once it is there.
fn copy(
    clip: Clip,
    session: &mut Session,
    screen: &mut Screen<std::fs::File>,
    started: &mut JoinSet<Event>,
) -> io::Result<()> {
    let Clip { what, text } = clip;
    match session.clipboard.clone() {
        (Clipboard::Osc52, limit) => {
            let between = Between::detect(|name| std::env::var(name).ok());
            let event = match osc52(&text, between, limit) {
                Ok(sequence) => {
                    screen.tell(&sequence)?;
                    Event::Copied(what)
                }
                Err(problem) => Event::Failed(problem),
            };
            session.update(event);
        }
        (Clipboard::Command(words), _) => {
            started.spawn(async move {
                let handed = hand(&words, text).await;
                handed.map_or_else(Event::Failed, |()| Event::Copied(what))
            });
        }
    }
    Ok(())
}

/// Draws a frame; how many bytes that took.
fn draw(session: &mut Session, screen: &mut Screen<std::fs::File>) -> io::Result<usize> {
    let (width, height) = session.app.size;
    let rect = |area: Area| Rect::new(area.x, area.y, area.width, area.height);
    let wait: Vec<Rect> = session.app.following().into_iter().map(rect).collect();
    let area = Rect::new(0, 0, width, height);
    let drawn = screen.frame(area, &wait, |frame| session.draw(frame))?;
    Ok(drawn.bytes)
}

/// When a time of ours is, on the runtime's clock.
fn at(milliseconds: i64) -> Instant {
    Instant::now() + Duration::from_millis(u64::try_from(milliseconds - now()).unwrap_or(0))
}

/// The person is at the terminal, and Ctrl-C is the plugin's.
async fn log_in(session: &mut Session, cluster: ClusterId) {
    let Some(link) = session.link(cluster) else {
        return;
    };
    let mut login = std::pin::pin!(link.login());
    let result = loop {
        tokio::select! {
            result = &mut login => break result,
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    session.update(Event::LoggedIn(cluster, result));
}
