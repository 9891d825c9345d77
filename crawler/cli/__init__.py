"""The command line: parse, call one function of `archive` or `crawler`, print. Nothing else lives here.

Results go to stdout, progress and logs to stderr; every error that a user can act on is one line."""

from crawler.cli.main import main

__all__ = ["main"]
