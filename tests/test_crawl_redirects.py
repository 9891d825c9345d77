"""Redirects that lead on and on: a few are followed, and then the article is given up."""

from loopback import Canary, Page, Site
from test_crawl_told import article, crawl

from archive.storage import frontier
from archive.storage.engine import connect

LIMIT = frontier.MAX_REDIRECTS


def step(number):
    return f"/bai-viet-di-mai-khong-toi-noi-{10_000 + number}.html"


def paper(hops):
    """A paper of one article, which is that many redirects away."""
    link = f'<h2><a href="{step(0)}">Bài viết đi mãi không tới nơi</a></h2>'
    pages = {step(number): Page(b"", 302, (("Location", step(number + 1)),)) for number in range(hops)}
    return {"/": Page(f"<html><body>{link}</body></html>".encode()), step(hops): Page(article("khởi công"))} | pages


def test_as_many_redirects_as_anybody_needs_are_followed(tmp_path):
    with Site(paper(LIMIT)) as site:
        _, told = crawl(site, tmp_path, "--allow-private")
    assert (told["stored"], told["failed"]) == (1, 0)


def test_a_chain_of_redirects_without_end_is_left_and_not_gone_on_with_by_later_crawls(tmp_path):
    with Site(paper(40)) as site:
        done, told = crawl(site, tmp_path, "--allow-private")
        asked = {one.path for one in site.log if one.path.startswith("/bai-viet")}
        assert (told["stored"], told["failed"]) == (0, 1)
        assert "1 too_many_redirects" in done.stdout
        assert asked == {step(number) for number in range(LIMIT + 1)}
        crawl(site, tmp_path, "--allow-private")
        assert {one.path for one in site.log if one.path.startswith("/bai-viet")} == asked
    engine = connect(f"sqlite:///{tmp_path / 'archive.db'}", is_readonly=True)
    with engine.connect() as connection:
        query = "SELECT url_key FROM frontier WHERE problem = 'too_many_redirects'"
        (row,) = connection.exec_driver_sql(query).all()
    engine.dispose()
    assert row.url_key.endswith(step(LIMIT))


def test_a_redirect_to_a_private_address_a_file_or_an_odd_port_is_not_followed(tmp_path):
    with Canary("127.0.0.1") as canary:
        targets = [
            f"http://127.0.0.1:{canary.port}/bai-viet-trong-nha-10001.html",
            f"http://2130706433:{canary.port}/bai-viet-trong-nha-10002.html",
            f"//localhost:{canary.port}/bai-viet-trong-nha-10003.html",
            "file:///etc/passwd-bai-viet-trong-nha-10004.html",
            "http://bao.example:22/bai-viet-cua-lang-khac-10005.html",
            "gopher://bao.example/bai-viet-cua-lang-khac-10006.html",
        ]
        links = "".join(f'<h2><a href="{step(number)}">Bài viết đã dọn đi</a></h2>' for number in range(len(targets)))
        pages = {step(number): Page(b"", 302, (("Location", target),)) for number, target in enumerate(targets)}
        with Site({"/": Page(f"<html><body>{links}</body></html>".encode())} | pages) as site:
            done, told = crawl(site, tmp_path, "--allow-private")
            again, told_again = crawl(site, tmp_path, "--allow-private", "--revisit", "all")
            asked = [one.path for one in site.log if one.path in pages]
    assert canary.connections == 0
    assert sorted(asked) == sorted(pages), "each once: what has moved is no more asked for"
    assert told["stored"] == told_again["stored"] == 0
    assert "blocked_ssrf" in done.stdout
    assert told["failed"] == len(targets)
    assert told_again["failed"] == 0, "what may never be asked for is given up at once"
    assert (done.returncode, again.returncode) == (0, 0)
