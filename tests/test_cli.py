"""The command line: what each command prints, how it ends, and that an error is one line with the next step."""

import gzip
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import warc
from archive.types import Capture
from crawler.cli import main
from crawler.seeds import EXPECTED

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
# An edit, a copy, and a page that is held: a seed for each thing that the commands show.
SMALL = ("corrected_figure", "syndicated_copy", "captcha")
EDITED = "https://baolaocai.vn/thong-xe-tam-cau-ngoi-lu-sau-12-ngay-chia-cat-post899873.html"
COMMANDS = ("articles", "clusters", "changes", "held", "status", "fingerprint", "verify")
LINES = ("articles", "clusters", "changes", "held")


def luubao(*words, archive=None, env=None):
    """Run one command in this process; what is no error that it tells crashes the test."""
    placed = [] if archive is None else ["--archive", str(archive)]
    runner = CliRunner(env={"LUUBAO_ARCHIVE": None, "LUUBAO_DATABASE": None, "COLUMNS": "80", **(env or {})})
    return runner.invoke(main, [*map(str, words), *placed], prog_name="luubao", catch_exceptions=False)


def replay(*paths, archive, workers=1):
    return luubao("replay", *paths, "--workers", workers, archive=archive)


def fails(done, *parts, code=1):
    """That `done` ended with one line on stderr, which has these parts."""
    assert done.exit_code == code, done.output
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("Error: ")
    assert [part for part in parts if part not in line] == []
    assert "Traceback" not in done.output
    return line


def ids(archive, view="held", key="capture_id"):
    return [json.loads(line)[key] for line in luubao(view, "--json", archive=archive).stdout.splitlines()]


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """An archive of a few seeds, to be read only."""
    folder = tmp_path_factory.mktemp("cli") / "archive"
    assert replay(*(SEEDS / name for name in SMALL), archive=folder).exit_code == 0
    return folder


@pytest.fixture
def own(kept, tmp_path) -> Path:
    """A copy of it, to be written to."""
    return Path(shutil.copytree(kept, tmp_path / "own"))


# What commands print


def test_replay_gives_an_account_and_the_next_command(tmp_path):
    done = replay(*(SEEDS / name for name in SMALL), archive=tmp_path / "a b")
    assert done.exit_code == 0
    told = dict(line.split(maxsplit=1) for line in done.stdout.splitlines()[:-1])
    assert told["pages"] == "7"
    assert told["articles"].startswith("4 ")
    assert told["versions"].endswith("4 first, 1 edited")
    assert told["copies"] == "1"
    assert told["held"].endswith("1 blocked")
    assert done.stdout.splitlines()[-1] == f"Next: luubao held --archive '{tmp_path / 'a b'}'"


def test_a_second_replay_says_that_nothing_changed(own):
    done = replay(*(SEEDS / name for name in SMALL), archive=own)
    assert done.stdout.splitlines()[0] == "Nothing changed: the archive has all 7 pages already."


def test_replay_tells_programs_what_it_did(tmp_path):
    done = luubao("replay", SEEDS / "captcha", "--json", "--workers", 1, archive=tmp_path)
    told = json.loads(done.stdout)
    assert (told["captures"], told["new"], told["known"], told["articles"], told["held_blocked"]) == (3, 3, 0, 1, 1)
    assert told["skipped"] == []


def test_articles_are_listed(kept):
    lines = luubao("articles", archive=kept).stdout.splitlines()
    assert lines[0].split() == ["id", "site", "versions", "role", "state", "title"]
    assert [line.split()[1] for line in lines[1:]] == ["baolaocai", "baolaocai", "daidoanket", "vietnam_vn"]


def test_articles_of_one_site_are_listed(kept):
    assert len(luubao("articles", "--site", "vietnam_vn", archive=kept).stdout.splitlines()) == 2
    assert "`luubao status` lists the sites" in luubao("articles", "--site", "nobody", archive=kept).stdout


