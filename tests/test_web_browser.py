"""The reading site in a real browser, under its real policy: flows, accessibility, and that nothing leaves the machine.

Chromium is no package: Debian's is found by its path, another is named by LUUBAO_CHROMIUM."""

import json
import os
import shutil
from importlib.resources import files

import pytest
from served import Served

playwright = pytest.importorskip("playwright.sync_api", reason="no browser driver: install playwright")

TOKEN = "a token that is long enough"
ON_PATH = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("LUUBAO_CHROMIUM") or next(filter(None, map(shutil.which, ON_PATH)), None)
# The sandbox wants rights that a container often lacks. Only our own pages are shown.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --disable-dev-shm-usage --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install it, or set LUUBAO_CHROMIUM to its path")


@pytest.fixture(scope="module")
def served(seeds_archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser") / "archive"
    shutil.copytree(seeds_archive, folder)
    with Served(folder, token=TOKEN) as served:
        yield served


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Reader:
    """A page in a browser, and what it complained of or asked strangers for."""

    def __init__(self, browser, served, **options):
        self.base = served.base
        self.complaints = []
        # Addresses of the site are known by their host; any other request would leave the machine.
        self.context = browser.new_context(base_url=served.base, **{"locale": "en", **options})
        self.context.on("request", lambda asked: asked.url.startswith(self.base) or self.complaints.append(asked.url))
        self.page = self.context.new_page()
        self.page.on("console", lambda said: self.complaints.append(f"{self.page.url} {said.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url} {error}"))

    def axe(self, options="{}"):
        """What axe finds serious. It runs in a world of its own beside the page, which the policy leaves alone."""
        session = self.context.new_cdp_session(self.page)
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame})["executionContextId"]
        source = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        run = f"axe.run({options}).then(found => JSON.stringify(found))"
        for script in (source, run):
            said = session.send(
                "Runtime.evaluate",
                {
                    "expression": script,
                    "contextId": world,
                    "awaitPromise": script is run,
                    "returnByValue": script is run,
                },
            )
            assert "exceptionDetails" not in said, said
        session.detach()
        found = json.loads(said["result"]["value"])
        assert found["passes"], "axe looked at nothing"
        return [
            (one["id"], node["html"])
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]


@pytest.fixture
def reader(browser, served):
    readers = []

    def read(**options):
        readers.append(Reader(browser, served, **options))
        return readers[-1]

    yield read
    for each in readers:
        each.context.close()
        assert each.complaints == []


def edited(served):
    return next(row for row in served.json("/api/v1/articles?limit=200")["items"] if row["versions"] > 1)


def copied(served):
    rows = [row for row in served.json("/api/v1/articles?limit=200")["items"] if row["cluster"]]
    return [row for row in rows if row["cluster"] == rows[0]["cluster"]][:2]


def pages(served):
    one, other = copied(served)
    article = f"/articles/{edited(served)['id']}"
    compare = f"/articles/{one['id']}/compare/{other['id']}"
    paper = f"/papers/{one['site']}"
    return [
        "/", "/articles", "/search", "/search?q=ha+noi", "/search?q=ha&edited=1", article, f"{article}/diff", compare,
        f"/clusters/{one['cluster']}", "/papers", paper, "/copies", "/runs", "/held", "/sign-in",
    ]  # fmt: skip


def test_axe_finds_nothing_serious_on_any_page(reader, served):
    one = reader(color_scheme="light")
    found = {}
    for path in pages(served):
        answer = one.page.goto(path)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        found[path] = one.axe()
    assert {path: serious for path, serious in found.items() if serious} == {}


def test_axe_finds_no_faint_colour_in_the_dark(reader, served):
    one = reader(color_scheme="dark")
    article, other = copied(served)
    compare = f"/articles/{article['id']}/compare/{other['id']}"
    found = {}
    cluster, paper = f"/clusters/{article['cluster']}", f"/papers/{article['site']}"
    diff = f"/articles/{edited(served)['id']}/diff"
    for path in ("/", "/search?q=ha+noi", diff, compare, cluster, paper, "/papers", "/copies", "/runs", "/held"):
        one.page.goto(path)
        found[path] = one.axe("{runOnly: ['color-contrast']}")
    assert {path: serious for path, serious in found.items() if serious} == {}


def test_axe_would_find_something(reader):
    one = reader()
    one.page.goto("/sign-in")
    one.page.evaluate("document.querySelector('main').innerHTML = '<input>'")
    assert [name for name, _ in one.axe()] == ["label"]


def test_every_page_fits_a_phone(reader, served):
    one = reader(viewport={"width": 360, "height": 740}, locale="vi")
    wide = []
    for path in pages(served):
        one.page.goto(path)
        if one.page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
    assert wide == []


def test_a_reader_without_javascript_searches_reads_and_compares(reader, served):
    wanted = edited(served)
    page = reader(java_script_enabled=False).page
    page.goto("/")
    page.get_by_role("searchbox").fill(f'"{wanted["title"]}"')
    page.get_by_role("button", name="Search").click()
    page.get_by_role("main").get_by_role("link", name=wanted["title"]).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == wanted["title"]
    page.get_by_role("button", name="Compare").click()
    assert page.locator("del, ins").count() > 0
    page.get_by_role("link", name="Back to the article").click()
    assert page.url.endswith(f"/articles/{wanted['id']}")


def test_a_reader_narrows_by_a_facet_and_goes_back(reader):
    page = reader().page
    page.goto("/search?q=ha+noi")
    before = page.locator(".hits article").count()
    facet = page.get_by_role("complementary").get_by_role("link").first
    site = facet.inner_text()
    facet.click()
    assert {shown.inner_text() for shown in page.locator(".hits .meta a[href^='/papers/']").all()} == {site}
    page.get_by_role("complementary").get_by_role("link", name=site).first.click()
    assert page.locator(".hits article").count() == before


def test_the_keyboard_is_enough(reader):
    page = reader().page
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"


def test_a_language_is_remembered(reader):
    page = reader(locale="en").page
    page.goto("/papers")
    page.get_by_role("link", name="Tiếng Việt").click()
    assert page.url.endswith("/papers")
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "vi"


def test_whoever_has_the_token_discards_a_held_page(reader, served):
    page = reader(java_script_enabled=False).page
    before = len(served.json("/api/v1/held?limit=200")["items"])
    page.goto("/held")
    page.get_by_role("link", name="Sign in to release or discard").click()
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Discard").first.click()
    assert page.url.endswith("/held")
    assert len(served.json("/api/v1/held?limit=200")["items"]) == before - 1
