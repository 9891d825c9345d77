"""Drills: the crawl's promises tried against a real newsroom with real processes, each beside a control that must fail.

`make test` runs a short form; `make drills` the long one, which prints the figures of docs/reliability.md."""