def test_an_article_in_json_has_what_programs_were_promised(kept):
    promised = (
        "url site title lede body captions author published_at modified_at section tags language credit furniture "
        "version versions cause cluster role first_seen_at last_seen_at gone_at"
    )
    for line in luubao("articles", "--json", archive=kept).stdout.splitlines():
        assert set(promised.split()) <= set(json.loads(line))


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_json(kept, command):
    done = luubao(command, "--json", archive=kept)
    assert done.exit_code == 0
    rows = done.stdout.splitlines() if command in LINES else [done.stdout]
    assert rows
    assert all(isinstance(json.loads(row), dict) for row in rows)


@pytest.mark.parametrize("command", COMMANDS)
def test_results_alone_go_to_stdout(kept, command):
    done = luubao(command, archive=kept)
    assert (done.exit_code, done.stderr.strip() in ("", "verifying")) == (0, True)
    assert done.stdout


def test_show_prints_what_a_reader_reads(kept):
    lines = luubao("show", EDITED, archive=kept).stdout.splitlines()
    assert "Thông xe tạm cầu Ngòi Lự sau 12 ngày chia cắt" in lines
    assert lines[-1].startswith(f"version 2 of 2 (edited) · {EDITED} · ")
    assert max(map(len, lines[:-1])) <= 80


def test_show_prints_a_former_version(kept):
    assert "1.240 hộ" in " ".join(luubao("show", EDITED, "--version", 1, archive=kept).stdout.split())
    assert "1.420 hộ" in " ".join(luubao("show", EDITED, archive=kept).stdout.split())
    former = json.loads(luubao("show", EDITED, "--version", 1, "--json", archive=kept).stdout)
    assert (former["version"], former["cause"], former["changed"]) == (1, "first", [])


def test_show_prints_what_was_cut(kept):
    done = luubao("show", EDITED, "--furniture", archive=kept)
    cut = json.loads(luubao("show", EDITED, "--json", archive=kept).stdout)["furniture"]
    assert f"Cut from the page: {len(cut)} blocks" in done.stdout
    assert f"- {cut[0]['kind']} ({cut[0]['rule']}): " in done.stdout


def test_show_tells_where_each_field_was_read(kept):
    done = luubao("show", EDITED, "--furniture", archive=kept)
    provenance = json.loads(luubao("show", EDITED, "--json", archive=kept).stdout)["provenance"]
    assert {"title", "lede", "body", "published_at"} <= set(provenance)
    assert all(f"- {name}: {by}\n" in done.stdout for name, by in provenance.items())


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(EDITED.removeprefix("https://"), id="no scheme"),
        pytest.param(EDITED.replace("https://", "http://www.") + "?utm_source=x#top", id="decorated"),
        pytest.param(None, id="beginning of its id"),
    ],
)
def test_an_article_answers_to_every_spelling_of_its_address(kept, spelling):
    article = json.loads(luubao("show", EDITED, "--json", archive=kept).stdout)["id"]
    assert json.loads(luubao("show", spelling or article[:6], "--json", archive=kept).stdout)["id"] == article


def test_diff_marks_words(kept):
    said = luubao("diff", EDITED, archive=kept).stdout
    assert f"{EDITED}: version 1 -> 2" in said
    assert "[-1.240-]{+1.420+} hộ" in said
    assert "[-1.420-]{+1.240+} hộ" in luubao("diff", EDITED, 2, 1, archive=kept).stdout


def test_diff_in_json_gives_the_pieces(kept):
    told = json.loads(luubao("diff", EDITED, "--json", archive=kept).stdout)
    assert (told["from"], told["to"], [change["field"] for change in told["changes"]]) == (1, 2, ["body"])
    assert [piece["text"] for piece in told["changes"][0]["pieces"] if piece["op"] == "insert"] == ["1.420"]


def test_diff_of_an_article_with_one_version_has_nothing_to_compare(kept):
    (article,) = ids_of_site(kept, "daidoanket")
    assert luubao("diff", article, archive=kept).stdout == "one version only: nothing to compare\n"
    told = json.loads(luubao("diff", article, "--json", archive=kept).stdout)
    assert (told["from"], told["to"], told["captured_at"][0], told["changes"]) == (None, 1, None, [])


