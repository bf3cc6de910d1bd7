//! Why something could not be done: one type for every failure that a person is told about.
//!
//! Made where the failure is seen (`cluster`, `config`, `cli`); shown as a title badge, a pane's sentence, or a line
//! on stderr. It holds no error chain: whoever makes one has already found the words.

use std::{fmt, time::Duration};

/// What kind of failure it was, for those who decide what to do next (retry, fall back, ask).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A file or flag of the person's is wrong: kubeconfig, config, command line.
    Config,
    /// There is no kubeconfig, and we do not run in a Pod.
    NoCluster,
    /// Nothing answers: name lookup, connect, reset, timeout.
    Unreachable,
    /// TLS: expired, unknown issuer, wrong name.
    Certificate,
    /// 401, or the credential plugin failed.
    Credentials,
    /// The credential plugin wants a person at the terminal.
    Login,
    /// 403.
    Forbidden,
    /// 404: the object or the whole kind is not there.
    NotFound,
    /// 410: the resourceVersion or continue token is too old.
    Gone,
    /// 429 or 503, with the server's Retry-After where it gave one.
    Busy(Option<Duration>),
    /// 400, 405, 422: the server does not do what was asked.
    Refused,
    /// 5xx.
    Server,
    /// The answer is not what the API promises.
    Garbled,
}

/// A failure in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of failure.
    pub cause: Cause,
    /// What failed, on what, and why: one sentence, no trailing full stop needed.
    pub what: String,
    /// What to try, where something usually helps.
    pub hint: Option<String>,
}

impl Problem {
    /// A failure without advice.
    pub fn new(cause: Cause, what: impl Into<String>) -> Self {
        Self {
            cause,
            what: what.into(),
            hint: None,
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(hint) = &self.hint {
            write!(f, ". {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
