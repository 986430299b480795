"""Saving: all files or none, whatever happens, and nothing left beside them."""

import contextlib
import errno
import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from vport import save
from vport.errors import WriteError
from vport.journal import JOURNAL, pending
from vport.save import recover, save_all

ROOT = Path(__file__).resolve().parent.parent
BEFORE = {"a.c": b"old a", "b.c": b"old b", "sub/c.c": b"old c"}
TEXTS = {name: (text, text.replace(b"old", b"new, longer")) for name, text in BEFORE.items()}
AFTER = {name: new for name, (_, new) in TEXTS.items()}
DEAD = 2**22 + 1
"""No process: above the largest pid Linux gives."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for name, text in BEFORE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text)
    return root


def content(root: Path) -> dict[str, bytes]:
    """Every file below `root`, hidden ones too."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def texts_only(root: Path) -> dict[str, bytes]:
    return {name: text for name, text in content(root).items() if not Path(name).name.startswith(".")}


def failing(after: int, error: BaseException, real: Callable[..., object]) -> Callable[..., object]:
    """A function that fails at call number `after`, once."""
    calls = 0

    def call(*arguments: object, **named: object) -> object:
        nonlocal calls
        calls += 1
        if calls == after:
            raise error
        return real(*arguments, **named)

    return call


def disk_full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "the disk")


def test_all_files_change_and_nothing_is_left(tree: Path) -> None:
    save_all(tree, TEXTS)
    assert content(tree) == AFTER


def test_noop_nothing_to_save(tmp_path: Path) -> None:
    save_all(tmp_path / "is not there", {})
    assert not list(tmp_path.iterdir())


def test_a_second_save_works_as_the_first(tree: Path) -> None:
    save_all(tree, TEXTS)
    save_all(tree, {name: (new, old) for name, (old, new) in TEXTS.items()})
    assert content(tree) == BEFORE


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o664, 0o4755, 0o222])
def test_modes_are_kept(tree: Path, mode: int) -> None:
    (tree / "a.c").chmod(mode)
    save_all(tree, TEXTS)
    assert stat.S_IMODE((tree / "a.c").stat().st_mode) == mode


def test_strict_umask_changes_no_mode(tree: Path) -> None:
    old = os.umask(0o077)
    try:
        save_all(tree, TEXTS)
    finally:
        os.umask(old)
    assert stat.S_IMODE((tree / "a.c").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    "name", ["with space.c", "-x.c", "new\nline.c", "größe.c", os.fsdecode(b"\xff.c"), "'\"\\.c", "x" * 200 + ".c"]
)
def test_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"old")
    save_all(tmp_path, {name: (b"old", b"new")})
    assert content(tmp_path) == {name: b"new"}


def test_name_too_long_to_stage_beside(tree: Path) -> None:
    name = "x" * 250 + ".c"
    (tree / name).write_bytes(b"old")
    with pytest.raises(WriteError, match="too long"):
        save_all(tree, {**TEXTS, name: (b"old", b"new")})
    assert content(tree) == {**BEFORE, name: b"old"}


def test_read_only_target_stops_all(tree: Path) -> None:
    (tree / "b.c").chmod(0o444)
    with pytest.raises(WriteError, match=r"b\.c: read-only; nothing was written"):
        save_all(tree, TEXTS)
    assert content(tree) == BEFORE


def test_target_changed_meanwhile_stops_all(tree: Path) -> None:
    (tree / "b.c").write_bytes(b"a person typed")
    with pytest.raises(WriteError, match=r"b\.c: changed while vport ran; nothing was written"):
        save_all(tree, TEXTS)
    assert content(tree) == {**BEFORE, "b.c": b"a person typed"}


def test_target_gone_meanwhile_stops_all(tree: Path) -> None:
    (tree / "b.c").unlink()
    with pytest.raises(WriteError, match=r"b\.c: No such file.*nothing was written"):
        save_all(tree, TEXTS)
    assert content(tree) == {"a.c": b"old a", "sub/c.c": b"old c"}


def test_target_became_a_folder(tree: Path) -> None:
    (tree / "b.c").unlink()
    (tree / "b.c").mkdir()
    with pytest.raises(WriteError, match="nothing was written"):
        save_all(tree, TEXTS)
    assert content(tree) == {"a.c": b"old a", "sub/c.c": b"old c"}


FAULTS = [
    pytest.param(disk_full, WriteError, id="disk_full"),
    pytest.param(KeyboardInterrupt, KeyboardInterrupt, id="ctrl_c"),
]


