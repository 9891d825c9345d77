import logging
import os

import pytest
from loopback import Site
from probe import crawl
from scrapy.settings import Settings

from crawler.addon import Safety
from crawler.politeness.identity import product_token, user_agent

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def settings():
    found = Settings()
    found.setmodule("crawler.settings", priority="project")
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPIDER_MODULES", []),
        # doors
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_TLS_MIN_VERSION", "TLSv1.2"),
        ("DOWNLOADER_CLIENT_TLS_CIPHERS", None),
        ("HTTPPROXY_ENABLED", False),
        ("TWISTED_DNS_RESOLVER", "scrapy.resolver.CachingThreadedResolver"),
        ("LUUBAO_ALLOW_PRIVATE", []),
        # limits
        ("DOWNLOAD_MAXSIZE", 10 * MIB),
        ("DOWNLOAD_TIMEOUT", 60),
        ("LUUBAO_MIN_RATE", 1000),
        ("LUUBAO_RATE_WINDOW", 20),
        ("DOWNLOAD_FAIL_ON_DATALOSS", False),
        # raw captures
        ("COMPRESSION_ENABLED", False),
        ("COOKIES_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("REDIRECT_ENABLED", False),
        ("REDIRECT_MAX_TIMES", 5),
        ("HTTPERROR_ALLOW_ALL", True),
        ("RETRY_ENABLED", False),
        ("JOBDIR", None),
        ("REFERRER_POLICY", "no-referrer"),
        # a good guest
        ("ROBOTSTXT_OBEY", False),
        ("LUUBAO_ROBOTS_FORBIDDEN", "disallow"),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("DOWNLOAD_DELAY", 0),
        ("DOWNLOAD_DELAY_JITTER", 0.0),
        ("LUUBAO_DELAY", 1.0),
        ("LUUBAO_BACKOFF", 10.0),
        ("LUUBAO_MAX_WAIT", 60.0),
        ("AUTOTHROTTLE_ENABLED", False),
        # what nothing here uses
        ("CONCURRENT_ITEMS", 1),
        ("DOWNLOADER_STATS", False),
        # process
        ("TWISTED_REACTOR_ENABLED", True),
        ("TWISTED_REACTOR", "twisted.internet.asyncioreactor.AsyncioSelectorReactor"),
        ("LOG_LEVEL", "INFO"),
        ("ADDONS", {"crawler.addon.Safety": 0}),
    ],
)
def test_setting(settings, name, value):
    assert settings[name] == value


def test_no_middleware_of_scrapys_can_drop_what_the_crawl_asks_for(settings):
    assert dict(settings.get_component_priority_dict_with_base("SPIDER_MIDDLEWARES")) == {}


@pytest.mark.parametrize("scheme", ["data", "file", "ftp", "s3"])
def test_pages_cannot_name_other_things_than_pages(settings, scheme):
    assert settings.getwithbase("DOWNLOAD_HANDLERS")[scheme] is None


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_web_is_asked_politely(settings, scheme):
    handler = settings.getwithbase("DOWNLOAD_HANDLERS")[scheme]
    assert handler == "crawler.politeness.download.PoliteDownloadHandler"


def test_the_guard_comes_first_and_the_capture_is_next_to_the_network(settings):
    order = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    names = sorted(order, key=lambda cls: order[cls])
    paths = [name if isinstance(name, str) else f"{name.__module__}.{name.__qualname__}" for name in names]
    assert paths[0] == "crawler.middlewares.addresses.AddressGuard"
    assert paths[-1] == "crawler.middlewares.capture.CaptureRaw"


def test_only_gzip_is_asked_for(settings):
    assert settings["DEFAULT_REQUEST_HEADERS"]["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("contact", "comment"),
    [
        pytest.param("", "", id="none"),
        pytest.param("mailto:bao@example.org", " (+mailto:bao@example.org)", id="mail"),
        pytest.param("https://a.example/(x)\r\nCookie: y", " (+https://a.example/xCookie:y)", id="hostile"),
    ],
)
def test_the_user_agent_names_a_contact(contact, comment):
    agent = user_agent(contact)
    assert agent.partition(" ")[0].startswith("luubao/")
    assert agent.removeprefix(agent.partition(" ")[0]) == comment
    assert product_token(agent) == "luubao"


def test_no_keys_of_connections_are_written(monkeypatch):
    monkeypatch.setenv("SSLKEYLOGFILE", "keys")
    Safety().update_settings(Settings())
    assert "SSLKEYLOGFILE" not in os.environ


def test_scrapys_other_lines_are_logged(caplog):
    Safety().update_settings(Settings())
    with caplog.at_level(logging.INFO, logger="scrapy.crawler"):
        logging.getLogger("scrapy.crawler").info("Overridden settings:\n%(settings)s", {"settings": "secret"})
        logging.getLogger("scrapy.crawler").info("Received SIGTERM")
    assert [record.getMessage() for record in caplog.records] == ["Received SIGTERM"]


def test_a_crawl_logs_no_settings_says_what_is_allowed_and_names_its_contact():
    with Site() as site:
        found = crawl(
            [site.url()],
            allow=[site.endpoint],
            environment={"LUUBAO_CONTACT": "https://a.example/crawler"},
            LUUBAO_DATABASE="postgresql://luubao:secret@db/luubao",
        )
    assert found.code == 0
    assert "secret" not in found.log
    assert f"PRIVATE ADDRESSES ARE ALLOWED, for tests only: {site.endpoint}" in found.log
    assert {one.headers["User-Agent"] for one in site.log} == {user_agent("https://a.example/crawler")}