def ids_of_site(archive, site):
    rows = map(json.loads, luubao("articles", "--site", site, "--json", archive=archive).stdout.splitlines())
    return [row["id"] for row in rows]


def test_clusters_show_the_evidence(kept):
    said = luubao("clusters", archive=kept).stdout
    assert "  original daidoanket" in said
    assert "resemblance 1.00, 100% of it in" in said
    (told,) = map(json.loads, luubao("clusters", "--json", archive=kept).stdout.splitlines())
    assert (told["copies"], [member["role"] for member in told["members"]]) == (1, ["original", "copy"])


def test_changes_go_on_after_the_last_one_seen(kept):
    everything = ids(kept, "changes", "change_id")
    rest = luubao("changes", "--since", everything[2], "--json", archive=kept).stdout.splitlines()
    assert [json.loads(line)["change_id"] for line in rest] == everything[3:]
    assert luubao("changes", "--since", everything[-1], "--json", archive=kept).stdout == ""


def test_held_pages_are_listed_with_their_reason(kept):
    assert "blocked" in luubao("held", "--site", "baolaocai", archive=kept).stdout
    assert luubao("held", "--site", "nobody", archive=kept).stdout == "nothing is held\n"


def test_status_names_sites_and_the_last_run(kept):
    told = json.loads(luubao("status", "--json", archive=kept).stdout)
    assert [site["site"] for site in told["sites"]] == ["baolaocai", "daidoanket", "vietnam_vn"]
    assert told["last_run"]["counts"]["new"] == 7
    assert "last run  replay" in luubao("status", archive=kept).stdout


def test_reindex_leaves_what_it_finds_right_and_is_told_of_by_status(own):
    with sqlite3.connect(own / "archive.db") as connection:
        connection.execute("DELETE FROM derived")
    connection.close()
    assert "reindex   rules of another release" in luubao("status", archive=own).stdout
    before = luubao("fingerprint", archive=own).stdout
    done = luubao("reindex", archive=own)
    assert (done.exit_code, "moved            0" in done.stdout) == (0, True)
    assert "reindex  " not in luubao("status", archive=own).stdout
    assert json.loads(luubao("reindex", "--json", archive=own).stdout) == {"articles": 4, "moved": 0}
    assert luubao("fingerprint", archive=own).stdout == before
    assert " 0 of 4 articles moved" in luubao("status", archive=own).stdout


def test_verify_finds_an_archive_whole_and_a_missing_file(own):
    done = luubao("verify", archive=own)
    assert (done.exit_code, done.stdout) == (0, "7 captures in 1 files, 0 problems\n")
    (file,) = (own / "captures").iterdir()
    file.unlink()
    done = luubao("verify", "--json", archive=own)
    assert (done.exit_code, json.loads(done.stdout)["problems"][0]["where"]) == (1, file.name)


def test_the_archive_may_be_named_by_a_variable(kept):
    assert luubao("fingerprint", env={"LUUBAO_ARCHIVE": str(kept)}).stdout.strip() == fingerprint_of(kept)


def test_the_tables_may_be_on_postgresql(tmp_path, kept, postgresql):
    # Not `render_as_string()`, which hides the password, if there is one.
    database = postgresql.fresh().render_as_string(hide_password=False)
    done = luubao("replay", *(SEEDS / name for name in SMALL), "--workers", 1, "--database", database, archive=tmp_path)
    assert done.exit_code == 0
    assert not (tmp_path / "archive.db").exists()
    told = luubao("status", "--json", "--database", database, archive=tmp_path)
    assert json.loads(told.stdout)["database"].startswith("postgresql ")
    assert luubao("fingerprint", "--database", database, archive=tmp_path).stdout.strip() == fingerprint_of(kept)


def fingerprint_of(archive) -> str:
    done = luubao("fingerprint", archive=archive)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_workers_do_not_change_the_archive(tmp_path, kept):
    # No empty seed folders and more pages than readers, so that both have something to do.
    assert replay(*(SEEDS / name for name in SMALL), archive=tmp_path / "two", workers=2).exit_code == 0
    assert fingerprint_of(tmp_path / "two") == fingerprint_of(kept)


