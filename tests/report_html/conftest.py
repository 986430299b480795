"""Pages made once for all tests, and a real browser to read them in."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands.runner import write_tree

from report_html.pages import LEFT, MODULE, PROOF, Reader, hostile_tree, written


@pytest.fixture(scope="session")
def module_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cloned-interface module, with a proof."""
    folder = tmp_path_factory.mktemp("module")
    proof = write_tree(folder, {"proof.json": json.dumps(PROOF)}) / "proof.json"
    return written(folder, MODULE / "input", "--plan", MODULE / "vport.toml", "--proof", proof, "--title", "hop")


@pytest.fixture(scope="session")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that wants to break out of the page."""
    folder = tmp_path_factory.mktemp("hostile")
    return written(folder, hostile_tree(folder / "t"), "--asked-as", "virtualize", "--no-lives")


@pytest.fixture(scope="session")
def left_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A port that leaves a context to a person."""
    folder = write_tree(tmp_path_factory.mktemp("left"), LEFT)
    return written(folder, "t", "--plan", "p.toml")


def _chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("needs Chromium: install the package chromium")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium of the system."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    program = _chromium()
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture
def reader(browser: Any) -> Iterator[Any]:
    """Opens reports; at the end nothing may have been said or asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened: list[Reader] = []

    def open_(path: Path, hash_: str = "") -> Reader:
        opened.append(Reader(context.new_page(), path.as_uri()))
        return opened[-1].go(hash_)

    yield open_
    said = [line for one in opened for line in one.said]
    context.close()
    assert said == []
