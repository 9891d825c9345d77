import asyncio
import codecs
from datetime import UTC, datetime, timedelta

import pytest

from crawler.politeness.refusal import Refusal, RefusedError
from crawler.politeness.robots import (
    MAX_BYTES,
    Access,
    Forbidden,
    MemoryRobotsStore,
    RobotsCopy,
    RobotsRules,
    retry_after,
)
from crawler.politeness.robots_service import Answer, RobotsService

NOW = datetime(2026, 2, 7, 1, 0, tzinfo=UTC)
SITE = "https://bao.example"
RULES = b"User-agent: *\nDisallow: /cms/\n"


def allows(body: bytes, path: str, *, status: int = 200, agent: str = "luubao") -> bool:
    return RobotsRules.parse(body, status).allows(SITE + path, agent)


@pytest.mark.parametrize(
    ("body", "path", "is_allowed"),
    [
        pytest.param(b"", "/a", True, id="empty"),
        pytest.param(RULES, "/a", True, id="not named"),
        pytest.param(RULES, "/cms/1", False, id="named"),
        pytest.param(RULES, "/robots.txt", True, id="robots.txt itself"),
        pytest.param(b"User-agent: *\nDisallow: /\nAllow: /tin/", "/tin/1", True, id="the longest rule counts"),
        pytest.param(b"User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False, id="wildcard and end"),
        pytest.param(b"User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x=1", True, id="not the end"),
        pytest.param(b"User-agent: LuuBao\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", False, id="our own group"),
        pytest.param(b"User-agent: luubao\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True, id="not everybody's"),
        pytest.param(b"User-agent: bao\nDisallow: /", "/a", True, id="another robot whose name is in ours"),
        pytest.param(b"User-agent: x\nUser-agent: *\nDisallow: /", "/a", False, id="two names, one group"),
        pytest.param(b"USER-AGENT: *\r\ndisallow: /\r\n", "/a", False, id="capitals, CRLF"),
        pytest.param(b"User-agent: *\rDisallow: /\r", "/a", False, id="line ends of old"),
        pytest.param("User-agent: *\nDisallow: /tin-tức/".encode(), "/tin-t%E1%BB%A9c/1", False, id="a path in UTF-8"),
        pytest.param(codecs.BOM_UTF8 + b"User-agent: *\nDisallow: /", "/a", False, id="UTF-8 with BOM"),
        pytest.param("User-agent: *\nDisallow: /".encode("utf-16"), "/a", False, id="UTF-16 with BOM"),
        pytest.param(
            codecs.BOM_UTF16_BE + "User-agent: *\nDisallow: /".encode("utf-16-be"), "/a", False, id="UTF-16, big end"
        ),
        pytest.param(b"\xff\x00\x9d" * 50, "/a", True, id="garbage"),
        pytest.param(b"User-agent: *\n\xff\xfe\nDisallow: /", "/a", False, id="garbage in a line of its own"),
    ],
)
def test_rules(body, path, is_allowed):
    assert allows(body, path) is is_allowed


@pytest.mark.parametrize(
    ("status", "access"),
    [
        (200, Access.RULES),
        (204, Access.RULES),
        (302, Access.OPEN),
        (400, Access.OPEN),
        (401, Access.CLOSED),
        (403, Access.CLOSED),
        (404, Access.OPEN),
        (410, Access.OPEN),
        (429, Access.UNREACHABLE),
        (500, Access.UNREACHABLE),
        (503, Access.UNREACHABLE),
    ],
)
def test_a_status_alone_may_open_or_close_a_site(status, access):
    rules = RobotsRules.parse(RULES, status)
    assert rules.access is access
    assert rules.allows(f"{SITE}/a", "luubao") is (access in (Access.RULES, Access.OPEN))


@pytest.mark.parametrize("status", [401, 403])
def test_a_locked_robots_txt_may_be_taken_for_none(status):
    assert RobotsRules.parse(b"", status, forbidden=Forbidden.ALLOW).access is Access.OPEN


def test_a_page_instead_of_robots_txt_is_none_and_is_noted():
    rules = RobotsRules.parse(b"\n<!DOCTYPE html><html><body>Disallow: / nothing</body></html>", 200)
    assert (rules.access, rules.reason) == (Access.OPEN, "200, but HTML")


def test_rules_that_begin_with_a_bracket_are_rules():
    assert not allows(b"<!-- cms -->\nUser-agent: *\nDisallow: /", "/a")


def test_at_least_500_kib_are_parsed_and_at_most_1_mib():
    line = b"Disallow: /x/%06d\n"
    many = b"User-agent: *\n" + b"".join(line % number for number in range(100_000))
    assert len(many) > MAX_BYTES
    last = (512 * 1024) // 18
    assert not allows(many, f"/x/{last:06d}")
    assert allows(many, "/x/099999")


def test_no_rule_is_cut_in_two():
    head = b"User-agent: *\n" + b"#" * (MAX_BYTES - 14 - 11) + b"\n"
    assert allows(head + b"Disallow: /cms/only/this\n", "/")


@pytest.mark.parametrize(
    ("lines", "delay"),
    [
        pytest.param(b"Crawl-delay: 5", 5, id="said"),
        pytest.param(b"Crawl-delay: 0.5", 0.5, id="less than a second"),
        pytest.param(b"Crawl-delay: 3600", 60, id="no more than a minute"),
        pytest.param(b"Crawl-delay: inf", None, id="infinite"),
        pytest.param(b"Crawl-delay: -5", None, id="negative"),
        pytest.param(b"Crawl-delay: soon", None, id="words"),
        pytest.param(b"Request-rate: 1/10s", 10, id="as a rate"),
        pytest.param(b"Request-rate: 1/10s\nCrawl-delay: 20", 20, id="the longer of two"),
        pytest.param(b"Disallow:", None, id="silent"),
    ],
)
def test_delay(lines, delay):
    assert RobotsRules.parse(b"User-agent: *\n" + lines, 200).delay("luubao") == delay


def test_the_delay_of_others_is_not_ours():
    body = b"User-agent: otherbot\nCrawl-delay: 30\n\nUser-agent: *\nDisallow: /x\n"
    assert RobotsRules.parse(body, 200).delay("luubao") is None


def test_sitemaps_are_named_in_order():
    body = b"Sitemap: https://bao.example/b.xml\nUser-agent: *\nDisallow: /\nSitemap: https://bao.example/a.xml\n"
    assert RobotsRules.parse(body, 200).sitemaps == ("https://bao.example/b.xml", "https://bao.example/a.xml")


def test_an_unread_robots_txt_is_asked_for_again_in_5_minutes_then_less_often():
    assert [retry_after(failures) for failures in (1, 2, 3, 4, 5, 99)] == [
        timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60, 60)
    ]


# --- the service ------------------------------------------------------------------------------------------------------


class Web:
    """Answers for robots.txt by URL, a clock that the test turns, and a service that uses both."""

    def __init__(self, answers, *, store=None, **options) -> None:
        self.answers = answers
        self.asked = []
        self.now = NOW
        self.store = store or MemoryRobotsStore()
        self.delays = {}
        self.options = options
        self.restart()

    def restart(self):
        self.service = RobotsService(
            self.fetch,
            self.store,
            agent="luubao",
            clock=lambda: self.now,
            set_delay=lambda host, origin, seconds: self.delays.update({(host, origin): seconds}),
            **self.options,
        )

    async def fetch(self, url):
        self.asked.append(url)
        await asyncio.sleep(0.01)
        answer = self.answers[url]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Answer) else Answer(200, answer)

    def refusal(self, url=f"{SITE}/a"):
        """Why `url` is refused; None if it is not."""
        try:
            asyncio.run(self.service.check(url))
        except RefusedError as refused:
            return refused.refusal
        return None


