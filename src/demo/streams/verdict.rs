//! How a command ended, as the `Status` that goes last over the error channel.
//!
//! The shapes are those of a kubelet with containerd (`k8s.io/kubelet/pkg/cri/streaming/remotecommand`); note that there they have no
//! `kind`, and a code only where an error has one.

use serde_json::{Value, json};

/// The exit code of what was killed together with its container.
pub(super) const KILLED: i32 = 137;

/// It exited with 0.
pub(super) fn success() -> Value {
    json!({"metadata": {}, "status": "Success"})
}

/// It exited with a code, 0 included. `argv` is what ran, or None where a terminal was between.
pub(super) fn exited(code: i32, argv: Option<&[String]>) -> Value {
    if code == 0 {
        return success();
    }
    let cause = argv.map_or_else(
        || format!("command terminated with exit code {code}"),
        |argv| {
            format!(
                "error executing command [{}], exit code {code}",
                argv.join(" ")
            )
        },
    );
    json!({
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": format!("command terminated with non-zero exit code: {cause}"),
        "details": {"causes": [{"reason": "ExitCode", "message": code.to_string()}]},
    })
}

/// It never ran. The API server wraps the kubelet's error once more where it translates the stream (`v5`).
pub(super) fn failed(why: &str, wraps: bool) -> Value {
    let inner = if wraps {
        format!("Internal error occurred: {why}")
    } else {
        why.to_owned()
    };
    json!({
        "metadata": {}, "status": "Failure", "reason": "InternalError", "code": 500,
        "message": format!("Internal error occurred: {inner}"),
        "details": {"causes": [{"message": inner}]},
    })
}

/// containerd's sentence about a process that could not be started.
pub(super) fn unstartable(execution: &str, why: &str) -> String {
    format!(
        "error executing command in container: failed to exec in container: failed to start exec \"{execution}\": \
         OCI runtime exec failed: exec failed: {why}: unknown"
    )
}
