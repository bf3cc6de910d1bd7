//! A SPDY connection on a wire: the only place here that reads and writes.

use std::io;

use bytes::{Buf as _, BytesMut};
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf, split,
};

use super::{Connection, Event};

/// What is read at once.
const PIECE: usize = 32 << 10;

/// A connection with its wire.
pub struct Line<IO> {
    /// The connection; what is put into it goes out with the next steps.
    pub connection: Connection,
    reader: ReadHalf<IO>,
    writer: WriteHalf<IO>,
    input: BytesMut,
    is_flushed: bool,
}

impl<IO: AsyncRead + AsyncWrite> Line<IO> {
    /// Puts a connection on a wire.
    pub fn new(io: IO, connection: Connection) -> Self {
        let (reader, writer) = split(io);
        Self {
            connection,
            reader,
            writer,
            input: BytesMut::new(),
            is_flushed: true,
        }
    }

    /// Writes a part of what waits, or reads a part of what came (only if `reads`). It may be dropped at any moment without a loss.
    /// The error kind `UnexpectedEof` says that the peer has closed the wire.
    pub async fn step(&mut self, reads: bool) -> io::Result<Vec<Event>> {
        let Self {
            connection,
            reader,
            writer,
            input,
            is_flushed,
        } = self;
        let waits = !connection.output().is_empty();
        if !waits && *is_flushed && !reads {
            std::future::pending::<()>().await;
        }
        input.reserve(PIECE);
        // Either some of what waits is written, or all that was written is pushed on.
        let writing = async {
            if waits {
                writer.write(connection.output()).await.map(Some)
            } else {
                writer.flush().await.map(|()| None)
            }
        };
        tokio::select! {
            written = writing, if waits || !*is_flushed => {
                match written? {
                    Some(count) => {
                        connection.output().advance(count);
                        *is_flushed = false;
                    }
                    None => *is_flushed = true,
                }
                return Ok(Vec::new());
            }
            count = async { reader.read_buf(input).await }, if reads => {
                if count? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
        let events = connection
            .receive(input)
            .map_err(|broken| io::Error::new(io::ErrorKind::InvalidData, broken));
        input.clear();
        events
    }

    /// Writes all that waits, and hears the peer out until it closes.
    pub async fn part(&mut self) -> io::Result<()> {
        loop {
            self.step(true).await?;
        }
    }
}
