"""Coverage for people, or as JSON."""

import msgspec

from vport.coverage import Coverage
from vport.names import harmless, show, unspell
from vport.report.json import printable


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "100.00%"


def render(coverage: Coverage, form: str) -> str:
    """What was read and every item that was not."""
    if form == "json":
        return printable(msgspec.json.format(msgspec.json.encode(coverage), indent=1).decode()) + "\n"
    lines = [
        f"files read: {coverage.files}",
        f"functions read: {coverage.functions_read} of {coverage.functions} "
        f"({_share(coverage.functions_read, coverage.functions)})",
        f"bytes read: {coverage.bytes_read} of {coverage.bytes} ({_share(coverage.bytes_read, coverage.bytes)})",
        f"not read: {len(coverage.gaps)}",
    ]
    for gap in coverage.gaps:
        what = f"function {gap.function}" if gap.function else "top level"
        file = show(unspell(gap.file))
        lines.append(harmless(f"  {file}:{gap.line}-{gap.last_line}: {what}: {gap.reason}"))
    return "\n".join(lines) + "\n"
