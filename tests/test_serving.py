"""A served archive while another process writes: what is given again, what is made anew, who fills the index."""

import asyncio
import threading

import pytest
from builders import FakeExtractor, at, document, paragraphs, record
from served import Served

from archive.core import Archive
from archive.exceptions import StorageError
from archive.query import Filters
from archive.search import search
from archive.types import Decision, DecisionKind
from archive.web.indexing import Indexer, IndexProcess
from archive.web.remembering import Remembered

BODY = paragraphs("lũ", 4)
ALONE, PAPER, COPY = "https://mot.example/cho", "https://hai.example/lu", "https://ba.example/lu"


@pytest.fixture
def folder(tmp_path):
    with Archive.open(tmp_path / "archive", extractor=FakeExtractor()) as archive:
        record(archive, document("chợ", title="Chợ phiên"), url=ALONE)
        record(archive, document("lũ", body=BODY, title="Nước lũ"), url=PAPER)
        record(archive, document("lũ", body=BODY, title="Nước lũ lên"), url=COPY, day=2)
    return tmp_path / "archive"


def write(folder, said, **where):
    with Archive.open(folder, extractor=FakeExtractor()) as archive:
        record(archive, said, **where)


class Reader:
    """Asks for pages, and knows how many had to be made."""

    def __init__(self, served):
        self.made = 0
        self._app = Remembered(self._counted, archive=served.archive)
        self._served = served
        self.ids = {row["url"]: row["article_id"] for row in served.archive.rows("articles")}

    async def _counted(self, scope, receive, send):
        self.made += 1
        await self._served.app(scope, receive, send)

    def get(self, path, query=b""):
        return asyncio.run(self.ask(path, query))

    async def ask(self, path, query=b""):
        sent = []

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), (b"accept-language", b"en")],
            "server": ("127.0.0.1", 80),
        }
        await self._app(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent).decode()


@pytest.fixture
def reader(folder):
    with Served(folder) as served:
        yield Reader(served)


@pytest.mark.parametrize(
    "path",
    [
        "/articles/{}",
        "/articles/{}/diff",
        "/api/v1/articles/{}",
        "/api/v1/articles/{}/versions",
        "/feeds/edits/{}.atom",
    ],
)
def test_what_tells_of_one_article_is_made_anew_when_that_one_changed(folder, reader, path):
    path = path.format(reader.ids[ALONE])
    before = reader.get(path)
    assert (before[0], reader.get(path), reader.made) == (200, before, 1)
    write(folder, document("khác"), url="https://khac.example/tin", day=3)
    assert (reader.get(path), reader.made) == (before, 1)
    write(folder, document("chợ", title="Chợ phiên họp lại"), url=ALONE, day=4)
    status, body = reader.get(path)
    assert (status, "Chợ phiên họp lại" in body, reader.made) == (200, True, 2)


def test_what_many_ask_for_at_once_is_made_once(reader):
    async def crowd():
        return await asyncio.gather(*(reader.ask("/articles") for _ in range(9)))

    answers = asyncio.run(crowd())
    assert (len(set(answers)), answers[0][0], reader.made) == (1, 200, 1)


def test_the_page_of_an_article_with_copies_is_made_anew_after_every_commit(folder, reader):
    path = f"/articles/{reader.ids[PAPER]}"
    assert "Nước lũ lên" in reader.get(path)[1]
    write(folder, document("lũ", body=BODY, title="Nước lũ rút"), url=COPY, day=3)
    assert "Nước lũ rút" in reader.get(path)[1]
    assert reader.made == 2


def test_an_article_that_gets_a_copy_shows_it(folder, reader):
    path = f"/articles/{reader.ids[ALONE]}"
    assert "Same text elsewhere" not in reader.get(path)[1]
    write(folder, document("chợ", title="Chợ ở xa"), url="https://khac.example/cho", day=3)
    assert "Chợ ở xa" in reader.get(path)[1]


