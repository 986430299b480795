"""The findings that were there before: a file of what each is about, which survives lines that move."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from vport.checks.found import Found
from vport.digest import blake2b
from vport.errors import UsageError

VERSION = 1


def _line(data: bytes, line: int) -> bytes:
    """A line's text without its spaces: indenting it again makes no new finding."""
    lines = data.split(b"\n")
    return b"".join(lines[line - 1].split()) if 0 < line <= len(lines) else b""


def fingerprint(one: Found, data: Mapping[str, bytes]) -> str:
    """What a finding is about, whatever line it stands on."""
    text = _line(data.get(one.file, b""), one.line)
    parts = (one.id, one.file, one.function, one.variable)
    return blake2b("\0".join(parts).encode("utf-8", "surrogateescape") + b"\0" + text, digest_size=8).hexdigest()


def fingerprints(found: Iterable[Found], data: Mapping[str, bytes]) -> list[str]:
    """Of each finding its fingerprint, numbered where several have the same."""
    seen: Counter[str] = Counter()
    made = []
    for one in found:
        print_ = fingerprint(one, data)
        seen[print_] += 1
        made.append(f"{print_}-{seen[print_]}")
    return made


def read_baseline(path: Path) -> set[str]:
    """Fingerprints in a baseline file.

    Raises:
        UsageError: it is not there, or no baseline; nothing of it is used then.
    """
    import json  # here, for most checks have no baseline

    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        entries = table["findings"]
        if table["version"] != VERSION:
            raise UsageError(f"{path}: version {table['version']} of a baseline; make it anew with --update-baseline")
        return {str(entry["fingerprint"]) for entry in entries}
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}; make it with --update-baseline") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: is no baseline ({error}); make it anew with --update-baseline") from error


def make_baseline(found: Iterable[Found], data: Mapping[str, bytes]) -> str:
    """The text of a baseline file: an entry a finding, with what a person needs to recognise it."""
    import json

    listed = list(found)
    entries = [
        {"id": one.id, "file": one.file, "function": one.function, "variable": one.variable, "fingerprint": print_}
        for one, print_ in zip(listed, fingerprints(listed, data), strict=True)
    ]
    return json.dumps({"version": VERSION, "findings": entries}, indent=1, ensure_ascii=True) + "\n"
