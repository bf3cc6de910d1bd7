//! Where a command of the shell reads from and writes to: the console, a file, or another command.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    },
};

use super::{
    console::Console,
    files::{Device, Files},
};

/// Pieces under way between two commands.
const DEPTH: usize = 4;
/// What an endless device gives at once.
const PIECE: usize = 16 << 10;
/// What `$(…)` may hold.
const LARGEST_CAPTURE: usize = 16 << 20;

#[derive(Clone)]
pub(super) struct Input(Arc<Mutex<Source>>);

enum Source {
    Console(Arc<Console>),
    Pipe(Receiver<Vec<u8>>, Vec<u8>),
    Bytes(Vec<u8>),
    Device(Device, u64),
}

#[derive(Clone)]
pub(super) enum Output {
    Console(Arc<Console>),
    Error(Arc<Console>),
    Pipe(SyncSender<Vec<u8>>),
    /// At the end of a file.
    File(Arc<Mutex<Files>>, String),
    Capture(Arc<Mutex<Vec<u8>>>),
    Nowhere,
}

/// What one command writes, the next reads.
pub(super) fn pipe() -> (Output, Input) {
    let (sender, receiver) = sync_channel(DEPTH);
    (
        Output::Pipe(sender),
        Input::new(Source::Pipe(receiver, Vec::new())),
    )
}

impl Input {
    fn new(source: Source) -> Self {
        Self(Arc::new(Mutex::new(source)))
    }

    pub(super) fn console(console: Arc<Console>) -> Self {
        Self::new(Source::Console(console))
    }

    pub(super) fn bytes(bytes: Vec<u8>) -> Self {
        Self::new(Source::Bytes(bytes))
    }

    pub(super) fn device(device: Device) -> Self {
        Self::new(Source::Device(device, 0x9E37_79B9_7F4A_7C15))
    }

    pub(super) fn is_terminal(&self) -> bool {
        let source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*source, Source::Console(console) if console.is_terminal())
    }

    /// The next piece; None at the end. `before_waiting` is called where it is not there yet.
    pub(super) fn read(&self, before_waiting: impl FnOnce()) -> io::Result<Option<Vec<u8>>> {
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *source {
            Source::Console(console) => {
                if !console.is_ready() {
                    before_waiting();
                }
                console.read(None)
            }
            Source::Pipe(_, rest) if !rest.is_empty() => Ok(Some(std::mem::take(rest))),
            Source::Pipe(receiver, _) => match receiver.try_recv() {
                Ok(bytes) => Ok(Some(bytes)),
                Err(TryRecvError::Disconnected) => Ok(None),
                Err(TryRecvError::Empty) => {
                    before_waiting();
                    Ok(receiver.recv().ok())
                }
            },
            Source::Bytes(bytes) if bytes.is_empty() => Ok(None),
            Source::Bytes(bytes) => Ok(Some(std::mem::take(bytes))),
            Source::Device(Device::Zero, _) => Ok(Some(vec![0; PIECE])),
            Source::Device(Device::Random, seed) => Ok(Some(noise(seed))),
            Source::Device(Device::Null | Device::Terminal, _) => Ok(None),
        }
    }

    /// Gives back what was read and not used.
    pub(super) fn unread(&self, bytes: &[u8]) {
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *source {
            Source::Console(console) => console.unread(bytes),
            Source::Pipe(_, rest) | Source::Bytes(rest) => {
                rest.splice(0..0, bytes.iter().copied());
            }
            Source::Device(..) => {}
        }
    }
}

/// xorshift, which is random enough to look at.
fn noise(seed: &mut u64) -> Vec<u8> {
    let words = (0..PIECE / 8).flat_map(|_| {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        seed.to_le_bytes()
    });
    words.collect()
}

impl Output {
    pub(super) fn capture() -> (Self, Arc<Mutex<Vec<u8>>>) {
        let captured = Arc::new(Mutex::new(Vec::new()));
        (Self::Capture(Arc::clone(&captured)), captured)
    }

    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Console(console) | Self::Error(console) if console.is_terminal())
    }

    pub(super) fn write(&self, bytes: &[u8], now: i64) -> io::Result<()> {
        match self {
            Self::Console(console) => console.write(bytes),
            Self::Error(console) => console.write_error(bytes),
            Self::Pipe(sender) => sender
                .send(bytes.to_vec())
                .map_err(|_| io::ErrorKind::BrokenPipe.into()),
            Self::File(files, path) => files
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write(path, bytes, true, now)
                .map_err(|trouble| io::Error::other(trouble.to_string())),
            Self::Capture(captured) => {
                let mut captured = captured.lock().unwrap_or_else(PoisonError::into_inner);
                if captured.len() + bytes.len() > LARGEST_CAPTURE {
                    return Err(io::Error::other("Cannot allocate memory"));
                }
                captured.extend_from_slice(bytes);
                Ok(())
            }
            Self::Nowhere => Ok(()),
        }
    }
}
