"""`vport upgrade --to plain`: a port taken out is what was ported, by a reader of C that shares no code with vport."""

import re

import cases
import inverse
import pytest

from upgrade.upgrading import MODULES, ported, upgraded


def _short(text: bytes, names: dict[str, inverse.Planned]) -> bytes:
    """Uses of what a port moved out of a function by their old names; its definition keeps the new one."""
    for name, one in names.items():
        if one.function:
            first = re.search(rb"\b%s\b" % name.encode(), text)
            if first:
                rest = re.sub(rb"\b%s\b" % name.encode(), one.name.encode(), text[first.end() :])
                text = text[: first.end()] + rest
    return text


@pytest.mark.parametrize("dialect", ["freebsd-9", "freebsd-11", "freebsd-13"])
@pytest.mark.parametrize("module", MODULES)
def test_a_port_taken_out_is_the_input(module: str, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = ported(module, dialect, life=False)
    planned = [
        inverse.Planned(n, f.partition("@")[0])
        for _, f, n in cases.decided(cases.MODULES / module / "vport.toml", "virtualize")
    ]
    plain, findings = upgraded(after, "plain")
    assert findings == []
    said = {
        t for text in plain.values() for t in inverse.tokenize(text).tokens if t.startswith(("VNET", "CTLFLAG_VNET"))
    }
    assert said == set()
    names = inverse.new_names(
        [inverse.tokenize(t) for t in before.values()], [inverse.tokenize(t) for t in after.values()], planned
    )
    short = {name: _short(text, names) for name, text in plain.items()}
    monkeypatch.setattr(inverse, "new_names", lambda *_: names)
    for _, old, undone in inverse.compare(before, short, planned):
        assert undone == old


@pytest.mark.parametrize("module", MODULES)
def test_a_second_run_changes_nothing(module: str) -> None:
    _, after = ported(module, "freebsd-13", life=True)
    plain, _ = upgraded(after, "plain")
    assert upgraded(plain, "plain")[0] == plain
