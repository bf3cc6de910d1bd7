//! What the loop is asked to do: I/O that the state itself never does.

use crate::{
    memory::Keep,
    model::{ClusterId, Context},
};

/// One-shot I/O.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Give the terminal back to the shell until it brings us to the foreground.
    Suspend,
    /// Draw everything again: something else has written on the screen.
    Repaint,
    /// Leave the screen and run the credential plugin with the person at the terminal.
    LogIn(ClusterId),
    /// Read which contexts there are.
    ReadContexts,
    /// Find out where a context leads, and be ready to follow it; nothing of the network.
    Open(ClusterId, Context),
    /// Let a cluster's connection go.
    Close(ClusterId),
    /// Keep something for the next time.
    Keep(Keep),
    /// Say what every stream has cost so far.
    Count,
    /// Put a text on the clipboard.
    Copy(Clip),
    /// Put what has the focus on the clipboard, as it is drawn.
    CopyShown,
}

/// Something for the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// What it is, in a sentence about it.
    pub what: String,
    /// The text itself.
    pub text: String,
}
