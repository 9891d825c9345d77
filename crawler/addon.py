"""What has to be so in a process before Scrapy builds a crawl in it."""

from __future__ import annotations

import logging
import os

from scrapy.settings import BaseSettings


class Safety:
    """A Scrapy add-on that keeps secrets out of logs and files."""

    def update_settings(self, settings: BaseSettings) -> None:  # noqa: ARG002 - Scrapy's interface
        """Called once for each crawl."""
        # OpenSSL keys of every connection would be written there: Scrapy honours it since 2.18.
        os.environ.pop("SSLKEYLOGFILE", None)
        # At INFO Scrapy logs every setting that we changed, addresses of databases with their passwords among them.
        logging.getLogger("scrapy.crawler").addFilter(_hides_settings)


def _hides_settings(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Overridden settings")
