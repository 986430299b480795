"""Pages made once for all tests, and a real browser to read them in."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.runner import ROOT, run_apart, write_tree

MODULE = ROOT / "fixtures" / "modules" / "ifcloned"
PROOF = {
    "proved": False,
    "units": [
        {"file": "if_hop.c", "verdict": "identical"},
        {
            "file": "if_hop_peer.c",
            "verdict": "differs",
            "differences": [
                {
                    "what": "changed",
                    "kind": "datum",
                    "name": "hop_ttl",
                    "detail": "bytes at 0 are 07 before and 08 after",
                    "before": {"file": "if_hop.c", "line": 57, "text": "int hop_ttl;"},
                }
            ],
            "notes": ["the flag CTLFLAG_VNET is new"],
        },
    ],
}
HOSTILE = {
    b"</script><img src=x onerror=pwned=1>.c": (
        b"#include <sys/param.h>\r\n\r\n"
        b"/* </script><script>pwned=2</script> <!-- ]]> \xe2\x80\xa8 \xe2\x80\xae evil \xff\x00".replace(
            b"\x00", b"\x1b"
        )
        + b" */\r\nstatic int pw_n = 7;\t/* <img src=x onerror=pwned=3> &lt; */\r\n\r\n"
        b'int\r\npw(void)\r\n{\r\n\tprintf("</script>\\u003c");\r\n\treturn (pw_n++);\r\n}\r\n'
    ),
    b"\xff%3A:12?q=#.c": b"static int odd;\n\nint\nodd_get(void)\n{\n\n\treturn (odd);\n}\n",
    b"a/__proto__.c": b"static int constructor;\n\nint\nproto_get(void)\n{\n\n\treturn (constructor);\n}\n",
}


def hostile_tree(folder: Path) -> Path:
    """Files whose names and texts are markup, script, and bytes of no encoding."""
    import os

    for name, text in HOSTILE.items():
        path = folder / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return folder


def island(text: str, name: str) -> Any:
    """The data of a script element."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def written(folder: Path, *arguments: str | Path) -> Path:
    """The page that a run writes."""
    page = folder / "report.html"
    done = run_apart("report", *arguments, "-o", page, cwd=folder, VPORT_CACHE_DIR=str(folder / "cache"))
    assert done.code == 0, done.talk
    return page


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


class Reader:
    """One page in one browser; whatever its console says is a failure.

    Arguments:
        page: of the browser.
        address: of the report.
    """

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.said: list[str] = []
        page.on("console", lambda m: self.said.append(f"{m.type}: {m.text}"))
        page.on("pageerror", lambda e: self.said.append(f"error: {e}"))
        page.on("request", lambda r: None if r.url.startswith("file:") else self.said.append(f"asks for {r.url}"))

    def go(self, hash_: str = "") -> "Reader":
        """Open the report afresh at a place."""
        self.page.goto("about:blank")
        self.page.goto(self.address + hash_)
        return self

    def texts(self, selector: str) -> list[str]:
        """Texts of all elements that are shown."""
        found = self.page.locator(selector).filter(visible=True)
        return [text.strip() for text in found.all_inner_texts()]

    @property
    def hash(self) -> str:
        """The place in the address."""
        found: str = self.page.evaluate("location.hash")
        return found


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