def test_an_article_that_is_taken_down_is_not_given_again(folder, reader):
    path = f"/articles/{reader.ids[ALONE]}"
    assert reader.get(path)[0] == 200
    with Archive.open(folder, extractor=FakeExtractor()) as archive:
        archive.decide(Decision(DecisionKind.TAKE_DOWN, ALONE, at(9)))
    assert reader.get(path)[0] == 404


def test_a_search_is_given_again_until_the_archive_or_its_index_changed(folder, reader):
    first = reader.get("/search", b"q=cho")
    # The first one filled the index after it was asked for.
    reader.get("/search", b"q=cho")
    made = reader.made
    assert (reader.get("/search", b"q=cho"), reader.made) == (first, made)
    write(folder, document("khác", title="Chợ khác"), url="https://khac.example/tin", day=3)
    assert "khac.example" in reader.get("/search", b"q=cho")[1]


def test_a_search_sees_what_was_committed_before_it_also_where_the_index_was_being_filled(folder):
    begun, may_end = threading.Event(), threading.Event()
    seen = []

    with Archive.open(folder) as archive:

        def update():
            seen.append(sum(1 for _ in archive.rows("articles")))
            begun.set()
            may_end.wait(60)

        indexer = Indexer(archive, patience=60, update=update)
        first = threading.Thread(target=indexer.bring_up)
        first.start()
        begun.wait(60)
        write(folder, document("khác"), url="https://khac.example/tin", day=3)
        second = threading.Thread(target=indexer.bring_up)
        second.start()
        may_end.set()
        for thread in (first, second):
            thread.join(60)
        assert seen == [3, 4]
        indexer.bring_up()
        assert seen == [3, 4]


def test_a_process_fills_the_index_says_what_is_wrong_and_goes_on(folder):
    process = IndexProcess(folder, None)
    (folder / "search.db").mkdir()
    with pytest.raises(StorageError, match="unable to open database file"):
        process.update()
    (folder / "search.db").rmdir()
    process.update()
    with Archive.open(folder) as archive:
        assert {hit.article["url"] for hit in search(archive, "lu", is_indexed=True)} == {PAPER, COPY}
    process.close()


def test_the_process_that_fills_the_index_ends_with_the_one_that_began_it(folder):
    indexing = IndexProcess(folder, None)
    indexing.update()
    process = indexing._process
    # What a server leaves behind that was killed: a closed pipe.
    process.stdin.close()
    assert process.wait(60) == 0
    with pytest.raises(StorageError, match="search again"):
        indexing.update()
    indexing.update()
    indexing.close()


def test_what_is_read_at_once_is_of_one_moment(folder):
    with Archive.open(folder) as archive:
        with archive.reading_at_once():
            before = sum(1 for _ in archive.rows("articles"))
            write(folder, document("khác"), url="https://khac.example/tin", day=3)
            assert sum(1 for _ in archive.rows("articles")) == before
        assert sum(1 for _ in archive.rows("articles")) == before + 1


@pytest.mark.parametrize("filters", [Filters(), Filters(site="mot.example"), Filters(originals=True, since=at(1))])
def test_a_hit_says_the_same_with_some_columns_as_with_all(archive, filters):
    for number, url in enumerate((ALONE, PAPER, COPY)):
        said = document("lũ" if number else "chợ", title=f"Tin {number}", section="Xã hội", published_at=at(number + 1))
        record(archive, said, url=url, day=number + 1, site=url.split("/")[2])
    archive.commit()
    columns = ("url", "title", "lede", "body", "captions", "cluster_id", "gone_at", "last_seen_at", "content_hash")
    whole = [hit.article for hit in search(archive, "tin", filters=filters)]
    some = [hit.article for hit in search(archive, "tin", filters=filters, columns=columns)]
    assert whole
    assert some == [{name: row[name] for name in some[0]} for row in whole]
    assert set(columns) <= some[0].keys()
