"""What the selectors of rule sets find on a page, looked up: the same as XPath finds, in page order."""

from pathlib import Path

import pytest
from cssselect import HTMLTranslator

from crawler.extraction.html import parse
from crawler.extraction.page_index import Index
from crawler.sites import sites
from crawler.sources import load, open_sources

SEEDS = Path(__file__).parent.parent / "seeds"
PAGE = """<html><body id="top" class="page">
<div class="box outer"><p class="lede big" lang="vi">a</p><div class="box inner"><p class="lede">b</p><a href="/x">c</a>
<ul class="tags"><li><a href="/t/1" data-kind="tag">d</a></li><li><b><a>e</a></b></li></ul></div></div>
<p class="lede" id="zone-7">f</p><P CLASS="Lede">g</P><h1>h</h1><h2>i</h2></body></html>"""


def in_xpath(selector, node):
    return node.xpath(HTMLTranslator().css_to_xpath(selector))


@pytest.mark.parametrize(
    ("selector", "texts"),
    [
        pytest.param(".lede", "abf", id="class"),
        pytest.param("p.lede.big", "a", id="classes"),
        pytest.param("#zone-7", "f", id="id"),
        pytest.param(".outer .lede", "ab", id="below"),
        pytest.param(".outer > .lede", "a", id="right below"),
        pytest.param(".box .box .lede", "b", id="below twice"),
        pytest.param(".tags a", "de", id="a kind of element below"),
        pytest.param(".box a", "cde", id="holders in one another"),
        pytest.param("ul.tags > li > a", "d", id="three right below each other"),
        pytest.param("a[data-kind=tag]", "d", id="attribute"),
        pytest.param("a[href^='/t']", "d", id="start of an attribute"),
        pytest.param("p[lang]", "a", id="an attribute that is there"),
        pytest.param("[id^=zone-]", "f", id="an attribute alone"),
        pytest.param("h1 ~ h2", "i", id="sibling"),
        pytest.param("p.lede:not(.big)", "bf", id="not"),
        pytest.param("div.lede", "", id="another element"),
        pytest.param(".nowhere a", "", id="a class that is not there"),
    ],
)
def test_what_a_selector_finds(selector, texts):
    root, _ = parse(PAGE)
    found = Index(root, PAGE).select(selector)
    assert "".join(element.text for element in found) == texts
    assert found == in_xpath(selector, root)


def test_below_a_node_only_what_stands_there_counts():
    root, _ = parse(PAGE)
    inner = root.find(".//ul")
    index = Index(root, PAGE)
    assert [element.text for element in index.select(".tags a", inner)] == ["d", "e"]
    assert index.select(".outer a", inner) == []
    assert index.select(".lede", inner) == []


def test_every_selector_of_every_site_finds_on_every_seed_what_xpath_finds():
    asked = sorted(
        {
            selector
            for site in sites()
            for rules in site.rule_sets
            for pick in rules.picks
            for selector in pick.selectors
        }
        | {selector for site in sites() for rules in site.rule_sets for cut in rules.cuts for selector in cut.selectors}
        | {picture.container for site in sites() for rules in site.rule_sets for picture in rules.pictures}
    )
    found = 0
    for entry in list(open_sources([SEEDS]))[::3]:
        text = load(entry.locator).payload.decode(errors="replace")
        root, _ = parse(text)
        if root is None or "<" not in text[:200]:
            continue
        index = Index(root, text)
        for selector in asked:
            there = index.select(selector)
            assert there == in_xpath(selector, root), selector
            found += len(there)
    assert found > 100
