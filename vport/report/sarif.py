"""Findings in SARIF 2.1.0, the Static Analysis Results Interchange Format: rules, code flows, fixes, suppressions."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

import msgspec

from vport import __version__
from vport.checks.config import Config
from vport.checks.found import Found, Rule, all_rules
from vport.report.check_rdjson import URL
from vport.suppress import Suppression

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
Object = dict[str, object]


def _artifact(file: str) -> Object:
    return {"uri": quote(file.encode("utf-8", "surrogateescape"))}


def _place(file: str, line: int) -> Object:
    return {"artifactLocation": _artifact(file), "region": {"startLine": line}}


def _physical(file: str, line: int) -> Object:
    return {"physicalLocation": _place(file, line)}


def _rule(rule: Rule, config: Config) -> Object:
    severity = config.severity_of(rule.id)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.title},
        "helpUri": f"{URL}#{rule.id.lower()}",
        "defaultConfiguration": {"level": severity if severity in ("error", "warning", "note") else "none"},
        "properties": {"precision": rule.confidence},
    }


def _flow(one: Found) -> Object:
    places = [{"location": {**_physical(s.file, s.line), "message": {"text": s.text or "here"}}} for s in one.steps] + [
        {"location": {**_physical(one.file, one.line), "message": {"text": one.message}}}
    ]
    return {"threadFlows": [{"locations": places}]}


def _fix(one: Found) -> Object:
    changes: dict[str, list[Object]] = {}
    for file, edit in one.edits:
        region = {"byteOffset": edit.start, "byteLength": edit.end - edit.start}
        text = edit.new.decode("utf-8", "replace")
        changes.setdefault(file, []).append({"deletedRegion": region, "insertedContent": {"text": text}})
    return {
        "description": {"text": one.cure or one.message},
        "artifactChanges": [
            {"artifactLocation": _artifact(file), "replacements": edits} for file, edits in sorted(changes.items())
        ],
    }


def _result(one: Found, index: Mapping[str, int], print_: str, known: bool, config: Config) -> Object:
    text = f"{one.message.rstrip('.')}.  {one.cure}".rstrip() if one.cure else one.message
    result: Object = {
        "ruleId": one.id,
        "ruleIndex": index[one.id],
        "level": config.severity_of(one.id),
        "message": {"text": text},
        "locations": [_physical(one.file, one.line)],
        "partialFingerprints": {"vport/v1": print_},
        "baselineState": "unchanged" if known else "new",
    }
    if one.steps:
        result["codeFlows"] = [_flow(one)]
    if one.edits:
        result["fixes"] = [_fix(one)]
    return result


def render(
    found: Sequence[Found],
    prints: Sequence[str],
    config: Config,
    known: Iterable[str] = (),
    suppressed: Iterable[tuple[Found, Suppression]] = (),
) -> str:
    """The text of a report.

    Arguments:
        found: findings, those of the baseline included.
        prints: their fingerprints.
        config: severities.
        known: fingerprints of the baseline.
        suppressed: findings that a comment answers for.
    """
    rules = list(all_rules().values())
    index = {rule.id: number for number, rule in enumerate(rules)}
    before = set(known)
    results = [_result(one, index, print_, print_ in before, config) for one, print_ in zip(found, prints, strict=True)]
    for one, comment in suppressed:
        result = _result(one, index, "", False, config)
        result.pop("partialFingerprints")
        result["suppressions"] = [{"kind": "inSource", "justification": comment.reason}]
        results.append(result)
    driver = {
        "name": "vport",
        "version": __version__,
        "informationUri": URL,
        "rules": [_rule(rule, config) for rule in rules],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    made = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(made), indent=2).decode() + "\n"