@pytest.mark.parametrize(("fault", "raised"), FAULTS)
@pytest.mark.parametrize("after", range(1, 11))
def test_fault_while_texts_are_written(
    tree: Path, monkeypatch: pytest.MonkeyPatch, after: int, fault: Callable[[], BaseException], raised: type
) -> None:
    monkeypatch.setattr(os, "fsync", failing(after, fault(), os.fsync))
    with pytest.raises(raised):
        save_all(tree, TEXTS)
    assert content(tree) == BEFORE


@pytest.mark.parametrize(("fault", "raised"), FAULTS)
@pytest.mark.parametrize("after", [1, 2, 3])
def test_fault_while_the_old_texts_are_kept(
    tree: Path, monkeypatch: pytest.MonkeyPatch, after: int, fault: Callable[[], BaseException], raised: type
) -> None:
    monkeypatch.setattr(save, "_keep", failing(after, fault(), save._keep))
    with pytest.raises(raised):
        save_all(tree, TEXTS)
    assert texts_only(tree) == BEFORE


@pytest.mark.parametrize(("fault", "raised"), FAULTS)
@pytest.mark.parametrize("after", [1, 2, 3])
def test_fault_between_renames(
    tree: Path, monkeypatch: pytest.MonkeyPatch, after: int, fault: Callable[[], BaseException], raised: type
) -> None:
    monkeypatch.setattr(Path, "replace", failing(after, fault(), Path.replace))
    with pytest.raises(raised):
        save_all(tree, TEXTS)
    assert content(tree) == BEFORE


