//! Messages that people know by heart: what they mean, and what usually helps.

/// One line of a table: a message with any of these in it means that.
pub(super) struct Reading {
    /// In the message, in small letters.
    pub(super) has: &'static [&'static str],
    /// What follows from it, said of one Instance and of several.
    pub(super) does: [&'static str; 2],
    /// What usually helps.
    pub(super) advice: &'static str,
}

/// The first line of a table that knows the message.
pub(super) fn read(table: &'static [Reading], message: &str) -> Option<&'static Reading> {
    let message = message.to_lowercase();
    table
        .iter()
        .find(|reading| reading.has.iter().any(|words| message.contains(words)))
}

/// Clues in a container's last words: where to look first.
pub(super) const CLUES: &[Reading] = &[
    Reading {
        has: &[
            "connection refused",
            "cannot reach",
            "can not reach",
            "could not connect",
            "no route to host",
            "no such host",
            "econnrefused",
            "dial tcp",
            "failed to connect",
            "name or service not known",
            "connection timed out",
        ],
        does: ["", ""],
        advice: "Its last words are about a connection: look at what it connects to, and at the address it was given.",
    },
    Reading {
        has: &[
            "password authentication failed",
            "access denied",
            "unauthorized",
            "invalid credentials",
            "authentication failed",
        ],
        does: ["", ""],
        advice: "Its last words are about a login: look at the Secret that it gets its credentials from.",
    },
    Reading {
        has: &["permission denied", "read-only file system", "eacces"],
        does: ["", ""],
        advice: "Its last words are about a file it may not use: look at its user, its volumes and its securityContext.",
    },
    Reading {
        has: &["address already in use", "eaddrinuse"],
        does: ["", ""],
        advice: "Its last words are about a port that is taken: two programs in this Instance want the same one.",
    },
    Reading {
        has: &["no space left on device"],
        does: ["", ""],
        advice: "Its last words are about a full disk: look at its volumes.",
    },
    Reading {
        has: &[
            "out of memory",
            "outofmemoryerror",
            "heap out of memory",
            "cannot allocate memory",
        ],
        does: ["", ""],
        advice: "Its last words are about memory: give it more, or its runtime a smaller heap than its limit.",
    },
    Reading {
        has: &[
            "missing required",
            "environment variable",
            "is not set",
            "no such file or directory",
            "missing config",
            "invalid config",
            "parse error",
        ],
        does: ["", ""],
        advice: "Its last words are about its configuration: look at its ConfigMaps, Secrets and environment.",
    },
];