def test_what_a_seed_yields_is_recorded(tmp_path):
    seed = Path(shutil.copytree(SEEDS / "captcha", tmp_path / "captcha"))
    (seed / EXPECTED).unlink(missing_ok=True)
    # Through a folder above the seed, and without an archive being made anywhere.
    for said in ("changed", "as before"):
        done = luubao("replay", tmp_path, "--write-expected", archive=tmp_path / "none")
        assert (done.exit_code, done.stdout) == (0, f"{said}  {seed}\n")
    assert json.loads((seed / EXPECTED).read_text(encoding="utf-8"))["held"][0]["reason"] == "blocked"
    assert not (tmp_path / "none").exists()


# Decisions


def test_a_held_page_is_released(own):
    (page,) = ids(own)
    assert (
        luubao("held", "release", page[:8], "--note", "it did say so", archive=own).stdout == f"released {page[:8]}\n"
    )
    assert ids(own) == []
    said = json.loads((own / "decisions.jsonl").read_text(encoding="utf-8"))
    assert (said["kind"], said["subject"], said["note"]) == ("release", page, "it did say so")


def test_a_held_page_is_discarded_and_its_capture_kept(own):
    (page,) = ids(own)
    assert luubao("held", "discard", page, archive=own).exit_code == 0
    assert ids(own) == []
    assert luubao("verify", archive=own).stdout.startswith("7 captures")


def test_a_copy_is_set_apart_and_joined_again(own):
    (one,), (other,) = ids_of_site(own, "daidoanket"), ids_of_site(own, "vietnam_vn")
    assert luubao("not-same", one[:8], other, archive=own).exit_code == 0
    assert luubao("clusters", archive=own).stdout == "no copies found\n"
    assert luubao("same", one, other[:8], archive=own).exit_code == 0
    assert luubao("clusters", archive=own).stdout.startswith("cluster ")


def test_a_person_names_the_original(own):
    (copy,) = ids_of_site(own, "vietnam_vn")
    assert luubao("original", copy, archive=own).exit_code == 0
    (cluster,) = map(json.loads, luubao("clusters", "--json", archive=own).stdout.splitlines())
    assert (cluster["original_id"], cluster["reason"]) == (copy, "a person's word")


def test_a_site_is_resumed(own):
    assert luubao("held", "resume", "baolaocai", archive=own).stdout == "resumed baolaocai\n"
    fails(luubao("held", "resume", "baolaokai", archive=own), "no site 'baolaokai'", "`luubao status`")


@pytest.mark.parametrize("is_before", [True, False])
def test_the_archive_may_be_named_before_or_behind_an_inner_command(own, kept, is_before):
    (page,) = ids(own)
    here = ["--archive", str(own)]
    words = ["held", *here, "discard", page] if is_before else ["held", "discard", page, *here]
    # A flag counts more than a variable, wherever it stands.
    assert luubao(*words, env={"LUUBAO_ARCHIVE": str(kept)}).exit_code == 0
    assert (ids(own), len(ids(kept))) == ([], 1)


@pytest.mark.parametrize(
    "words", [("held", "release", "00"), ("same", "a", "b"), ("original", "a"), ("held", "resume", "baolaocai")]
)
def test_a_decision_makes_no_archive(tmp_path, words):
    fails(luubao(*words, archive=tmp_path / "none"), "no archive at", "luubao replay PATH")
    assert not (tmp_path / "none").exists()


# Errors: exit status 1 and one line


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("show", "https://bao.example/no"), ("no article 'https://bao.example/no'", "`luubao articles`")),
        (("show", "ffff0000"), ("no article 'ffff0000'", "`luubao articles`")),
        (("show", ""), ("more than one article", "give more of its id")),
        (("show", EDITED, "--version", "7"), ("no version 7", "has 2")),
        (("diff", EDITED, "7"), ("no version", "has 2")),
        (("diff", "ffff0000"), ("no article 'ffff0000'",)),
        (("held", "release", "ffff0000"), ("no capture 'ffff0000'", "`luubao held`")),
        (("held", "discard", "%"), ("no capture '%'",)),
        (("same", "ffff0000", EDITED), ("no article 'ffff0000'",)),
        (("original", "a\nb"), ("no article",)),
        (("changes", "--since", "ffff0000"), ("no change 'ffff0000'", "without --since")),
    ],
)
def test_what_is_unknown_is_named(own, words, parts):
    fails(luubao(*words, archive=own), *parts)


