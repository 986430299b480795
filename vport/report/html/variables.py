"""The globals: every variable that can change, what is decided and why, what became of it, who reads and writes it."""

from collections.abc import Collection, Mapping

from vport.decide import Decision
from vport.evidence import Evidence
from vport.findings import Finding
from vport.inventory import inventory, mutable
from vport.names import harmless
from vport.plan import Entry
from vport.read import Read
from vport.report.html.page import Global, Use
from vport.report.html.texts import Files
from vport.tree import Reference, Variable

Key = tuple[str, str, str]


def gather(
    read: Read,
    files: Files,
    decisions: Mapping[Key, Decision],
    evidence: Mapping[Key, Evidence],
    planned: Mapping[Key, Entry],
    notes: Mapping[Key, str],
    ported: Collection[Key],
    findings: Collection[Finding],
) -> list[Global]:
    """All variables by file and line.

    Arguments:
        read: the tree before the port.
        files: numbers names.
        decisions, evidence: the tool's own.
        planned: the plan's entries.
        notes: a person's words in the plan.
        ported: variables that were virtualized.
        findings: of the port.
    """
    refused = {(f.file, f.variable) for f in findings if f.refuses} | {("", f.variable) for f in findings if f.refuses}
    rows = inventory(read, decisions)
    names = _names(mutable(read))
    found = []
    for variable, row in zip(mutable(read), rows, strict=True):
        key, own = variable.key, decisions[variable.key]
        entry = planned.get(key)
        decision = entry.decision if entry else own.decision
        details = evidence[key].details
        found.append(
            Global(
                harmless(row.name),
                files.number(variable.file),
                row.line,
                harmless(row.function),
                harmless(row.type),
                row.storage,
                decision,
                "plan" if entry else "vport",
                _outcome(variable, decision, entry, bool(planned), key in ported, refused),
                row.score,
                own.decision,
                [(name, harmless(details.get(name, ""))) for name in row.why],
                harmless(notes.get(key, "")),
                uses(read, files, variable),
                names[key],
            )
        )
    return found


def _outcome(
    variable: Variable,
    decision: str,
    entry: Entry | None,
    planned: bool,
    ported: bool,
    refused: Collection[tuple[str, str]],
) -> str:
    """What became of a variable."""
    if variable.virtual:
        return "virtual"
    if ported:
        return "ported"
    if planned and entry is None:
        return "unnamed"
    if decision == "virtualize" or (variable.file, variable.name) in refused:
        return "refused"
    return {"share": "shared", "ask": "open"}[decision]


def _names(variables: list[Variable]) -> dict[Key, str]:
    """What links call each variable: its name, with function and file where others have the same."""
    count: dict[str, int] = {}
    for v in variables:
        count[v.name] = count.get(v.name, 0) + 1
    named = {}
    for v in variables:
        long = f"{v.name}@{v.file}" + (f":{v.function}" if v.function else "")
        named[v.key] = harmless(v.name if count[v.name] == 1 else long)
    return named


def uses(read: Read, files: Files, variable: Variable) -> list[Use]:
    """Places that name a variable, by file and line, each once."""
    found = {_use(read, files, reference) for reference in variable.references}
    return sorted(found, key=lambda u: (u.file, u.line, u.access))


def _use(read: Read, files: Files, reference: Reference) -> Use:
    use, known = reference.use, read.tree.facts[reference.file]
    where = ""
    if use.place == "function":
        where = f"{known.functions[use.index].name}()"
    elif use.place == "macro":
        where = f"#define {known.defines[use.index].name}"
    elif use.place == "call" and use.index >= 0:
        where = known.calls[use.index].name
    return Use(files.number(reference.file), files.line(reference.file, use.at), use.access, harmless(where))
