"""`make demo` tells its whole story, and what it tells is so."""

import re
import subprocess
import sys

from drills.lab import ROOT, long_only


@long_only
def test_the_demo_tells_the_whole_story_and_ends_with_one_fingerprint(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "newsroom.demo", str(tmp_path / "demo")],
        cwd=tmp_path, env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for sentence in ("First crawl", "Second crawl", "Edited by their paper: ", "Removed by their paper", "Who copied"):
        assert sentence in done.stdout
    assert int(re.search(r"Edited by their paper: (\d+)", done.stdout)[1]) > 0
    assert int(re.search(r"Removed by their paper, and still here: (\d+)", done.stdout)[1]) > 0
    prints = re.findall(r"\b[0-9a-f]{64}\b", done.stdout)
    assert len(prints) == 2
    assert len(set(prints)) == 1, "a replay of the captures is the same archive"
