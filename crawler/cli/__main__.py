"""`python -m crawler.cli`: the command line without its script, for processes that start others."""

from crawler.cli.main import main

main(prog_name="luubao")
