"""`luubao site ...`: what there is to do about one site's rules."""

from __future__ import annotations

import click

from crawler.cli.check import check
from crawler.cli.learn import learn
from crawler.cli.new import new


@click.group()
def site() -> None:
    """Look after one site: its rules, and whether they hold.

    Example: luubao site learn baolaocai
    """


site.add_command(learn)
site.add_command(check)
site.add_command(new)
