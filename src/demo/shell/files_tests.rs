use super::*;

#[test]
fn paths_are_made_plain() {
    let cases = [
        ("/", "etc", "/etc"),
        ("/app", "../etc/./hosts", "/etc/hosts"),
        ("/app", "/a//b/", "/a/b"),
        ("/", "..", "/"),
        ("/앱", "한국어", "/앱/한국어"),
    ];
    for (from, path, wanted) in cases {
        assert_eq!(absolute(from, path), wanted);
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let mut files = Files::default();
    files.put("/etc/hosts", Kind::File(b"x".to_vec()), 0o644, 0);
    files.put("/sealed/a", Kind::File(b"x".to_vec()), 0o644, 0);
    files.put("/link", Kind::Link("etc".into()), 0o777, 0);
    files.seal("/sealed");
    let cases = [
        (files.write("/none/a", b"", false, 0), Err(Trouble::Missing)),
        (files.write("/etc", b"", false, 0), Err(Trouble::Directory)),
        (
            files.write("/etc/hosts/a", b"", false, 0),
            Err(Trouble::NotDirectory),
        ),
        (
            files.write("/sealed/b", b"", false, 0),
            Err(Trouble::ReadOnly),
        ),
        (
            files.write("/big", &vec![0; SPACE + 1], false, 0),
            Err(Trouble::Full),
        ),
        (files.write("/link/hosts", b"y", true, 0), Ok(())),
        (files.make("/etc", 0), Err(Trouble::Exists)),
        (files.remove("/etc", false), Err(Trouble::Directory)),
        (files.remove("/nothing", true), Err(Trouble::Missing)),
        (files.copy("/etc", "/etc/b", true), Err(Trouble::Invalid)),
        (files.copy("/etc", "/b", true), Ok(())),
        (files.remove("/etc", true), Ok(())),
    ];
    for (index, (done, wanted)) in cases.into_iter().enumerate() {
        assert_eq!(done, wanted, "case {index}");
    }
    assert!(
        matches!(&files.look("/b/hosts").map(|node| &node.kind), Some(Kind::File(bytes)) if bytes == b"xy")
    );
    assert!(files.look("/etc/hosts").is_none());
    let names: Vec<String> = files.list("/").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["b", "link", "sealed"]);
}