def test_file_systems_without_hard_links(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with monkeypatch.context() as inner:
        inner.setattr(Path, "replace", failing(3, disk_full(), Path.replace))
        with pytest.raises(WriteError):
            save_all(tree, TEXTS)
    assert content(tree) == BEFORE
    save_all(tree, TEXTS)
    assert content(tree) == AFTER


def _limited(tree: Path, *, limit: int) -> str:
    """Save with a file size limit that stands for a full disk; returns the message."""
    code = """
        import resource, signal, sys
        from pathlib import Path
        from vport.errors import WriteError
        from vport.save import save_all
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
        try:
            save_all(Path(sys.argv[1]), {"a.c": (b"old a", b"small"), "b.c": (b"old b", b"x" * 100000)})
        except WriteError as error:
            print(error)
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(tree), str(limit)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_disk_really_full_leaves_the_old_tree(tree: Path) -> None:
    assert "nothing was written" in _limited(tree, limit=5000)
    assert content(tree) == BEFORE


def test_disk_really_full_names_the_file(tree: Path) -> None:
    assert "b.c" in _limited(tree, limit=5000)


def test_ctrl_c_while_cleaning_up_leaves_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as inner:
        inner.setattr(save, "_remove", failing(1, KeyboardInterrupt(), save._remove))
        with pytest.raises(KeyboardInterrupt):
            save_all(tree, TEXTS)
    recover(tree)
    assert content(tree) in (BEFORE, AFTER)


DIES = """
    import os, sys
    from pathlib import Path
    from vport import save
    stage, count, root = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    def dying(real):
        calls = 0
        def call(*arguments):
            nonlocal calls
            calls += 1
            if calls == count:
                os.kill(os.getpid(), 9)
            return real(*arguments)
        return call
    owner = {"replace": Path, "fsync": os, "unlink": Path}.get(stage, save)
    setattr(owner, stage, dying(getattr(owner, stage)))
    eval("save." + sys.argv[4], {"save": save, "root": root})
"""


def die(tree: Path, stage: str, count: int, what: str = f"save_all(root, {TEXTS!r})") -> None:
    """Save in a process that is killed at call `count` of `stage`."""
    command = [sys.executable, "-c", textwrap.dedent(DIES), stage, str(count), str(tree), what]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL


KILLS = [
    *(pytest.param("fsync", n, 0, id=f"while_text_{n}_is_written") for n in (1, 2, 3, 4, 5)),
    pytest.param("fsync", 6, 3, id="before_the_folders_know_of_old_texts"),
    pytest.param("fsync", 8, 3, id="before_the_folders_know_of_new_texts"),
    *(pytest.param("_keep", n, n - 1, id=f"before_old_text_{n}_is_kept") for n in (1, 2, 3)),
    *(pytest.param("replace", n, 3, id=f"before_rename_{n}") for n in (1, 2, 3)),
    pytest.param("fsync", 10, 3, id="before_the_journal_says_done"),
]


@pytest.mark.parametrize(("stage", "count", "back"), KILLS)
def test_kill_9_and_the_next_run_recovers(tree: Path, stage: str, count: int, back: int) -> None:
    die(tree, stage, count)
    assert recover(tree) == back
    assert content(tree) == BEFORE
    assert recover(tree) == 0
    save_all(tree, TEXTS)
    assert content(tree) == AFTER


def test_kill_9_when_the_journal_says_done_leaves_the_new_tree(tree: Path) -> None:
    die(tree, "fsync", 11)
    assert recover(tree) == 0
    assert content(tree) == AFTER


def test_disk_that_fails_when_all_is_written_changes_nothing_any_more(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", failing(11, disk_full(), os.fsync))
    save_all(tree, TEXTS)
    assert content(tree) == AFTER


def test_ctrl_c_right_after_the_journal_says_done(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        real(source, target)
        if target.name == JOURNAL:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt, match="everything was written"):
        save_all(tree, TEXTS)
    assert content(tree) == AFTER


def test_folders_that_cannot_be_synced_do_not_matter(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    save_all(tree, TEXTS)
    assert content(tree) == AFTER


def test_every_folder_is_synced_before_and_after_its_files_are_replaced(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        name = Path(os.readlink(f"/proc/self/fd/{descriptor}")).relative_to(tree).as_posix()
        log.append(f"sync {name}")
        real_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        log.append(f"replace {target.relative_to(tree)}")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    save_all(tree, TEXTS)
    assert [entry for entry in log if ".vport" not in entry] == [
        "sync .",
        *("sync .", "sync sub"),
        *("replace a.c", "replace b.c", "replace sub/c.c"),
        *("sync .", "sync sub"),
        "sync .",
    ]


# Journals of runs over a folder above or below


def test_crash_over_a_folder_above_is_found(tree: Path) -> None:
    die(tree, "replace", 3)
    assert pending(tree / "sub") == [tree]
    assert recover(tree / "sub") == 3
    assert content(tree) == BEFORE


def test_crash_over_a_folder_below_is_found(tree: Path) -> None:
    die(tree / "sub", "replace", 1, what="save_all(root, {'c.c': (b'old c', b'new')})")
    assert pending(tree) == []
    assert pending(tree, TEXTS) == [tree / "sub"]
    assert recover(tree, TEXTS) == 1
    assert content(tree) == BEFORE


def test_crash_above_and_below_at_once(tree: Path) -> None:
    (tree / "sub" / "deep").mkdir()
    (tree / "sub" / "deep" / "d.c").write_bytes(b"old d")
    die(tree / "sub" / "deep", "replace", 1, what="save_all(root, {'d.c': (b'old d', b'new')})")
    journal = (tree / "sub" / "deep" / JOURNAL).read_bytes()
    (tree / "sub" / "deep" / JOURNAL).unlink()
    die(tree, "replace", 3)
    (tree / "sub" / "deep" / JOURNAL).write_bytes(journal)
    assert recover(tree / "sub", ["c.c", "deep/d.c"]) == 4
    assert content(tree) == {**BEFORE, "sub/deep/d.c": b"old d"}


def test_noop_journal_above_that_names_other_files(tree: Path) -> None:
    text = json.dumps({"pid": DEAD, "files": ["a.c", "b.c"]})
    (tree / JOURNAL).write_text(text)
    assert pending(tree / "sub") == []
    save_all(tree / "sub", {"c.c": TEXTS["sub/c.c"]})
    assert content(tree) == {**BEFORE, "sub/c.c": AFTER["sub/c.c"], JOURNAL: text.encode()}


def test_noop_journal_beside(tree: Path) -> None:
    (tree / "other").mkdir()
    (tree / "other" / JOURNAL).write_text("nonsense")
    assert pending(tree / "sub", ["c.c"]) == pending(tree, TEXTS) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_noop_journal_above_that_somebody_else_made(tree: Path) -> None:
    (tree / JOURNAL).write_text("nonsense")
    os.chown(tree / JOURNAL, 12345, 12345)
    assert pending(tree / "sub") == []


def test_journal_above_that_makes_no_sense_is_told(tree: Path) -> None:
    (tree / JOURNAL).write_text("nonsense")
    with pytest.raises(WriteError, match="cannot be read"):
        recover(tree / "sub")


@pytest.mark.parametrize(("root", "name"), [("sub", "c.c"), (".", "sub/c.c")])
def test_run_over_a_folder_above_or_below_is_not_disturbed(tree: Path, root: str, name: str) -> None:
    other = {"sub": ".", ".": "sub"}[root]
    theirs = {"sub": "c.c", ".": "sub/c.c"}[other]
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        (tree / other / JOURNAL).write_text(json.dumps({"pid": living.pid, "files": [theirs]}))
        with pytest.raises(WriteError, match="another run writes to files of this tree"):
            save_all(tree / root, {name: TEXTS["sub/c.c"]})
        with pytest.raises(WriteError, match=f"process {living.pid} is writing"):
            recover(tree / root, [name])
        living.communicate(b"\n")
    assert texts_only(tree) == BEFORE
    assert not (tree / root / JOURNAL).exists()


@pytest.mark.parametrize("count", range(1, 9))
def test_kill_9_while_something_is_removed(tree: Path, count: int) -> None:
    die(tree, "unlink", count)
    recover(tree)
    assert content(tree) in (BEFORE, AFTER)


@pytest.mark.parametrize("count", range(1, 4))
def test_kill_9_during_recovery(tree: Path, count: int) -> None:
    die(tree, "replace", 3)
    die(tree, "replace", count, what="recover(root)")
    recover(tree)
    assert content(tree) == BEFORE


def test_another_run_that_lives_is_not_disturbed(tree: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        (tree / JOURNAL).write_text(json.dumps({"pid": other.pid, "files": ["a.c"]}))
        (tree / ".a.c.vport-old").write_bytes(b"its own")
        with pytest.raises(WriteError, match=f"process {other.pid} is writing"):
            recover(tree)
        with pytest.raises(WriteError, match="another run is writing"):
            save_all(tree, TEXTS)
        assert texts_only(tree) == BEFORE
        assert (tree / ".a.c.vport-old").read_bytes() == b"its own"
        other.communicate(b"\n")


@pytest.mark.parametrize("moment", [1, 2, 3, 4, 5])
def test_two_runs_at_once_do_not_mix(tree: Path, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    """Another run starts and ends at some moment of this one: one of them is refused, the other whole."""
    other = {name: (old, b"of the other run") for name, (old, _) in TEXTS.items()}
    code = f"import sys; from pathlib import Path; from vport import save; save.save_all(Path(sys.argv[1]), {other!r})"
    ended: list[subprocess.CompletedProcess[bytes]] = []
    calls = 0
    real = os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == moment:
            ended.append(
                subprocess.run([sys.executable, "-c", code, str(tree)], cwd=ROOT, capture_output=True, check=False)
            )
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    try:
        save_all(tree, TEXTS)
    except WriteError:
        assert ended[0].returncode == 0
        assert content(tree) == {name: new for name, (_, new) in other.items()}
    else:
        assert b"another run is writing to this tree; nothing was written" in ended[0].stderr
        assert content(tree) == AFTER


@pytest.mark.parametrize(
    "journal",
    [
        pytest.param("", id="empty"),
        pytest.param('{"pid": 0, "files": []}', id="pid_of_all_processes"),
        pytest.param(f'{{"pid": {DEAD}, "files": [""]}}', id="empty_name"),
        pytest.param("not json", id="no_json"),
        pytest.param("[]", id="a_list"),
        pytest.param("{}", id="no_keys"),
        pytest.param('{"pid": "x", "files": []}', id="pid_is_no_number"),
        pytest.param(f'{{"pid": {DEAD}, "files": 5}}', id="files_is_no_list"),
        pytest.param('{"pid": 1e400, "files": []}', id="pid_infinite"),
        pytest.param(f'{{"pid": 1{"0" * 30}, "files": []}}', id="pid_huge"),
        pytest.param(f'{{"pid": {DEAD}, "files": [1]}}', id="name_is_no_text"),
        pytest.param(f'{{"pid": {DEAD}, "files": ["a\\u0000"]}}', id="name_with_nul"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param('{"pid": -5, "files": []}', id="pid_of_a_group"),
        pytest.param('{"pid": 0, "files": []}', id="pid_of_our_group"),
        pytest.param(f'{{"pid": {DEAD}, "files": [""]}}', id="name_empty"),
        pytest.param(f'{{"pid": {DEAD}, "files": ["."]}}', id="name_of_the_root"),
        pytest.param(f'{{"pid": {DEAD}, "files": "ab"}}', id="files_is_a_text"),
        pytest.param(f'{{"pid": {DEAD}, "files": [], "done": 1}}', id="done_is_a_number"),
        pytest.param("\ufeff{}", id="byte_order_mark"),
    ],
)
def test_journal_that_makes_no_sense(tree: Path, journal: str) -> None:
    (tree / JOURNAL).write_text(journal)
    with pytest.raises(WriteError, match="cannot be read"):
        recover(tree)
    assert content(tree) == {**BEFORE, JOURNAL: journal.encode()}


@pytest.mark.parametrize("name", ["../victim.c", "{outside}/victim.c", "link/victim.c"])
def test_hostile_journal_reaches_nothing_outside(tree: Path, tmp_path: Path, name: str) -> None:
    beside = {
        f".victim.c{pid}.vport-{kind}": kind.encode() for pid in ("", f".{DEAD}") for kind in ("old", "new", "copy")
    }
    for file, text in {"victim.c": b"mine", **beside}.items():
        (tmp_path / file).write_bytes(text)
    (tree / "link").symlink_to(tmp_path)
    (tree / JOURNAL).write_text(json.dumps({"pid": DEAD, "files": [name.format(outside=tmp_path)]}))
    with contextlib.suppress(WriteError):
        recover(tree)
    assert (tmp_path / "victim.c").read_bytes() == b"mine"
    assert {name: (tmp_path / name).read_bytes() for name in beside} == beside


def test_hostile_pipe_for_a_journal_does_not_block(tree: Path) -> None:
    os.mkfifo(tree / JOURNAL)
    with pytest.raises(WriteError, match="cannot be read"):
        recover(tree)


def test_hostile_link_where_the_new_text_is_staged(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    for name in (".a.c.vport-new", f".a.c.{os.getpid()}.vport-new"):
        (tree / name).symlink_to(tmp_path / "victim")
    with contextlib.suppress(WriteError):
        save_all(tree, TEXTS)
    assert (tmp_path / "victim").read_bytes() == b"mine"


def test_hostile_link_where_the_old_text_is_kept(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    for name in (".a.c.vport-old", f".a.c.{os.getpid()}.vport-old"):
        (tree / name).symlink_to(tmp_path / "victim")
    with contextlib.suppress(WriteError):
        save_all(tree, TEXTS)
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert texts_only(tree) in (BEFORE, AFTER)


def test_hostile_link_where_the_journal_is_made(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tree / JOURNAL).symlink_to(tmp_path / "victim")
    with pytest.raises(WriteError):
        save_all(tree, TEXTS)
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert texts_only(tree) == BEFORE


def test_link_in_the_tree_stays_a_link(tree: Path) -> None:
    (tree / "link.c").symlink_to("sub/c.c")
    save_all(tree, {"link.c": TEXTS["sub/c.c"]})
    assert (tree / "link.c").is_symlink()
    assert content(tree) == {**BEFORE, "sub/c.c": AFTER["sub/c.c"], "link.c": AFTER["sub/c.c"]}


def test_link_and_its_target_both_in_the_tree(tree: Path) -> None:
    (tree / "link.c").symlink_to("b.c")
    save_all(tree, {**TEXTS, "link.c": TEXTS["b.c"]})
    assert content(tree) == {**AFTER, "link.c": AFTER["b.c"]}


def test_link_and_its_target_with_different_texts(tree: Path) -> None:
    (tree / "link.c").symlink_to("b.c")
    with pytest.raises(WriteError, match="another name of"):
        save_all(tree, {**TEXTS, "link.c": (b"old b", b"else")})
    assert content(tree) == {**BEFORE, "link.c": b"old b"}


def test_link_out_of_the_tree(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "out.c").write_bytes(b"old")
    (tree / "link.c").symlink_to("../out.c")
    with pytest.raises(WriteError, match="leads out of the tree"):
        save_all(tree, {**TEXTS, "link.c": (b"old", b"new")})
    assert (tmp_path / "out.c").read_bytes() == b"old"
    assert content(tree) == {**BEFORE, "link.c": b"old"}


def test_second_run_while_the_first_stages(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = save._stage

    def interfere(*arguments: object) -> None:
        monkeypatch.setattr(save, "_stage", real)
        with pytest.raises(WriteError, match="another run is writing"):
            save_all(tree, TEXTS)
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(save, "_stage", interfere)
    save_all(tree, TEXTS)
    assert content(tree) == AFTER


def test_recovery_through_a_root_that_is_a_link(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree)
    die(tmp_path / "link", "replace", 2)
    assert recover(tmp_path / "link") == 3
    assert content(tree) == BEFORE


def test_old_text_that_cannot_come_back_keeps_the_journal(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise disk_full()

    with monkeypatch.context() as inner:
        inner.setattr(Path, "replace", refuse)
        with pytest.raises(WriteError, match="its old text is in"):
            save_all(tree, TEXTS)
    assert (tree / JOURNAL).exists()
    assert recover(tree) == 3
    assert content(tree) == BEFORE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipe_for_a_journal_does_not_block(tree: Path) -> None:
    os.mkfifo(tree / JOURNAL)
    with pytest.raises(WriteError, match="cannot be read"):
        recover(tree)


def test_root_that_is_a_link(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree)
    save_all(tmp_path / "link", TEXTS)
    assert content(tree) == AFTER
