"""Rule tables that a cache keeps: the same as those of the files, whatever the cache holds."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from vport import rules
from vport.cache import Cache


class Noted(Cache):
    """A cache that counts what it gives, and may give rubbish."""

    spoilt = False
    given = 0

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        found = super().get(keys)
        self.given += len(found)
        return dict.fromkeys(found, b"\xc1") if self.spoilt else found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Noted]:
    noted = Noted(tmp_path)
    rules.keep_in(noted)
    rules.plain.cache_clear()
    yield noted
    rules.keep_in(None)
    rules.plain.cache_clear()
    noted.close()


def forget(store: Noted) -> None:
    """As another run would begin."""
    rules.keep_in(store)
    rules.plain.cache_clear()


@pytest.mark.parametrize("name", ["contexts", "macros", "resources", "sysinit/13"])
def test_a_table_from_the_cache_is_that_of_the_file(store: Noted, name: str) -> None:
    first = rules.plain(name)
    forget(store)
    assert store.given == 0
    again = rules.plain(name)
    assert store.given == 1 and again == first and list(again) == list(first)


def test_a_spoilt_table_is_read_again(store: Noted) -> None:
    first = rules.plain("contexts")
    forget(store)
    store.spoilt = True
    assert rules.plain("contexts") == first and store.given == 1


def test_another_process_leaves_the_connection_alone(store: Noted, monkeypatch: pytest.MonkeyPatch) -> None:
    rules.plain("contexts")
    forget(store)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert rules.plain("contexts")["version"] == 1 and store.given == 0


def test_a_row_is_asked_for_once(store: Noted) -> None:
    rules.plain("contexts")
    forget(store)
    rules.plain("contexts")
    rules.plain("macros")
    assert store.given == 1
