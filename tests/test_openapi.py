"""What the API's own description promises, held against it by schemathesis: any query, and titles of any kind."""

import pytest
import requests
from builders import FakeExtractor, document, record
from hypothesis import settings
from served import Served
from test_web_engines import NAUGHTY

from archive.core import Archive
from archive.web.openapi import DOCUMENT

schemathesis = pytest.importorskip("schemathesis", reason="no schemathesis: install the test group")
from schemathesis.config import (  # noqa: E402  behind the guard
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

EXAMPLES = 15
"""For each operation, beside those that try each bound of each parameter."""
GENERATION = GenerationConfig(deterministic=True, max_examples=EXAMPLES)
PROJECT = ProjectConfig(generation=GENERATION)
API = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig(projects=ProjectsConfig(default=PROJECT)))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Articles with every naughty title, one edited, two of them copies of each other."""
    folder = tmp_path_factory.mktemp("naughty")
    with Archive.open(folder, extractor=FakeExtractor()) as archive:
        for number, title in enumerate(NAUGHTY):
            record(archive, document(number, title=title), url=f"https://bao.example/{number}.html", day=1 + number)
        record(archive, document(0, title=NAUGHTY[1]), url="https://bao.example/0.html", day=40)
        record(archive, document(2), url="https://khac.example/2.html", day=41)
    with Served(folder) as served:
        yield served


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(scope="module")
def ids(served):
    """An id of each kind that is there."""
    found = {name: next(served.archive.rows(name)) for name in ("articles", "clusters", "captures")}
    return {name: row[f"{name.removesuffix('s')}_id"] for name, row in found.items()}


@API.parametrize()
@settings(max_examples=EXAMPLES)
def test_it_answers_as_described(case, served, session, ids):
    # No schema says that a query needs a word without a minus.
    left_out = [schemathesis.checks.CHECKS.get_one("positive_data_acceptance")] if case.path == "/search" else []
    ask = {"base_url": f"{served.base}/api/v1", "session": session, "excluded_checks": left_out}
    case.call_and_validate(**ask)
    name = case.path.split("/")[1]
    if "{id}" in case.path:
        case.path_parameters["id"] = ids[name]
        case.call_and_validate(**ask)
