"""A series as a folder of mails that git-am(1) takes, one for each step, and the letter before them.

Mails are plain text where a mail can carry it.  A patch with carriage returns or bytes that are no UTF-8 is sent as
base64, which git decodes to the same bytes whatever mailers on the way do (RFC 2045, git-mailinfo(1)).
"""

import base64
import email.header
import email.utils
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from vport import __version__
from vport.diff import file_diff, split
from vport.errors import UsageError, WriteError
from vport.names import show
from vport.series.delta import between
from vport.series.messages import Message
from vport.series.steps import Step

COVER = "0000-cover-letter.txt"
"""The letter is no patch, so that `git am DIR/*.patch` takes exactly the series."""


class Sender(msgspec.Struct, frozen=True):
    """Who the mails are from, and when they were written, in seconds since 1970."""

    name: str
    address: str
    time: float


def patch(step: Step, data: Mapping[str, bytes], prefix: str, modes: Mapping[str, str]) -> bytes:
    """The diff of a step in git's format, with the names of blobs, so that `git am -3` can merge.

    Arguments:
        step: of the series.
        data: texts before the series.
        prefix: of names, so that they begin at the top of the work tree.
        modes: of files that are not 100644.
    """
    parts = []
    for file in sorted(step.after):
        found = between(file, data[file], step.earlier.get(file, ()), step.edits.get(file, ()))
        blobs = _blob(step.before[file]), _blob(step.after[file]), modes.get(file, "100644").encode()
        parts.append(file_diff(prefix + file, split(step.before[file]), found, b"index %s..%s %s\n" % blobs))
    return b"".join(parts)


def _blob(text: bytes) -> bytes:
    """The name git gives a text."""
    return hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest().encode()


def mail(sender: Sender, message: Message, number: str, content: bytes = b"") -> bytes:
    """One mail in the format of git-format-patch(1).

    Arguments:
        sender: of it.
        message: subject and text.
        number: `3/12`, before the subject.
        content: the diff, if it is a patch.
    """
    said = f"{message.body}\n" + ("---\n" if content else "")
    body = said.encode("utf-8", "replace") + (content and _stat(content) + b"\n" + content)
    body += f"-- \nvport {__version__}\n\n".encode()
    plain = _is_plain(body)
    subject = email.header.Header(
        f"[PATCH {number}] {message.subject}", "us-ascii" if message.subject.isascii() else "utf-8"
    )
    head = [
        "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001",
        f"From: {email.utils.formataddr((sender.name, sender.address), 'utf-8')}",
        f"Date: {email.utils.formatdate(sender.time)}",
        f"Subject: {subject.encode(linesep=chr(10))}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        f"Content-Transfer-Encoding: {'8bit' if plain else 'base64'}",
        "",
        "",
    ]
    return "\n".join(head).encode() + (body if plain else base64.encodebytes(body))


def _is_plain(body: bytes) -> bool:
    """Whether a mail can carry the bytes as they are."""
    if b"\r" in body or b"\0" in body:
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _stat(content: bytes) -> bytes:
    """How many lines each file gains and loses."""
    out = []
    for part in re.split(rb"^diff --git ", content, flags=re.MULTILINE)[1:]:
        name = re.search(rb"^\+\+\+ (.*)$", part, re.MULTILINE)
        body = part[name.end() :] if name else b""
        plus, minus = (len(re.findall(rb"^" + mark, body, re.MULTILINE)) for mark in (rb"\+", rb"-"))
        shown = (name[1] if name else b"").replace(b"b/", b"", 1)
        out.append(b" %s | +%d -%d\n" % (shown, plus, minus))
    return b"".join(out)


def file_name(number: int, subject: str) -> str:
    """What git-format-patch(1) calls the patch of a subject."""
    slug = re.sub(r"[^A-Za-z0-9._]+", "-", subject).strip("-.")[:52].rstrip("-.")
    return f"{number:04}-{slug}.patch"


def mailbox(sender: Sender, letter: Message, messages: Sequence[Message], patches: Sequence[bytes]) -> dict[str, bytes]:
    """All mails by the names of their files, in order."""
    total = len(patches)
    width = len(str(total))
    mails = {COVER: mail(sender, letter, f"{0:0{width}}/{total}")}
    for n, (message, content) in enumerate(zip(messages, patches, strict=True), 1):
        written = msgspec.structs.replace(sender, time=sender.time + n)
        mails[file_name(n, message.subject)] = mail(written, message, f"{n:0{width}}/{total}", content)
    return mails


def check_folder(folder: Path) -> None:
    """Raise UsageError when a series cannot be written to `folder`: it must be new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{show(str(folder))}: is not an empty folder; name a new one, or empty it")
    if not folder.absolute().parent.is_dir():
        raise UsageError(f"{show(str(folder))}: there is no folder to make it in; make that first")


def write_folder(folder: Path, mails: Mapping[str, bytes]) -> None:
    """Write all mails or none.

    Raises:
        WriteError: they cannot be written; nothing was.
    """
    place = folder.absolute()
    scratch = ""
    try:
        scratch = tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent)
        for name, text in mails.items():
            Path(scratch, name).write_bytes(text)
        os.chmod(scratch, 0o755)
        os.replace(scratch, place)  # over an empty folder, as rename(2) allows
    except OSError as error:
        raise WriteError(f"{show(str(folder))}: cannot be written: {error.strerror}; nothing was") from error
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
