//! The shell by what is typed and what it says, without a terminal.

use std::process::{Command, Stdio};

use super::client::{facts, program};

/// What a script says, errors included, and its code.
fn run(script: &str) -> (String, Option<i32>) {
    let output = Command::new(program())
        .args(["__shell", "--", "sh", "-c", script])
        .env_clear()
        .env("BARKEEP_DEMO_SHELL", facts().packed())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code())
}

#[test]
fn scripts_do_what_they_say() {
    let cases: &[(&str, &str, i32)] = &[
        // Words
        ("echo a  'b  c' \"d $MODE\" e\\ f", "a b  c d prod e f\n", 0),
        ("x='a  b'; echo $x \"$x\"", "a b a  b\n", 0),
        (
            "echo ${NOPE:-none} ${MODE:+some} ${#MODE} ${MODE%d} $((2 + 3 * 4))",
            "none some 4 pro 14\n",
            0,
        ),
        ("echo $(echo a; echo b) `echo c`", "a b c\n", 0),
        ("cd /etc/web; echo *", "설정.conf\n", 0),
        ("echo /etc/host* '*'", "/etc/hostname /etc/hosts *\n", 0),
        (
            "set -- a 'b c'; for x in \"$@\"; do echo [$x]; done; echo $#",
            "[a]\n[b c]\n2\n",
            0,
        ),
        ("echo ~ $HOME", "/root /root\n", 0),
        // Codes
        ("false; echo $?; true && echo yes || echo no", "1\nyes\n", 0),
        ("exit 300", "", 44),
        ("set -e; false; echo never", "", 1),
        ("! true; echo $?", "1\n", 0),
        ("nope", "sh: nope: not found\n", 127),
        ("vi x", "sh: vi: not found\n", 127),
        ("/etc/hosts", "sh: /etc/hosts: Permission denied\n", 126),
        (
            "echo 'unfinished",
            "sh: syntax error: unexpected end of file\n",
            2,
        ),
        (
            "if true; then echo x",
            "sh: syntax error: unexpected end of file\n",
            2,
        ),
        ("echo ; ; echo", "sh: syntax error: unexpected \";\"\n", 2),
        // Flow
        (
            "for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done",
            "1\n3\n",
            0,
        ),
        (
            "i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo -n $i; done",
            "123",
            0,
        ),
        (
            "i=0; until [ $i = 5 ]; do i=$((i+1)); [ $i = 2 ] && break; done; echo $i",
            "2\n",
            0,
        ),
        ("case abc in x*) echo x;; a*|b) echo a;; esac", "a\n", 0),
        ("f() { echo f $1; return 3; }; f x; echo $?", "f x\n3\n", 0),
        ("(cd /tmp; exit 4); echo $? $PWD", "4 /app\n", 0),
        (
            "command -v sh cd || echo none; command -v nope",
            "/bin/sh\ncd\n",
            127,
        ),
        ("exec echo gone; echo never", "gone\n", 0),
        ("eval 'x=5; echo' $x ok", "ok\n", 0),
        ("cat <<E\n$MODE\nE\ncat <<'E'\n$MODE\nE", "prod\n$MODE\n", 0),
        // Pipes and files
        ("yes | head -n 2", "y\ny\n", 0),
        ("seq 5 | tail -2 | tr 0-9 a-j", "e\nf\n", 0),
        (
            "printf 'b\\na\\nb\\n' | sort | uniq -c | sort -rn",
            "      2 b\n      1 a\n",
            0,
        ),
        (
            "echo 한국어 > /tmp/가; cat /tmp/가; wc -m < /tmp/가; ls /tmp",
            "한국어\n4\n가\n",
            0,
        ),
        (
            "echo a > f; echo b >> f; cat f; rm f; cat f",
            "a\nb\ncat: can't open 'f': No such file or directory\n",
            1,
        ),
        (
            "echo x > /etc/web/a",
            "sh: can't create /etc/web/a: Read-only file system\n",
            1,
        ),
        ("ls /nope 2>/dev/null || echo $?", "1\n", 0),
        (
            "echo oops 1>&2 2>/dev/null; { echo a; echo b; } | grep -n b",
            "2:b\noops\n",
            0,
        ),
        (
            "mkdir -p a/b; touch a/b/c; cp -r a d; mv d e; find e -type f; rmdir a",
            "e/b/c\nrmdir: 'a': Directory not empty\n",
            1,
        ),
        (
            "yes > /tmp/x; echo $?; ls /tmp/y",
            "1\nyes: write error: No space left on device\nls: /tmp/y: No such file or directory\n",
            1,
        ),
        ("printf '%s=%03d\\n' a 7 b 42", "a=007\nb=042\n", 0),
        ("echo -e 'a\\tb\\x41\\e[0m' | base64", "YQliQRtbMG0K\n", 0),
        (
            "echo one two | cut -d' ' -f2; echo a b c | xargs -n 1 echo x",
            "two\nx a\nx b\nx c\n",
            0,
        ),
        (
            "grep -c . /proc/cpuinfo; grep -i 'mode\\|qq' /etc/hosts; echo $?",
            "28\n1\n",
            0,
        ),
        (
            "printf 'echo script $1' > s; chmod +x s; ./s hi; sh s ho",
            "script hi\nscript ho\n",
            0,
        ),
        ("head -c 4 /dev/zero | wc -c; cat /dev/null", "4\n", 0),
        // The world
        (
            "hostname; whoami; pwd; uname",
            "web-0\nroot\n/app\nLinux\n",
            0,
        ),
        (
            "cat /var/run/secrets/kubernetes.io/serviceaccount/namespace; echo; cat /run/secrets/kubernetes.io/serviceaccount/namespace",
            "shop\nshop",
            0,
        ),
        (
            "cat /etc/web/설정.conf; head -1 /etc/resolv.conf",
            "색=파랑\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\n",
            0,
        ),
        (
            "env MODE=dev sh -c 'echo $MODE'; printenv MODE",
            "dev\nprod\n",
            0,
        ),
        (
            "curl -s localhost:8080/healthz; curl http://nope/",
            "ok\ncurl: (6) Could not resolve host: nope\n",
            6,
        ),
        (
            "wget -qO- 127.0.0.1:8080/healthz; wget -q localhost:1",
            "ok\nwget: can't connect to remote host (127.0.0.1): Connection refused\n",
            1,
        ),
        (
            "kill 12345; kill -9 $$",
            "kill: can't kill pid 12345: No such process\n",
            137,
        ),
        (
            "tty; stty size",
            "not a tty\nstty: standard input: Not a tty\n",
            1,
        ),
        (
            "ls -d /etc; test -f /etc/hosts -a ! -e /nope && echo ok",
            "/etc\nok\n",
            0,
        ),
        (
            "f() { f | f; }; f 2>&1 | head -1",
            "sh: can't fork: Resource temporarily unavailable\n",
            0,
        ),
        (
            "cat /dev/zero | grep -c x | head -1 & ",
            "sh: there is no job control here: & cannot be used\n",
            2,
        ),
        ("f() { f; }; f 2>/dev/null; echo $?", "1\n", 0),
    ];
    for (script, text, code) in cases {
        assert_eq!(run(script), ((*text).to_owned(), Some(*code)), "{script}");
    }
}
