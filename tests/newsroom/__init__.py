"""A newsroom of invented papers: sites that publish, edit, remove and copy, with the truth known.

`Newsroom` is the model, a function of a seed and a clock; `serve` puts it on loopback, with faults on demand and an
access log; `oracle` says what an archive of it should hold. Nothing here leaves 127.0.0.0/8."""

from newsroom.clock import Clock
from newsroom.faults import Fault, Faults
from newsroom.model import START, Newsroom, Story
from newsroom.oracle import oracle
from newsroom.papers import PAPERS, Family, Paper
from newsroom.plan import Kind
from newsroom.server import Server, serve

__all__ = [
    "PAPERS",
    "START",
    "Clock",
    "Family",
    "Fault",
    "Faults",
    "Kind",
    "Newsroom",
    "Paper",
    "Server",
    "Story",
    "oracle",
    "serve",
]