def web(answer=RULES, **options):
    return Web({f"{SITE}/robots.txt": answer}, **options)


def test_one_read_serves_all_who_wait():
    async def ask():
        await asyncio.gather(*(site.service.check(f"{SITE}/{number}") for number in range(20)))

    site = web()
    asyncio.run(ask())
    assert site.asked == [f"{SITE}/robots.txt"]


def test_every_scheme_host_and_port_has_its_own():
    origins = ("https://bao.example", "http://bao.example", "https://www.bao.example", "https://bao.example:8443")
    site = Web({f"{origin}/robots.txt": RULES for origin in origins})
    for origin in (*origins, "https://BAO.example.:443"):
        assert site.refusal(f"{origin}/cms/1") is Refusal.ROBOTS
    assert site.asked == [f"{origin}/robots.txt" for origin in origins]


def test_it_is_read_again_within_a_day():
    site = web()
    assert site.refusal() is None
    site.answers[f"{SITE}/robots.txt"] = b"User-agent: *\nDisallow: /"
    site.now += timedelta(hours=11)
    assert site.refusal() is None
    site.now += timedelta(hours=2)
    assert site.refusal() is Refusal.ROBOTS
    assert len(site.asked) == 2


def test_it_is_remembered_by_the_next_process():
    site = web()
    assert site.refusal(f"{SITE}/cms/1") is Refusal.ROBOTS
    site.restart()
    assert site.refusal(f"{SITE}/cms/1") is Refusal.ROBOTS
    assert len(site.asked) == 1
    assert site.store.get(SITE) == RobotsCopy(200, RULES, NOW)


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Answer(503, b""), id="503"),
        pytest.param(Answer(500, RULES), id="500"),
        pytest.param(Answer(429, b""), id="429"),
        pytest.param(TimeoutError("60 s"), id="timeout"),
        pytest.param(ConnectionResetError("reset"), id="reset"),
        pytest.param(Answer(200, None), id="cut off"),
    ],
)
def test_where_it_cannot_be_read_we_stay_out(trouble):
    site = web(trouble)
    assert site.refusal() is Refusal.ROBOTS_UNREACHABLE
    assert site.store.get(SITE) is None


