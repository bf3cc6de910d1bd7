//! What the loop is asked to do: I/O that the state itself never does.

use crate::model::ClusterId;

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
}
