//! A voice: what a kind of program says, and how it ends.

use crate::demo::dice;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// For its developers.
    Debug,
    /// All is well.
    Info,
    /// Somebody should know.
    Warn,
    /// Something did not work.
    Error,
}

impl Level {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// What a program is written in; it shows when it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Go,
    Java,
    Node,
    Python,
    Native,
}

/// What a program says.
#[derive(Debug)]
pub(super) struct Voice {
    /// Parts of the names of its images.
    pub(super) of: &'static [&'static str],
    /// What it is written in.
    pub(super) language: Language,
    /// How its lines look where the style is plain; empty for the house's form.
    pub(super) form: &'static str,
    /// Its words for the four levels; empty for the usual ones.
    pub(super) levels: &'static [&'static str],
    /// Who writes: files, classes, modules.
    pub(super) loggers: &'static [&'static str],
    /// What it says when it starts.
    pub(super) banner: &'static [&'static str],
    /// What it says from then on, and how often it says it.
    pub(super) says: &'static [(u8, Level, &'static str)],
    /// What it says when it breaks: the log's line; empty for the usual.
    pub(super) breaks: &'static str,
    /// The same: what the runtime writes; empty for that of its language.
    pub(super) trace: &'static str,
    /// What it says when its work is done; empty for the usual.
    pub(super) done: &'static str,
    /// Whether it writes a line for each request.
    pub(super) is_access: bool,
}

/// A voice that says nothing in particular.
pub(super) const VOICE: Voice = Voice {
    of: &[],
    language: Language::Go,
    form: "",
    levels: &[],
    loggers: &[],
    banner: &["starting {name} {version}", "listening"],
    says: &[
        (5, Level::Info, "request handled in {ms} ms"),
        (2, Level::Info, "refreshed {n} entries"),
        (1, Level::Debug, "cache hit ratio {pct}%"),
        (1, Level::Warn, "slow call took {count} ms"),
    ],
    breaks: "",
    trace: "",
    done: "",
    is_access: false,
};

impl Voice {
    /// One of the things it says.
    pub(super) fn says_one(&self, key: u64) -> (Level, &'static str) {
        let all: u64 = self.says.iter().map(|(share, ..)| u64::from(*share)).sum();
        let mut throw = dice::throw(key, "says") % all.max(1);
        for (share, level, text) in self.says {
            if throw < u64::from(*share) {
                return (*level, text);
            }
            throw -= u64::from(*share);
        }
        (Level::Info, "ok")
    }

    /// Who writes a line.
    pub(super) fn logger(&self, key: u64) -> Option<&'static str> {
        let count = self.loggers.len() as u64;
        (count > 0).then(|| self.loggers[(key / 5 % count.max(1)) as usize])
    }

    /// Its word for a level.
    pub(super) fn level(&self, level: Level) -> &'static str {
        let usual = ["DEBUG", "INFO", "WARN", "ERROR"];
        let place = level as usize;
        self.levels.get(place).copied().unwrap_or(usual[place])
    }

    /// What it and its runtime write when it breaks.
    pub(super) fn breaks(&self) -> (&'static str, &'static str) {
        let why = if self.breaks.is_empty() {
            "fatal: cannot go on: upstream refused the connection"
        } else {
            self.breaks
        };
        let trace = match self.language {
            _ if !self.trace.is_empty() => self.trace,
            Language::Go => GO,
            Language::Java => JAVA,
            Language::Node => NODE,
            Language::Python => PYTHON,
            Language::Native => NATIVE,
        };
        (why, trace)
    }

    /// What its runtime writes when there is no memory left; most are killed without a word.
    pub(super) fn starves(&self) -> Option<&'static str> {
        match self.language {
            Language::Java => Some(
                "java.lang.OutOfMemoryError: Java heap space\nDumping heap to /tmp/java_pid1.hprof ...\nTerminating due to java.lang.OutOfMemoryError: Java heap space",
            ),
            Language::Node => Some(
                "<--- Last few GCs --->\n[1:0x7f2c80] 1804213 ms: Mark-Compact 254.1 (262.3) -> 253.6 (262.8) MB, 318.22 / 0.00 ms  (average mu = 0.081) allocation failure\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
            ),
            Language::Python => {
                Some("MemoryError: cannot allocate 134217728 bytes for feature matrix")
            }
            Language::Go | Language::Native => None,
        }
    }

    /// What it says when its work is done.
    pub(super) fn done(&self) -> &'static str {
        if self.done.is_empty() {
            "done: {count} processed, 0 failed"
        } else {
            self.done
        }
    }

    /// What it says when it is told to stop.
    pub(super) fn stops(&self) -> &'static str {
        match self.language {
            Language::Java => {
                "Commencing graceful shutdown. Waiting for active requests to complete"
            }
            Language::Node => "SIGTERM received, closing server",
            Language::Python => "Received SIGTERM, shutting down workers",
            Language::Go | Language::Native => "received signal 15 (terminated), shutting down",
        }
    }
}

const GO: &str = "panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x7d1c2e]

goroutine 1 [running]:
main.(*server).run(0x0, {0xa1b2c0, 0xc0000b2000})
\t/src/cmd/{name}/server.go:112 +0x2e
main.main()
\t/src/cmd/{name}/main.go:47 +0x1d5";

const JAVA: &str = "Exception in thread \"main\" java.lang.IllegalStateException: Failed to load ApplicationContext
\tat org.springframework.boot.SpringApplication.run(SpringApplication.java:342)
\tat com.example.Application.main(Application.java:14)
Caused by: java.net.ConnectException: Connection refused
\tat java.base/sun.nio.ch.Net.connect0(Native Method)
\tat java.base/sun.nio.ch.Net.connect(Net.java:589)
\t... 23 more";

const NODE: &str = "node:internal/process/promises:394
      triggerUncaughtException(err, true /* fromPromise */);
      ^

Error: connect ECONNREFUSED {ip}:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16) {
  errno: -111,
  code: 'ECONNREFUSED',
  syscall: 'connect'
}

Node.js v22.11.0";

const PYTHON: &str = "Traceback (most recent call last):
  File \"/app/main.py\", line 88, in <module>
    main()
  File \"/app/main.py\", line 61, in main
    run(settings)
  File \"/app/{name}/job.py\", line 143, in run
    raise RuntimeError(f\"upstream answered {response.status}\")
RuntimeError: upstream answered 503";

const NATIVE: &str = "terminate called after throwing an instance of 'std::runtime_error'
  what():  cannot open configuration";
