//! Measures full-screen programs from outside, side by side: each in a 200×50 terminal of its own, with a home of its own,
//! one after the other, and prints a Markdown table. `cargo bench --bench pty -- --help` says what can be chosen.
//!
//! ```text
//!  exec ─→ first frame ─→ first rows ─→ all rows ─→ settled ─→ quiet: CPU, bytes ─→ keys: `j` ─→ churn: CPU, `j` ─→ killed
//! ```
//!
//! Times are those at which output arrived at the terminal. On a shared machine they are noisy: compare within one run.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::missing_panics_doc,
    reason = "a measurement that cannot be made ends; the table is the output"
)]

mod measure;
mod output;
mod peers;
mod process;
#[path = "../../tests/support/terminal.rs"]
pub mod terminal;

use std::{path::PathBuf, process::Command, time::Duration};

use clap::{Parser, ValueEnum};
use measure::{Keys, Measured, millis};
use peers::{PEERS, Peer};

/// What is looked at. A program without such a screen shows all pods of all namespaces in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Screen {
    /// barkeep as it starts: Services, Maps, Servers.
    Home,
    /// All Instances of the cluster in one list.
    Instances,
}

#[derive(Debug, Parser)]
struct Options {
    /// Programs to measure, of those that are on PATH
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "barkeep,sofka,k9s,kdash,kubetui"
    )]
    programs: Vec<String>,
    #[arg(long, value_enum, default_value = "home")]
    screen: Screen,
    /// Needed unless a demo is measured
    #[arg(long, env = "KUBECONFIG", default_value = "/dev/null")]
    kubeconfig: PathBuf,
    /// Measure barkeep on a simulated cluster of so many Instances
    #[arg(long)]
    demo_size: Option<u32>,
    /// Only what is sent: bytes for `j` and a repaint, writes a frame (needs strace), and how late a slow line is
    #[arg(long)]
    output: bool,
    /// The barkeep to measure, where it is not the one that cargo built for this bench
    #[arg(long)]
    barkeep: Option<PathBuf>,
    /// Rows at which the list is complete; without it, when its count changed last
    #[arg(long)]
    expect: Option<u64>,
    /// Seconds from the first rows until memory is measured
    #[arg(long, default_value_t = 30)]
    settle: u64,
    /// Seconds during which CPU and bytes are measured while nobody does anything
    #[arg(long, default_value_t = 20)]
    quiet_seconds: u64,
    /// How often `j` is pressed
    #[arg(long, default_value_t = 60)]
    keys: usize,
    /// A shell command that changes the cluster for at least the quiet seconds and ten more, to measure again meanwhile
    #[arg(long)]
    churn: Option<String>,
    /// Passed by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

const HEADINGS: [&str; 15] = [
    "program",
    "first frame ms",
    "first rows s",
    "all rows s",
    "rows",
    "RSS MiB",
    "peak MiB",
    "start-up CPU s",
    "idle CPU %",
    "idle bytes/s",
    "`j` to first output, median / p95 / p99 ms",
    "`j` to frame's end, median / p99 ms",
    "bytes per `j`",
    "CPU % in churn",
    "`j` in churn, median / p95 ms",
];

fn main() {
    let options = Options::parse();
    if options.output {
        for name in &options.programs {
            if let Some(peer) = PEERS.iter().find(|peer| peer.name == name)
                && let Some(path) = find(&options, peer)
            {
                output::report(peer, &path, &options);
            }
        }
        return;
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "200×50, {:?} screen, {} pods, {cores} cores\n",
        options.screen,
        pods(&options)
    );
    print_row(&HEADINGS.map(str::to_owned));
    print_row(&HEADINGS.map(|_| "---".to_owned()));
    let cat = measure::echo(options.keys);
    print_row(&cells(
        "cat",
        [
            (10, latencies(&cat)),
            (11, completions(&cat)),
            (12, bytes(&cat)),
        ],
    ));
    for name in &options.programs {
        let Some(peer) = PEERS.iter().find(|peer| peer.name == name) else {
            eprintln!("{name}: how to start it is not known");
            continue;
        };
        match find(&options, peer) {
            Some(path) => print_row(&describe(peer, &measure::measure(peer, &path, &options))),
            None => print_row(&cells(peer.name, [(1, "not installed".to_owned())])),
        }
    }
}

