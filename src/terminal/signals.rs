//! What the system tells a program from outside. A resize is not here: it comes with the keys.

use std::io;

use rustix::process::Signal as Number;
use tokio::{
    select,
    signal::unix::{Signal, SignalKind, signal},
};

/// What was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// SIGTERM or SIGINT: end in order. (Ctrl-C is a key here and no signal.)
    Terminate,
    /// SIGHUP: the terminal is gone.
    Hangup,
    /// SIGTSTP from outside: leave the screen and stop.
    Suspend,
    /// SIGCONT: take the screen again and repaint.
    Continue,
}

/// Listens from when it is made. What it listens to no longer has its default effect.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    suspend: Signal,
    proceed: Signal,
}

impl Signals {
    /// Starts to listen; within a runtime.
    pub fn listen() -> io::Result<Self> {
        let listen = |number: Number| signal(SignalKind::from_raw(number.as_raw()));
        Ok(Self {
            terminate: listen(Number::TERM)?,
            interrupt: listen(Number::INT)?,
            hangup: listen(Number::HUP)?,
            suspend: listen(Number::TSTP)?,
            proceed: listen(Number::CONT)?,
        })
    }

    /// Waits for the next one. Nothing is lost where this is cancelled.
    pub async fn next(&mut self) -> Notice {
        select! {
            biased;
            _ = self.hangup.recv() => Notice::Hangup,
            _ = self.terminate.recv() => Notice::Terminate,
            _ = self.interrupt.recv() => Notice::Terminate,
            _ = self.suspend.recv() => Notice::Suspend,
            _ = self.proceed.recv() => Notice::Continue,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test without signals has failed")]

    use rustix::process::{getpid, kill_process};

    use super::*;

    #[tokio::test]
    async fn signals_become_notices() {
        let mut signals = Signals::listen().unwrap();
        for (number, want) in [
            (Number::HUP, Notice::Hangup),
            (Number::TERM, Notice::Terminate),
            (Number::INT, Notice::Terminate),
            (Number::TSTP, Notice::Suspend),
            (Number::CONT, Notice::Continue),
        ] {
            kill_process(getpid(), number).unwrap();
            assert_eq!(signals.next().await, want);
        }
    }
}
