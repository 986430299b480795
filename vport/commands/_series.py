"""`vport port --patches` and `--commit`: a port as a series of steps."""

import os
import shlex
import time
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from vport.cache import Cache, default_folder
from vport.commands._output import diff_prefix
from vport.commands._tree import close, count, emit, progress, say
from vport.dialect import Dialect
from vport.errors import UsageError
from vport.names import show
from vport.outcome import Failed
from vport.plan import Matched
from vport.port import Port, port
from vport.read import Read
from vport.series import commits, mailbox
from vport.series.cover import cover
from vport.series.messages import Message, message
from vport.series.proof import prove_steps
from vport.series.steps import Step, series
from vport.tree import Variable


class Asked(msgspec.Struct):
    """A series that was asked for.

    Arguments:
        patches: folder for the mails, if any.
        branch: to make, if any.
        group: how variables are grouped.
        paths: that are ported.
        quiet: no progress and no closing line.
        compile: the command that proves each step, if any.
        cached: whether verdicts are kept.
    """

    patches: Path | None
    branch: str | None
    group: str
    paths: tuple[Path, ...]
    quiet: bool
    compile: str | None = None
    cached: bool = True

    def check(self, action: str, step: int | None) -> None:
        """Raise UsageError when the options do not go together, before any work is done."""
        if self.patches is not None and self.branch is not None:
            raise UsageError("--patches writes a series and --commit commits it; use one of them")
        if action != "diff" or step:
            raise UsageError("--patches and --commit change no file of the tree; leave --write, --check and --step out")
        if any(str(path) == "-" for path in self.paths):
            raise UsageError("`-` has no name that a patch could carry; name files and folders")
        if str(self.patches) == "-":
            raise UsageError("--patches writes a folder of mails; name one instead of `-`")
        if self.patches is not None:
            mailbox.check_folder(self.patches)


class Again(msgspec.Struct):
    """Makes the same port of some of its variables."""

    read: Read
    chosen: list[Variable]
    dialect: Dialect
    only: Sequence[str]
    skip: Sequence[str]
    objects: dict[str, str]
    life: bool
    whole: Port

    def __call__(self, variables: Sequence[Variable]) -> Port:
        """The port of some variables, and of the contexts of those that are per-vnet already."""
        wanted = {v.key for v in variables}
        some = [v for v in self.chosen if v.virtual or v.key in wanted]
        some += [v for v in variables if v not in some]  # other definitions of one symbol
        return port(self.read, some, self.dialect, self.only, self.skip, self.objects, self.life, known=self.whole.job)


def save_series(asked: Asked, again: Again, matched: Matched) -> int:
    """Write or commit the steps of a port; returns how many there are.

    Raises:
        UsageError: they cannot go where they were asked to; nothing was changed.
    """
    read, whole = again.read, again.whole
    place = commits.find_place(read.root, asked.branch) if asked.branch is not None else None
    broken = [o for o in whole.outcomes if isinstance(o, Failed) and o not in read.outcomes]
    if broken:
        for outcome in broken:
            say(outcome.error)
        raise UsageError(f"{len(broken)} files cannot be ported, so there is no series; see above")
    with progress(asked.quiet) as tell:
        steps = series(read, whole, again.dialect, again, asked.group, tell)
    if asked.compile is not None:
        cache = Cache(default_folder() if asked.cached else None)
        click.get_current_context().call_on_close(cache.close)
        with progress(asked.quiet) as tell:
            prove_steps(read.data, steps, asked.compile, cache, tell)
    if not steps:
        if not asked.quiet:
            close("nothing to change, so there is no series.")
        return 0
    messages = [message(step, matched.decided) for step in steps]
    told = _letter(asked, steps, messages, matched, whole)
    if place is not None:
        made = commits.commit(place, steps, messages)
        emit(f"{told.subject}\n\n{told.body}")
        _close(
            asked, steps, f"committed on {asked.branch}", f"git log --stat --reverse {place.base[:12]}..{made[-1][:12]}"
        )
    elif asked.patches is not None:
        name, address = commits.sender_of(Path.cwd())
        sender = mailbox.Sender(name, address, time.time())
        modes = {f: "100755" for step in steps for f in step.after if os.access(read.root / f, os.X_OK)}
        patches = [mailbox.patch(step, read.data, diff_prefix(read.root), modes) for step in steps]
        mailbox.write_folder(asked.patches, mailbox.mailbox(sender, told, messages, patches))
        _close(asked, steps, f"in {show(str(asked.patches))}", f"git am {_shown(asked.patches)}/*.patch")
    return len(steps)


def _letter(asked: Asked, steps: Sequence[Step], messages: Sequence[Message], matched: Matched, whole: Port) -> Message:
    how = f"git am {_shown(asked.patches)}/*.patch" if asked.patches else f"git log --reverse -p HEAD..{asked.branch}"
    return cover(steps, messages, matched.decided, whole.findings, [str(path) for path in asked.paths], how)


def _shown(folder: Path) -> str:
    return shlex.quote(show(str(folder)))


def _close(asked: Asked, steps: Sequence[Step], where: str, following: str) -> None:
    if not asked.quiet:
        variables = sum(len(step.variables) for step in steps)
        close(f"{count(len(steps), 'step')} {where}, {count(variables, 'variable')} virtualized.", following)