@pytest.mark.parametrize("command", COMMANDS)
def test_reading_where_nothing_is_tells_how_to_make_an_archive(tmp_path, command):
    fails(luubao(command, archive=tmp_path / "none"), "no archive at", "luubao replay PATH --archive DIR")
    assert not (tmp_path / "none").exists()


def write(path, content) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        pytest.param("a.warc.gz", b"<html>", ("not a WARC", "a.warc.gz", "remove or rename"), id="not a WARC"),
        pytest.param("a.wacz", b"PK\x03\x04", ("not a WACZ", "a.wacz"), id="not a WACZ"),
        pytest.param("notes.pdf", b"%PDF", ("nothing to replay", "manifest.toml"), id="nothing in it"),
        pytest.param(
            "manifest.toml",
            '[[page]]\nfile = "no.html"\nsite = "x"\ncaptured_at = 2026-02-07T12:00:00Z\n',
            ("manifest.toml", "page 1 ('no.html')", "does not exist"),
            id="manifest names a missing file",
        ),
        pytest.param("decisions.jsonl", "{}\n", ("decisions.jsonl, line 1", "mend or remove"), id="no decision"),
    ],
)
def test_a_source_that_is_none_is_named(tmp_path, name, content, parts):
    write(tmp_path / "in" / name, content)
    fails(replay(tmp_path / "in", archive=tmp_path / "a"), *parts)


def test_an_empty_folder_and_a_missing_one_are_named(tmp_path):
    (tmp_path / "empty").mkdir()
    fails(replay(tmp_path / "empty", archive=tmp_path / "a"), "nothing to replay in", "empty")
    fails(replay(tmp_path / "no\nwhere", archive=tmp_path / "a"), "no such file or folder")
    fails(luubao("replay", tmp_path / "empty", "--write-expected"), "no seed in", "empty")
    assert not (tmp_path / "a").exists()


def test_a_cut_warc_is_reported_and_the_rest_replayed(tmp_path, kept):
    (file,) = (kept / "captures").iterdir()
    cut = write(tmp_path / "cut.warc.gz", file.read_bytes()[:-100])
    done = replay(cut, archive=tmp_path / "a")
    assert done.exit_code == 1
    assert "captures are missing: 1 damaged part" in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("skipped ")]
    assert str(cut) in line
    assert "cut off" in line
    assert "skipped" in done.stdout
    assert len(ids(tmp_path / "a", "articles", "id")) > 0


def test_a_file_that_is_none_of_ours_is_no_failure(tmp_path):
    write(tmp_path / "in" / "notes.pdf", b"%PDF")
    write(tmp_path / "in" / "a.warc", next((SEEDS / "gone").glob("*.warc")).read_bytes())
    done = replay(tmp_path / "in", archive=tmp_path / "a")
    assert "notes.pdf" in done.stderr
    assert done.exit_code == 0


def test_another_programs_database_is_left_alone(tmp_path):
    import sqlite3

    path = tmp_path / "archive.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    for done in (replay(SEEDS / "captcha", archive=tmp_path), luubao("articles", archive=tmp_path)):
        fails(done, "not a news archive", str(tmp_path), "name another one")
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_named(tmp_path):
    write(tmp_path / "archive.db", "not a database, and long enough to be looked at" * 100)
    for done in (replay(SEEDS / "captcha", archive=tmp_path), luubao("articles", archive=tmp_path)):
        fails(done, "not a news archive", str(tmp_path))


