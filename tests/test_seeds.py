"""Every seed yields what it is expected to: one case a folder in seeds/, and no code a site."""

from pathlib import Path

import pytest

from crawler.manifest import read_manifest
from crawler.seeds import EXPECTED, find_seeds, read_expected, replayed
from crawler.sites import sites

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.mark.parametrize("seed", [pytest.param(seed, id=str(seed.relative_to(SEEDS))) for seed in find_seeds(SEEDS)])
def test_a_seed_yields_what_is_expected(seed):
    assert (seed / EXPECTED).exists(), f"record it: luubao replay --write-expected {seed}, and read it through"
    assert replayed(seed) == read_expected(seed)


def test_every_seed_says_what_it_shows():
    assert [seed for seed in find_seeds(SEEDS) if not (seed / "README.md").exists()] == []


def test_every_declared_site_has_a_seed():
    shown = {page.site for seed in find_seeds(SEEDS) for page in manifest_pages(seed)}
    assert {site.name for site in sites()} - shown == set()


def manifest_pages(seed):
    manifest = seed / "manifest.toml"
    return read_manifest(manifest) if manifest.exists() else ()
