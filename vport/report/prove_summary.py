"""A proof to paste into a review: what was compiled, by what, and what came of it, in Markdown."""

from collections import Counter
from collections.abc import Iterator, Sequence

from vport.names import show
from vport.proof.verdict import IDENTICAL, LIFE, VERDICTS, Verdict
from vport.report.prove_text import SAID, head, where

_SHOWN = 10
"""Differences of a unit that are listed."""


def render(verdicts: Sequence[Verdict], compilers: Sequence[str], compared: str) -> Iterator[str]:
    """Lines of the summary.

    Arguments:
        verdicts: of all units.
        compilers: the first line of what each says of itself.
        compared: the two sides, in words.
    """
    counted = Counter(v.verdict for v in verdicts)
    yield f"**Default build: {counted[IDENTICAL]} of {len(verdicts)} objects identical** ({compared})"
    yield ""
    yield f"Compiled without and with VIMAGE by {'; '.join(compilers) or 'no compiler'}; objects compared by"
    yield "function and datum, relocations resolved, without debug information, line numbers and CTLFLAG_VNET."
    yield ""
    for verdict in VERDICTS[1:]:
        if counted[verdict]:
            yield f"- {SAID[verdict]}: {counted[verdict]}"
            yield from (line for v in verdicts if v.verdict == verdict for line in _unit(v))
    notes = Counter(name for v in verdicts for name in v.renamed)
    if notes:
        yield f"- local symbols renamed: {', '.join(f'`{n}`' for n in notes)}"


def _unit(one: Verdict) -> Iterator[str]:
    yield f"  - `{show(one.file)}`: {head(one)}" + (f": `{one.words.splitlines()[0]}`" if one.words else "")
    listed = [d for d in one.differences if not d.life or one.verdict == LIFE]
    for difference in listed[:_SHOWN]:
        place = where(difference.after or difference.before)
        yield f"    - {difference.what} {difference.kind} `{difference.name}`" + (f" ({place})" if place else "")
    if len(listed) > _SHOWN:
        yield f"    - and {len(listed) - _SHOWN} more"