def test_an_archive_of_a_newer_release_asks_for_an_upgrade(own):
    import sqlite3

    connection = sqlite3.connect(own / "archive.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    for done in (replay(SEEDS / "captcha", archive=own), luubao("articles", archive=own)):
        fails(done, "newer release (schema '9999')", "upgrade luubao")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named_and_can_be_read(own):
    (own / "archive.db").chmod(0o444)
    (own / "captures").chmod(0o555)
    own.chmod(0o555)
    try:
        fails(replay(SEEDS / "gone", archive=own), str(own))
        fails(replay(SEEDS / "gone", archive=own / "inner"), "inner", "Permission denied")
    finally:
        own.chmod(0o755)
        (own / "captures").chmod(0o755)


def test_a_second_writer_is_told_to_wait(own, monkeypatch):
    from crawler.recording import open_archive

    monkeypatch.setattr("archive.lock.WAIT", 0.1)
    with open_archive(own) as archive, archive.writing():
        fails(replay(SEEDS / "gone", archive=own), "being written by another process", "wait", code=5)


def test_a_database_that_is_not_there_is_one_line(tmp_path):
    pytest.importorskip("psycopg", reason="no PostgreSQL driver: install psycopg")
    url = f"postgresql://nobody@/none?host={tmp_path}"
    line = fails(luubao("articles", "--database", url, archive=tmp_path), str(tmp_path))
    assert "sqlalche.me" not in line


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a@b/c",
        "postgres",
        "://",
    ],
)
def test_a_database_of_another_kind_is_refused(tmp_path, url):
    fails(luubao("articles", "--database", url, archive=tmp_path))


