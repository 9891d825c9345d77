"""What an answer means for its address, without any crawl."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.core import Recorded
from archive.history import Effect
from archive.storage import frontier
from archive.storage.frontier import Visit
from archive.types import Capture, Outcome
from crawler.crawl.settling import after_answer, after_failure, after_unmodified, conditions
from crawler.politeness.refusal import Refusal
from crawler.sites import find_site

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://baolaocai.vn/mot-bai-post1.html"
SITE = find_site("baolaocai")
NEW = Visit(1, URL, URL, "baolaocai", "article", frontier.NEW, None, None, 0, None, None)
KNOWN = replace(NEW, state=frontier.KNOWN, first_visit_at=NOW - timedelta(hours=2), visited_at=NOW, etag='"a"')


def answered(visit, status=200, outcome=Outcome.UNCHANGED, reason=None, **headers):
    capture = Capture(URL, NOW, b"x", status=status, headers=tuple(headers.items()))
    recorded = Recorded("c", is_new=True, effect=Effect(outcome, reason=reason))
    return after_answer(SITE, visit, capture, recorded, pace=1.0)


def test_a_page_that_was_read_is_known_and_due_again():
    ended = answered(NEW, outcome=Outcome.VERSION, ETag='"b"')
    assert (ended.is_read, ended.is_edit, ended.columns["state"]) == (True, False, frontier.KNOWN)
    assert ended.columns["due_at"] > NOW
    assert ended.columns["etag"] == '"b"'


def test_another_text_at_a_known_address_is_an_edit():
    assert answered(KNOWN, outcome=Outcome.VERSION).is_edit
    assert not answered(KNOWN).is_edit


@pytest.mark.parametrize(
    ("status", "location", "state"),
    [
        pytest.param(301, "/mot-bai-khac-post1.html", frontier.MOVED, id="to another address"),
        pytest.param(302, "/", frontier.GONE, id="to the front page"),
        pytest.param(301, "/tu-khoa/lao-cai", frontier.GONE, id="to a list"),
        pytest.param(410, None, frontier.GONE, id="410"),
        pytest.param(404, None, frontier.GONE, id="404"),
    ],
)
def test_what_is_not_there_has_moved_or_is_gone(status, location, state):
    ended = answered(KNOWN, status, Outcome.NOTHING, **({"Location": location} if location else {}))
    assert ended.columns["state"] == state
    assert (ended.moved_to is not None) == (state == frontier.MOVED)
    assert (ended.columns["due_at"] is None) == (state == frontier.MOVED)


def test_what_is_gone_is_looked_at_once_more_and_without_conditions():
    gone = replace(KNOWN, state=frontier.GONE)
    assert conditions(KNOWN) == (("If-None-Match", '"a"'),)
    assert conditions(gone) == ()
    assert answered(gone, 410, Outcome.NOTHING).columns["due_at"] is None


def test_trouble_uses_up_attempts_and_an_outage_is_no_removal():
    ended = answered(replace(NEW, attempts=4), 503, Outcome.NOTHING)
    assert (ended.columns["state"], ended.columns["attempts"]) == (frontier.FAILED, 5)
    assert answered(KNOWN, 503, Outcome.NOTHING).columns["state"] == frontier.KNOWN
    assert answered(KNOWN, outcome=Outcome.HELD, reason="blocked").columns["problem"] == "blocked"


def test_a_304_is_a_look_like_any_other():
    ended = after_unmodified(KNOWN, Capture(URL, NOW, b"", status=304), pace=1.0)
    assert (ended.is_read, ended.is_edit) == (True, False)
    assert ended.columns["due_at"] > NOW


def test_what_was_never_asked_for_has_not_failed():
    assert after_failure(KNOWN, Refusal.STOPPING, None, NOW) == {}
    assert "attempts" not in after_failure(KNOWN, Refusal.HOST_HELD, None, NOW)
    assert after_failure(KNOWN, "timeout", None, NOW)["attempts"] == 1
