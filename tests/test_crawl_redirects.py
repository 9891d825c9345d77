"""Redirects that lead on and on: a few are followed, and then the article is given up."""

from loopback import Page, Site
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