_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.path.insert(0, sys.argv[2])
from crawler.cli import main
main(sys.argv[3:], prog_name="luubao")
"""


def make_noise(folder) -> Path:
    """A page that no compression makes smaller: 400 kB."""
    page = '[[page]]\nfile = "a.html"\nsite = "x"\ncaptured_at = 2026-02-07T12:00:00Z\nurl = "https://bao.example/b"\n'
    write(folder / "manifest.toml", page)
    return write(folder / "a.html", random.Random(1).randbytes(400_000)).parent


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
@pytest.mark.parametrize(
    ("sources", "room", "part"),
    [
        # The limit of a file's size stands for the disk: what the empty tables take, and some room beside them.
        pytest.param(SMALL, -100_000, "cannot set up the database", id="at the tables"),
        pytest.param(("noise",), 60_000, "cannot write", id="at the WARC file"),
        pytest.param((".",), 150_000, "what was committed is safe", id="at the commit"),
    ],
)
def test_a_full_disk_ends_in_one_line_and_the_next_run_goes_on(tmp_path, empty_archive, sources, room, part):
    noise = make_noise(tmp_path / "noise")
    paths = [str(noise if name == "noise" else SEEDS / name) for name in sources]
    limit = str(empty_archive.stat().st_size + room)
    words = ["replay", *paths, "--workers", "1", "--archive", str(tmp_path / "a")]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, limit, str(ROOT), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("Error: ")
    assert part in line
    for name in ("a", "undisturbed"):
        assert replay(*paths, archive=tmp_path / name).exit_code == 0
    assert fingerprint_of(tmp_path / "a") == fingerprint_of(tmp_path / "undisturbed")
    assert luubao("verify", archive=tmp_path / "a").exit_code == 0


# Misuse: exit status 2


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("fetch",), id="unknown command"),
        pytest.param(("held", "forget", "1"), id="unknown inner command"),
        pytest.param(("articles", "--colour"), id="unknown option"),
        pytest.param(("replay",), id="no path"),
        pytest.param(("replay", "seeds", "--workers", "0"), id="no worker"),
        pytest.param(("show", "a", "--version", "0"), id="no version"),
        pytest.param(("diff", "a", "one"), id="no number"),
        pytest.param(("same", "a"), id="one of two"),
    ],
)
def test_misuse_is_told(words):
    fails(luubao(*words), code=2)


def test_an_archive_that_is_a_file_is_misuse(tmp_path):
    fails(luubao("articles", archive=write(tmp_path / "a", "")), "is a file", code=2)


@pytest.mark.parametrize("flag", ["-h", "--help", "--version"])
def test_help_and_version_are_no_errors(flag):
    assert luubao(flag).exit_code == 0


# Naughty strings

NAUGHTY = (
    "tab\tand\x0bothers",
    "red \x1b[31mletters",
    "line\u2028paragraph\u2029next\x85line",
    "right \u202eto left",
    "null \x00 byte",
    "wide 👩‍👩‍👧 日本語 ｗｉｄｅ",
    "zalgo t\u0316\u0317o\u0318\u0319",
    "'; DROP TABLE article; --",
    "%s %d {0} {} $HOME `id`",
    "<script>alert(1)</script>",
)


@pytest.fixture(scope="module")
def naughty(tmp_path_factory) -> Path:
    """An archive of pages whose every field is hostile to a terminal."""
    from html import escape

    folder = tmp_path_factory.mktemp("naughty")
    body = "".join(f"<p>Đoạn {n}: " + "một hai ba bốn năm sáu bảy tám chín mười " * 6 + ".</p>" for n in range(5))
    with warc.WarcWriter(folder, "naughty", created_at=datetime(2026, 2, 7, tzinfo=UTC)) as writer:
        for number, text in enumerate(NAUGHTY):
            said = escape(text)
            page = (
                f'<html><head><title>{said}</title><meta name="author" content="{said}">'
                f'<meta property="article:section" content="{said}"></head>'
                f"<body><article><h1>Bài {number} {said}</h1><p>{said}</p>{body}</article></body></html>"
            )
            writer.add(
                Capture(
                    url=f"https://bao.example/{number}?q={said.translate({0: None}).encode('unicode_escape').decode()}",
                    captured_at=datetime(2026, 2, 7, number, tzinfo=UTC),
                    payload=page.encode(),
                    status=200,
                    headers=(("Content-Type", "text/html; charset=utf-8"),),
                )
            )
    assert replay(folder / "naughty.warc.gz", archive=folder / "archive").exit_code == 0
    return folder / "archive"


def is_harmless(text: str) -> bool:
    """No control characters, no line ends of other systems, nothing that turns the direction of the line."""
    return not any(
        char in "\u2028\u2029\u202a\u202b\u202d\u202e" or unicodedata.category(char) == "Cc" for char in text
    )


@pytest.mark.parametrize("command", ["articles", "changes", "held", "clusters", "status"])
def test_naughty_strings_do_not_break_lines(naughty, command):
    for done in (luubao(command, archive=naughty), luubao(command, "--json", archive=naughty)):
        assert done.exit_code == 0
        assert [line for line in done.stdout.split("\n") if not is_harmless(line)] == []


def test_a_naughty_article_is_one_line_in_a_list(naughty):
    rows = luubao("articles", "--json", archive=naughty).stdout.splitlines()
    held = luubao("held", "--json", archive=naughty).stdout.splitlines()
    assert len(rows) + len(held) > len(NAUGHTY) // 2
    assert len(luubao("articles", archive=naughty).stdout.splitlines()) == 1 + len(rows)


def test_naughty_articles_can_be_shown(naughty):
    for line in luubao("articles", "--json", archive=naughty).stdout.splitlines():
        done = luubao("show", json.loads(line)["id"], "--furniture", archive=naughty)
        assert done.exit_code == 0
        assert [line for line in done.stdout.split("\n") if not is_harmless(line)] == []


def test_a_record_whose_address_holds_a_control_character_is_left_out_and_named(tmp_path):
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>x</p></body></html>"
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\x1b[31m\r\n"
        "WARC-Date: 2026-02-07T12:00:00Z\r\nContent-Type: application/http;msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    write(tmp_path / "in.warc.gz", gzip.compress(head.encode() + block + b"\r\n\r\n"))
    done = replay(tmp_path / "in.warc.gz", SEEDS / "captcha", archive=tmp_path / "a")
    assert done.exit_code == 0, done.output
    assert "left out         1  1 unusable record (a control character in WARC-Target-URI)" in done.output
    assert len(ids(tmp_path / "a", "articles", "id")) == 1
