"""The page in a real browser: what a reader sees, types and follows.  A word on the console fails each test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from report_html.pages import Reader

Open = Callable[..., Reader]

NAMES = "#v-globals tbody tr[data-var] .item"
VIEWS = ("summary", "globals", "diff", "contexts", "lives", "findings", "proof", "unread")


def test_every_view_shows_something(reader: Open, module_page: Path) -> None:
    read = reader(module_page)
    for name in VIEWS:
        read.page.click(f'nav a[data-view="{name}"]')
        read.wait(f"document.querySelector('nav a[aria-current]').dataset.view === '{name}'")
        assert read.texts("main section h2") == [read.page.inner_text(f"#h-{name}")]
        assert len(read.page.inner_text(f"#v-{name}")) > 40
        assert read.texts("nav a[aria-current]")[0].startswith(read.page.inner_text(f"#h-{name}"))


def test_sorting(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#globals")
    places = read.texts(NAMES)
    read.page.click('th[data-key="name"] button')
    up = read.texts(NAMES)
    assert up == sorted(places, key=str.lower) != places
    assert read.page.get_attribute('th[data-key="name"]', "aria-sort") == "ascending"
    read.page.click('th[data-key="name"] button')
    assert [name.lower() for name in read.texts(NAMES)] == [name.lower() for name in reversed(up)]
    assert read.page.get_attribute('th[data-key="name"]', "aria-sort") == "descending"
    assert read.page.get_attribute('th[data-key="place"]', "aria-sort") is None
    read.page.click('th[data-key="score"] button')
    scores = [float(t) for t in read.texts('#v-globals td[data-label="score"]')]
    assert scores == sorted(scores)


def test_filtering(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#globals")
    every = read.texts(NAMES)
    read.page.select_option("#v-globals select >> nth=1", "shared")
    shared = read.texts(NAMES)
    assert 0 < len(shared) < len(every)
    assert read.page.inner_text("#v-globals .shown") == f"{len(shared)} of {len(every)} variables"
    read.page.fill("#v-globals .filter", "TIME_T")
    read.wait("location.hash.includes('q=TIME_T')")
    assert read.texts(NAMES) == ["last_warning"]
    read.page.fill("#v-globals .filter", "no such thing")
    read.wait("document.querySelectorAll('#v-globals tbody tr').length === 0")
    assert read.page.inner_text("#said").startswith("0 of ")


def test_a_filter_stands_in_the_address(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#globals?outcome=shared&sort=name&d=down")
    names = read.texts(NAMES)
    assert names == sorted(names, key=str.lower, reverse=True)
    assert read.page.input_value("#v-globals select >> nth=1") == "shared"


def test_a_variable_opens(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#globals")
    row = read.page.locator('tr[data-var="hop_uplink"] .item')
    assert row.get_attribute("aria-expanded") == "false"
    row.click()
    assert row.get_attribute("aria-expanded") == "true"
    detail = read.texts("tr.detail")
    assert len(detail) == 1
    assert "Writers (" in detail[0] and "as the plan says" in detail[0]
    assert read.hash == "#var-hop_uplink"
    row.click()
    assert read.texts("tr.detail") == []


def test_the_diff_is_drawn_when_it_is_opened(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#diff")
    assert read.page.locator(".hunk").count() == 0
    read.page.click("#v-diff .item >> nth=0")
    assert read.page.locator(".hunk").count() > 5
    old, new = (
        read.page.locator(".pair:not(.same) .half.old").first,
        read.page.locator(".pair:not(.same) .half.new").first,
    )
    assert "hop_softcs" in old.inner_text() and "VNET_DEFINE" in new.inner_text()
    assert old.bounding_box()["x"] < new.bounding_box()["x"]
    assert old.bounding_box()["y"] == new.bounding_box()["y"]
    assert read.page.locator(".half .k", has_text="static").count() > 0
    assert "vnet(9)" in read.texts(".manual")[0]
    address = read.page.locator(".manual a").first.get_attribute("href")
    assert address == "https://man.freebsd.org/cgi/man.cgi?query=vnet&sektion=9"
    assert all(read.page.locator(".hunk .why").all_text_contents())


def test_the_diff_filters_by_pass(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#diff?pass=contexts")
    read.page.click("text=Open all")
    read.wait("document.querySelectorAll('.hunk').length > 2")
    assert [why for why in read.texts(".hunk .why") if "contexts" not in why] == []


@pytest.mark.parametrize(("line", "side"), [(57, "before"), (60, "after")])
def test_a_line_is_a_deep_link(reader: Open, module_page: Path, line: int, side: str) -> None:
    read = reader(module_page, f"#if_hop.c:{-line if side == 'before' else line}")
    hit = read.page.locator(".row.hit")
    assert hit.count() == 1
    assert "hop_ttl" in hit.inner_text()
    assert str(line) in hit.inner_text()
    box = hit.bounding_box()
    assert 0 < box["y"] < 900


def test_a_variable_is_a_deep_link(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#var-hop_prefix6_len")
    row = read.page.locator('tr[data-var="hop_prefix6_len"]')
    assert row.locator(".item").get_attribute("aria-expanded") == "true"
    assert 0 < row.bounding_box()["y"] < 900


def test_the_path_of_a_context_leads_into_the_diff(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#contexts")
    read.page.click("text=hop_link_task()")
    steps = read.texts(".path li")
    assert "TASK_INIT(&sc->" in steps[0]  # nothing changes there, so its code is all there is to see
    assert read.page.locator(".path li").first.locator("a").count() == 0
    read.page.click(".path li:last-child a")
    assert read.hash.startswith("#if_hop.c:-")
    assert "hop_forward" in read.page.locator(".row.hit").inner_text()


def test_a_finding_is_a_deep_link(reader: Open, left_page: Path) -> None:
    read = reader(left_page)
    told = read.page.evaluate("D.findings.map((f) => f[0])")
    assert told
    read.go(f"#finding-{told[-1]}")
    assert read.page.locator(f'[data-id="{told[-1]}"] .item').get_attribute("aria-expanded") == "true"


def test_back_and_forward(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#globals?outcome=shared")
    read.page.click('tr[data-var="hop_mtx"] .item')
    read.page.click('tr.detail a:has-text("if_hop.h")')
    assert read.texts("main h2") == ["Diff"]
    read.page.go_back()
    assert read.hash == "#var-hop_mtx"
    assert read.texts("main h2") == ["Globals"]
    read.page.go_back()
    assert read.hash == "#globals?outcome=shared"
    assert read.page.input_value("#v-globals select >> nth=1") == "shared"
    read.page.go_forward()
    read.page.go_forward()
    assert read.texts("main h2") == ["Diff"]
    assert read.page.locator(".row.hit").count() == 1


def test_an_address_that_means_nothing(reader: Open, module_page: Path) -> None:
    for hash_ in ("#var-none", "#finding-none", "#none.c:3", "#%", "#%E0%A4%A:1", "#constructor", "#if_hop.c:99999"):
        assert reader(module_page, hash_).texts("main h2") != []


def test_keys(reader: Open, module_page: Path) -> None:
    read = reader(module_page)
    read.page.keyboard.press("2")
    assert read.texts("main h2") == ["Globals"]
    read.page.keyboard.press("/")
    read.page.keyboard.type("uplink")
    read.wait("location.hash.includes('uplink')")
    assert read.texts(NAMES) == ["hop_uplink"]
    read.page.keyboard.press("Escape")
    read.wait("!location.hash.includes('uplink')")
    read.page.keyboard.press("Escape")
    read.page.keyboard.press("j")
    read.page.keyboard.press("j")
    focused = "document.activeElement.textContent"
    assert read.page.evaluate(focused) == read.texts(NAMES)[1]
    outline = read.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    read.page.keyboard.press("Enter")
    assert len(read.texts("tr.detail")) == 1
    read.page.keyboard.press("k")
    assert read.page.evaluate(focused) == read.texts(NAMES)[0]
    read.page.keyboard.press("3")
    read.page.keyboard.press("e")
    read.wait("document.querySelectorAll('.file .item[aria-expanded=true]').length === 3")
    read.page.keyboard.press("n")
    assert read.page.evaluate("document.activeElement.className") == "hunk"
    read.page.keyboard.press("c")
    read.wait("document.querySelectorAll('.file .item[aria-expanded=true]').length === 0")
    read.page.keyboard.press("?")
    assert read.page.locator("dialog").is_visible()
    read.page.keyboard.press("Escape")
    assert not read.page.locator("dialog").is_visible()


def test_everything_that_can_be_pressed_has_a_name(reader: Open, module_page: Path) -> None:
    read = reader(module_page)
    for name in VIEWS:
        read.page.click(f'nav a[data-view="{name}"]')
        nameless = (
            "[...document.querySelectorAll('button, a[href], input, select')].filter((e) => e.offsetParent &&"
            " !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map((e) => e.outerHTML)"
        )
        assert read.page.evaluate(nameless) == []


def test_the_picture_of_a_life(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#lives")
    read.page.click("#v-lives .item >> nth=0")
    read.wait("document.querySelector('.picture > div').shadowRoot?.querySelector('svg .constructor')")
    lanes = (
        "[...document.querySelector('.picture > div').shadowRoot.querySelectorAll('text')].map((t) => t.textContent)"
    )
    assert {"shared", "vnet0", "vnet1"} <= set(read.page.evaluate(lanes))


def test_verdicts_of_a_proof(reader: Open, module_page: Path) -> None:
    read = reader(module_page, "#proof?verdict=differs")
    assert read.texts("#v-proof .item") == ["if_hop_peer.c"]
    read.page.click("#v-proof .item")
    assert "bytes at 0 are 07 before and 08 after" in read.page.inner_text("#v-proof")
    assert read.page.locator("#v-proof .path a").get_attribute("href") == "#if_hop.c:-57"


def test_hostile_text_stays_text(reader: Open, hostile_page: Path) -> None:
    read = reader(hostile_page, "#diff")
    read.page.click("text=Open all")
    read.wait("document.querySelectorAll('.file .item[aria-expanded=true]').length === 3")
    text = read.page.inner_text("#v-diff")
    assert "</script><script>pwned=2</script> <!-- ]]> \\u2028 \\u202e evil \\xff\\x1b */" in text
    assert "<img src=x onerror=pwned=3> &lt;" in text
    assert '"\\377%3A:12?q=#.c"' in text
    for name in VIEWS:
        read.page.click(f'nav a[data-view="{name}"]')
        read.page.keyboard.press("e")
        read.page.wait_for_timeout(50)
    assert read.page.evaluate("typeof pwned") == "undefined"
    assert read.page.locator("main img").count() == 0


def test_links_to_hostile_names(reader: Open, hostile_page: Path) -> None:
    for variable, text in (("odd", "odd"), ("pw_n", "pw_n"), ("constructor", "constructor")):
        read = reader(hostile_page, f"#var-{variable}")
        read.page.click(f'tr[data-var="{variable}"] td:nth-child(2) a')
        assert text in read.page.locator(".row.hit").inner_text()


@pytest.mark.parametrize("name", VIEWS)
def test_a_phone_scrolls_down_and_not_sideways(reader: Open, module_page: Path, name: str) -> None:
    read = reader(module_page)
    read.page.set_viewport_size({"width": 390, "height": 844})
    read.go(f"#{name}")
    read.page.keyboard.press("e")
    read.page.wait_for_timeout(100)
    assert read.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_phone_shows_before_above_after(reader: Open, module_page: Path) -> None:
    read = reader(module_page)
    read.page.set_viewport_size({"width": 390, "height": 844})
    read.go("#if_hop.c:60")
    pair = read.page.locator(".pair:has(.row.hit)")
    old, new = pair.locator(".half.old").bounding_box(), pair.locator(".half.new").bounding_box()
    assert old["x"] == new["x"] and old["y"] + old["height"] <= new["y"] + 1


def test_dark_and_light(reader: Open, module_page: Path) -> None:
    read = reader(module_page)
    colours = []
    for scheme in ("light", "dark"):
        read.page.emulate_media(color_scheme=scheme)
        colours.append(read.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(13, 17, 23)"]


def test_printing_shows_all_of_a_small_port(reader: Open, module_page: Path) -> None:
    read = reader(module_page)
    read.page.emulate_media(media="print")
    read.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert read.texts("main h2") == [read.page.evaluate(f"byId('h-{name}').textContent") for name in VIEWS]
    assert read.page.locator(".hunk").filter(visible=True).count() > 20
    assert read.texts("nav") == []
    read.page.evaluate("dispatchEvent(new Event('afterprint'))")
    read.page.emulate_media(media="screen")
    assert read.page.locator(".hunk").filter(visible=True).count() == 0
