//! Versions go up.

/// The next version: `1.8.9` comes before `1.9.0`, `2.0.0-rc.1` before `2.0.0-rc.2`.
pub(super) fn next_version(tag: &str) -> String {
    let mut parts: Vec<String> = tag.split('.').map(str::to_owned).collect();
    let last = parts.len() - 1;
    let number = |part: &str| part.parse::<u64>().ok();
    let Some(patch) = number(&parts[last]) else {
        return format!("{tag}.1");
    };
    let minor = last.checked_sub(1).and_then(|place| {
        (patch >= 9 && last >= 2).then_some(())?;
        Some((place, number(&parts[place])?))
    });
    match minor {
        Some((place, minor)) => {
            parts[place] = (minor + 1).to_string();
            "0".clone_into(&mut parts[last]);
        }
        None => parts[last] = (patch + 1).to_string(),
    }
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_up() {
        for (tag, next) in [
            ("1.8.3", "1.8.4"),
            ("1.8.9", "1.9.0"),
            ("24.47", "24.48"),
            ("2.33.0-rc.2", "2.33.0-rc.3"),
            ("0042", "43"),
            ("latest", "latest.1"),
        ] {
            assert_eq!(next_version(tag), next, "{tag}");
        }
    }
}
