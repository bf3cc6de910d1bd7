//! The terminal is given back, whatever ends us: this test starts itself in a pseudo-terminal, as a program that takes the
//! screen and then meets an end, and looks at what a person would see.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a step that fails has failed the test"
)]

use std::{
    env,
    io::Read as _,
    path::PathBuf,
    process::exit,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use barkeep::terminal::{Guard, Notice, Options, Screen, Signals, output};
use portable_pty::{Child, CommandBuilder, NativePtySystem, PtyPair, PtySize, PtySystem as _};
use ratatui::{layout::Rect, style::Style};
use rustix::process::{Pid, Signal, kill_process};

const END: &str = "BARKEEP_TEST_END";
const PATIENCE: Duration = Duration::from_mins(1);

/// The program under test; runs only where the variable says which end it shall meet.
#[test]
fn program() {
    let Ok(end) = env::var(END) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    let mut signals = Signals::listen().unwrap();
    let options = Options {
        mouse: true,
        log: Some(PathBuf::from("/state/barkeep.log")),
    };
    let guard = Guard::enter(options).unwrap();
    let mut screen = Screen::new(output().unwrap(), true);
    let mut draw = |text: &str| {
        screen.repaint();
        let area = Rect::new(0, 0, 60, 10);
        screen
            .frame(area, &[], |frame| {
                frame.set_string(0, 4, text, Style::new());
                None
            })
            .unwrap();
    };
    draw("on screen");
    match end.as_str() {
        "panic" => panic!("as programs do"),
        "task" => {
            assert!(thread::spawn(|| panic!("alone")).join().is_err());
            draw("still here");
        }
        "stop" => {
            guard.suspend().unwrap();
            draw("back again");
        }
        _ => {}
    }
    let notice = runtime.block_on(signals.next());
    let notice = if notice == Notice::Continue {
        runtime.block_on(signals.next())
    } else {
        notice
    };
    drop(guard);
    exit(if notice == Notice::Terminate { 7 } else { 8 });
}

struct Run {
    child: Box<dyn Child + Send + Sync>,
    _pty: PtyPair,
    bytes: Receiver<u8>,
    parser: vt100::Parser,
}

impl Run {
    fn start(end: &str) -> Self {
        let size = PtySize {
            rows: 10,
            cols: 60,
            ..PtySize::default()
        };
        let pty = NativePtySystem::default().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env::current_exe().unwrap());
        command.args(["--exact", "program", "--nocapture", "--test-threads=1"]);
        command.env(END, end);
        let child = pty.slave.spawn_command(command).unwrap();
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (sender, bytes) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                for byte in &buffer[..read] {
                    let _ = sender.send(*byte);
                }
            }
        });
        let cells = |count: u16| count.try_into().unwrap();
        Self {
            child,
            _pty: pty,
            bytes,
            parser: vt100::Parser::new(cells(10), cells(60), 0),
        }
    }

    /// Reads until the screen is as wanted, byte by byte: it may be so for a moment only.
    fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        while !wanted(self.parser.screen()) {
            let Ok(byte) = self.bytes.recv_timeout(PATIENCE) else {
                panic!(
                    "waited for {what}, and saw:\n{}",
                    self.parser.screen().contents()
                );
            };
            self.parser.process(&[byte]);
        }
    }

    fn until_drawn(&mut self, text: &str) {
        self.until(text, |screen| {
            screen.alternate_screen() && screen.contents().contains(text)
        });
    }

    fn until_given_back(&mut self) {
        self.until("the shell's screen", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
    }

    fn until_given_back_after(&mut self, text: &str) {
        self.until_drawn(text);
        self.until_given_back();
    }

    fn tell(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.process_id().unwrap().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    fn code(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }
}

#[test]
fn sigterm_gives_it_back() {
    let mut run = Run::start("signal");
    run.until_drawn("on screen");
    run.tell(Signal::TERM);
    run.until_given_back();
    assert_eq!(run.code(), 7);
}

#[test]
fn a_hangup_ends_in_order() {
    let mut run = Run::start("signal");
    run.until_drawn("on screen");
    run.tell(Signal::HUP);
    run.until_given_back();
    assert_eq!(run.code(), 8);
}

#[test]
fn a_panic_gives_it_back_and_says_why() {
    let mut run = Run::start("panic");
    run.until_given_back_after("on screen");
    run.until("the last words", |screen| {
        let seen = screen.contents().replace('\n', "");
        seen.contains("barkeep made a mistake and had to stop: as programs do")
            && seen.contains("/state/barkeep.log")
    });
}

#[test]
fn a_panic_elsewhere_leaves_the_screen_alone() {
    let mut run = Run::start("task");
    run.until_drawn("still here");
    assert!(!run.parser.screen().contents().contains("alone"));
    run.tell(Signal::TERM);
    run.until_given_back();
    assert_eq!(run.code(), 7);
}

#[test]
fn a_stop_gives_it_back_until_it_is_continued() {
    let mut run = Run::start("stop");
    run.until_given_back_after("on screen");
    // The signal may come before the stop does: then it has no effect, and is sent again.
    for _ in 0..100 {
        run.tell(Signal::CONT);
        if let Ok(byte) = run.bytes.recv_timeout(Duration::from_millis(100)) {
            run.parser.process(&[byte]);
            break;
        }
    }
    run.until_drawn("back again");
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