fn find(options: &Options, peer: &Peer) -> Option<PathBuf> {
    if peer.name == "barkeep" {
        let built = || PathBuf::from(env!("CARGO_BIN_EXE_barkeep"));
        return Some(options.barkeep.clone().unwrap_or_else(built));
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(peer.name))
        .find(|file| file.is_file())
}

/// How many pods there are; the list of one says how many more remain.
fn pods(options: &Options) -> String {
    let mut command = Command::new("kubectl");
    command.arg("--kubeconfig").arg(&options.kubeconfig).args([
        "get",
        "--raw",
        "/api/v1/pods?limit=1",
    ]);
    let list: Option<serde_json::Value> = command
        .output()
        .ok()
        .and_then(|output| serde_json::from_slice(&output.stdout).ok());
    list.map_or_else(
        || "an unknown number of".to_owned(),
        |list| {
            let held = list["items"].as_array().map_or(0, Vec::len) as u64;
            (held + list["metadata"]["remainingItemCount"].as_u64().unwrap_or(0)).to_string()
        },
    )
}

fn describe(peer: &Peer, measured: &Measured) -> [String; HEADINGS.len()] {
    let start = &measured.start;
    let seconds = |time: Option<Duration>| {
        time.map_or_else(
            || "–".to_owned(),
            |time| format!("{:.2}", time.as_secs_f64()),
        )
    };
    let mut row = cells(
        peer.name,
        [
            (
                1,
                start.first_frame.map_or_else(|| "none".to_owned(), millis),
            ),
            (
                2,
                start
                    .first_rows
                    .map_or_else(|| "none".to_owned(), |time| seconds(Some(time))),
            ),
            (3, seconds(start.all_rows)),
            (
                4,
                start
                    .rows
                    .map_or_else(|| "–".to_owned(), |rows| rows.to_string()),
            ),
            (5, mebibytes(start.usage.rss_kib)),
            (6, mebibytes(start.usage.peak_kib)),
            (7, format!("{:.2}", start.usage.cpu.as_secs_f64())),
        ],
    );
    if let Some(quiet) = &measured.quiet {
        row[8] = format!("{:.1}", quiet.cpu_percent);
        row[9] = format!("{:.0}", quiet.bytes_per_second);
    }
    if let Some(keys) = &measured.keys {
        row[10] = latencies(keys);
        row[11] = completions(keys);
        row[12] = bytes(keys);
    }
    if let Some((quiet, keys)) = &measured.churn {
        row[13] = format!("{:.1}", quiet.cpu_percent);
        row[14] = format!("{} / {}", millis(keys.first(50)), millis(keys.first(95)));
    }
    row
}

fn latencies(keys: &Keys) -> String {
    let missed = if keys.missed > 0 {
        format!(" ({} without output)", keys.missed)
    } else {
        String::new()
    };
    format!(
        "{} / {} / {}{missed}",
        millis(keys.first(50)),
        millis(keys.first(95)),
        millis(keys.first(99))
    )
}

fn completions(keys: &Keys) -> String {
    format!(
        "{} / {}",
        millis(keys.complete(50)),
        millis(keys.complete(99))
    )
}

fn bytes(keys: &Keys) -> String {
    keys.bytes(50).to_string()
}

fn mebibytes(kibibytes: u64) -> String {
    format!("{:.0}", kibibytes as f64 / 1024.0)
}

/// A row of the table: the program, some cells, and `–` in all others.
fn cells<const N: usize>(program: &str, some: [(usize, String); N]) -> [String; HEADINGS.len()] {
    let mut row = HEADINGS.map(|_| "–".to_owned());
    program.clone_into(&mut row[0]);
    for (column, text) in some {
        row[column] = text;
    }
    row
}

fn print_row(cells: &[String; HEADINGS.len()]) {
    println!("| {} |", cells.join(" | "));
}