def test_while_it_cannot_be_read_it_is_not_asked_for_at_every_request():
    site = web(Answer(503, b""))
    for _ in range(5):
        site.refusal()
    site.now += timedelta(minutes=4)
    site.refusal()
    assert len(site.asked) == 1
    site.now += timedelta(minutes=2)
    site.answers[f"{SITE}/robots.txt"] = RULES
    assert site.refusal() is None


def test_an_outage_of_a_day_is_bridged_and_a_longer_one_is_not():
    site = web()
    assert site.refusal() is None
    site.answers[f"{SITE}/robots.txt"] = Answer(503, b"")
    site.now += timedelta(hours=23)
    assert site.refusal() is None
    assert site.refusal(f"{SITE}/cms/1") is Refusal.ROBOTS
    site.now += timedelta(hours=2)
    assert site.refusal() is Refusal.ROBOTS_UNREACHABLE


def test_the_refusal_says_when_to_come_back():
    site = web(Answer(503, b""))
    with pytest.raises(RefusedError) as caught:
        asyncio.run(site.service.check(f"{SITE}/a"))
    assert caught.value.retry_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("days", [-400, 400])
def test_a_calendar_that_is_set_only_costs_a_read(days):
    site = web()
    site.refusal()
    site.answers[f"{SITE}/robots.txt"] = Answer(503, b"")
    site.now += timedelta(days=days)
    assert site.refusal() is Refusal.ROBOTS_UNREACHABLE
    site.answers[f"{SITE}/robots.txt"] = RULES
    site.now -= timedelta(days=days)
    assert site.refusal() is None


def test_redirects_are_followed_five_times_and_the_rules_are_for_who_was_asked():
    hops = {f"https://cdn.example/{number}": Answer(301, b"", f"/{number + 1}") for number in range(1, 5)}
    answers = {f"{SITE}/robots.txt": Answer(301, b"", "https://cdn.example/1"), **hops}
    site = Web({**answers, "https://cdn.example/5": RULES})
    assert site.refusal(f"{SITE}/cms/1") is Refusal.ROBOTS
    assert len(site.asked) == 6


def test_more_redirects_mean_that_there_is_none():
    site = web(Answer(302, b"", "/robots.txt"))
    assert site.refusal(f"{SITE}/cms/1") is None
    assert len(site.asked) == 6


def test_a_redirect_to_a_private_address_keeps_us_out():
    answers = {f"{SITE}/robots.txt": Answer(302, b"", "http://10.0.0.1/robots.txt")}
    site = Web({**answers, "http://10.0.0.1/robots.txt": RefusedError(Refusal.BLOCKED_SSRF, "10.0.0.1 is private")})
    assert site.refusal() is Refusal.ROBOTS_UNREACHABLE


@pytest.mark.parametrize("refusal", [Refusal.BLOCKED_SSRF, Refusal.HOST_HELD, Refusal.STOPPING])
def test_what_kept_us_from_asking_is_said_and_is_no_outage(refusal):
    site = web(RefusedError(refusal, "because"))
    assert site.refusal() is refusal
    site.answers[f"{SITE}/robots.txt"] = RULES
    assert site.refusal() is None


def test_its_delay_is_handed_on():
    site = web(b"User-agent: *\nCrawl-delay: 7\n")
    site.refusal()
    assert site.delays == {("bao.example", SITE): 7.0}


def test_a_large_file_is_remembered_in_whole_lines():
    site = web(b"User-agent: *\n" + b"Disallow: /cms/\n" * 100_000)
    site.refusal()
    body = site.store.get(SITE).body
    assert MAX_BYTES - 20 < len(body) <= MAX_BYTES
    assert body.endswith(b"/cms/\n")
