"""A `struct vnet *` member for objects that no handler could tell the stack of, filled where each object is made.

The plan offers such members (`[[object]]`); only those that a context reads are written.
"""

import re
from collections.abc import Iterator

from vport.edits import Edit
from vport.findings import Finding
from vport.job import Job
from vport.life.objects import Maker, describe, fillers
from vport.patterns import later
from vport.source import line_end, line_of, line_start

NAME = "objects"

_BRACES = later(rb"[{}]")


def run(job: Job) -> Iterator[tuple[str, Edit]]:
    """Yield the member and the lines that fill it, for every structure that needs one."""
    for tag, member in sorted(job.objects.items()):
        handlers = {p.function: None for p in job.placements if p.expression.endswith(f"->{member}")}
        readers = [name for _, name in handlers]
        place = job.life.types.where(tag)
        if not readers or place is None:
            continue
        made = fillers(job.life, tag, handlers)
        if not made:
            job.left.append(_never_made(job, tag, member, place))
        reason = f"{', '.join(readers)} has to know the stack of its struct {tag}"
        yield place[0], _member(job, *place, member, reason)
        for maker in made:
            if maker.function in job.bare:
                job.left.append(_made_without(job, tag, maker))
            yield maker.file, _fill(job, maker, member, reason)


def _member(job: Job, file: str, body: int, member: str, reason: str) -> Edit:
    """The new member, last in its structure."""
    data, code, depth = job.data[file], job.life.code[file], 0
    for match in _BRACES.finditer(code, body):
        depth += 1 if match.group() == b"{" else -1
        if depth < 0:
            break
    at = line_start(data, match.start())
    newline = job.newline(file)
    if data[at : match.start()].strip():
        return Edit(match.start(), match.start(), 0, f" struct vnet *{member}; ".encode(), NAME, reason)
    line = f"\tstruct vnet\t*{member};\t/* the stack it belongs to */{newline}"
    return Edit(at, at, 0, line.encode(), NAME, reason)


def _fill(job: Job, maker: Maker, member: str, reason: str) -> Edit:
    data, newline = job.data[maker.file], job.newline(maker.file)
    indent = re.match(rb"[ \t]*", data[line_start(data, maker.start) :])
    blanks = indent.group().decode() if indent else "\t"
    says = f"{maker.expression}->{member} = curvnet;"
    if maker.before:
        return Edit(maker.start, maker.start, -2, f"{says}{newline}{blanks}".encode(), NAME, reason)
    end = line_end(data, maker.at - 1)
    end -= len(data[:end]) - len(data[:end].rstrip(b"\r\n"))
    at = maker.at if job.life.code[maker.file][maker.at : end].strip() else end
    return Edit(at, at, 7, f"{newline}{blanks}{says}".encode(), NAME, reason)


def _never_made(job: Job, tag: str, member: str, place: tuple[str, int]) -> Finding:
    message = (
        f"no place was found that makes a struct {tag}, so nothing fills its new member {member}.  Left to you: "
        f"set it to curvnet where the object comes to life."
    )
    return Finding(place[0], line_of(job.data[place[0]], place[1]), "object-left", message, refuses=False)


def _made_without(job: Job, tag: str, maker: Maker) -> Finding:
    message = (
        f"{describe(job.life, maker)}: {maker.function[1]} makes a struct {tag} and may have no vnet itself.  "
        f"Left to you: see that curvnet is set where it runs."
    )
    return Finding(maker.file, line_of(job.data[maker.file], maker.at), "object-left", message, refuses=False)
