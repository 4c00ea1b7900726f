"""Files of the user's own: copies, encodings, large texts, and what is said of a bad one."""

from __future__ import annotations

import codecs
import os
import pickle
import zipfile
from typing import TYPE_CHECKING

import pytest

from sandbox.cli import main
from sandbox.cli.own_data import with_own_data
from sandbox.experiment import Experiment, from_json
from sandbox.folders import cache_folder, data_folder
from sandbox.reading.data import adopt_file, name_of, path_of
from sandbox.reading.encoding import encodings_of_table, text_chunks
from sandbox.run.words import edited
from sandbox.store import seqx
from sandbox.store.base import RunError
from sandbox.tasks import corpus_files
from sandbox.tasks.corpus_files import corpus_of_file
from sandbox.tasks.registry import complete, task_of
from sandbox.tasks.tokens import MOST_KINDS, Source, ranked, tokens_in
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from pathlib import Path

LONG = "the rain fell and the wind blew. " * 40


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Copies --------------------------------------------------------------------------------------


def test_that_what_a_killed_process_left_is_removed_once_nobody_writes_it(tmp_path: Path) -> None:
    folder = data_folder() / "data"
    folder.mkdir(parents=True)
    left, written_now = folder / ".unfinished-a", folder / ".unfinished-b"
    for path in (left, written_now):
        path.write_text("half of")
    os.utime(left, (0, 0))
    adopt_file(written(tmp_path / "tale.txt", LONG))
    assert not left.exists()
    assert written_now.exists()


def test_that_a_run_can_be_repeated_after_the_file_has_moved(tmp_path: Path) -> None:
    path = written(tmp_path / "tale.txt", LONG)
    data = adopt_file(path)
    path.unlink()
    assert path_of(data).read_text() == LONG
    task = task_of(Experiment(task="own", params={"data": data}))
    assert "".join(task.inputs.words[:1]) == "␣"


def test_that_one_content_is_kept_once_under_each_name_and_another_apart(tmp_path: Path) -> None:
    path = written(tmp_path / "tale.txt", LONG)
    first = adopt_file(path)
    assert adopt_file(path) == first
    written(path, LONG + "x")
    assert adopt_file(path) != first
    assert len(list((data_folder() / "data").iterdir())) == 2


def test_that_an_experiment_names_no_folder(tmp_path: Path) -> None:
    private = tmp_path / "my secret project"
    private.mkdir()
    path = written(private / "tale.txt", LONG)
    whole = complete(with_own_data(Experiment(task="own", params={"data": str(path)})))
    assert "secret" not in whole.to_json()
    assert name_of(str(whole.params["data"])) == "tale.txt"
    assert complete(from_json(whole.to_json())) == whole


def test_that_a_table_is_forecast_where_only_its_path_was_given(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "x\n" + "".join(f"{n % 7}\n" for n in range(400)))
    brought_in = with_own_data(Experiment(task="forecast", params={"data": str(path)}))
    assert complete(brought_in).params["series"] == "csv"


@pytest.mark.parametrize("path", ["/etc/hostname", "../tale.txt", "tale.txt"])
def test_that_an_experiment_file_cannot_make_the_sandbox_read_a_path(path: str) -> None:
    with pytest.raises(ExperimentError, match="it takes the name of a file that was opened"):
        task_of(Experiment(task="own", params={"data": path}))


@pytest.mark.parametrize("task", ["own", "forecast"])
def test_that_a_missing_file_is_named_to_be_opened_again(task: str, tmp_path: Path) -> None:
    data = adopt_file(written(tmp_path / "prices 2024.csv", "x\n" + "1\n2\n" * 300))
    path_of(data).unlink()
    more = {"series": "csv"} if task == "forecast" else {}
    with pytest.raises(ExperimentError) as refused:
        task_of(Experiment(task=task, params={"data": data, **more}))
    assert "open prices 2024.csv again (File > Open data…" in str(refused.value)
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.txt", "a.txt"),
        ("..", "data."),
        ("a..b.csv", "a__b.csv"),
        ("x" * 200 + ".txt", "x" * 60 + ".txt"),
        ("né.TXT", "né.TXT"),
        ('a"b:c.txt', "a_b_c.txt"),
    ],
)
def test_that_a_copy_has_a_name_that_every_system_takes(name: str, kept: str) -> None:
    from sandbox.reading.data import _plain

    assert _plain(name) == kept


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"", "data: 'a.txt' was given; it takes a file that is not empty"),
        ("", b"", "it takes the path of a file"),
        ("none.txt", None, r"it takes the path of a readable file \(No such file"),
    ],
)
def test_that_what_is_no_file_is_refused_and_leaves_nothing_behind(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    if name and content is not None:
        written(tmp_path / name, content)
    with pytest.raises(ExperimentError, match=sentence):
        adopt_file(tmp_path / name)
    assert not (data_folder() / "data").exists()


def test_that_a_cancelled_copy_leaves_nothing_behind(tmp_path: Path) -> None:
    def cancel(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adopt_file(written(tmp_path / "a.txt", LONG), cancel)
    assert list((data_folder() / "data").iterdir()) == []


def test_that_train_takes_a_path_and_keeps_an_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "tale.txt", LONG)
    assert main(["tasks", "show", "own", "--set", f"data={path}", "--count", "1"]) == 0
    assert "___" in capsys.readouterr().out
    assert main(["tasks", "show", "own", "--set", "data=/no/such.txt"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


# Encodings -----------------------------------------------------------------------------------

TEXT = "Grüße, naïve façade – “quoted” … and so on\nfor a while, so that accents are few.\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-32"), "utf-32"),
        (TEXT.encode("cp1252"), "cp1252"),
        ("Größe, naïve, déjà vu and more".encode("latin-1"), "cp1252"),
        (b"plain", "utf-8"),
    ],
)
def test_that_encodings_are_told(tmp_path: Path, content: bytes, encoding: str) -> None:
    path = written(tmp_path / "a.txt", content)
    assert encodings_of_table(path)[0] == encoding
    assert "".join(text_chunks(path, encoding)) == content.decode(encoding)


@pytest.mark.parametrize(
    ("content", "byte"),
    [
        (b"\xff\x01", "1"),
        ("no mark".encode("utf-16-le"), "2"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "9"),
        (b"fine" * 2**21 + b"\xff\x01", "8,388,609"),
    ],
)
def test_that_a_wrong_encoding_is_told_in_one_sentence(
    tmp_path: Path, content: bytes, byte: str
) -> None:
    with pytest.raises(ExperimentError) as refused:
        encodings_of_table(written(tmp_path / "a.txt", content))
    assert str(refused.value) == (
        f"data: 'a.txt' was given; it takes text in UTF-8 or UTF-16, and byte {byte} of a.txt fits "
        "neither: save it as UTF-8 and open it again."
    )


def test_that_utf_8_is_told_across_chunks(tmp_path: Path) -> None:
    content = ("x" + "é" * (3 * 2**20)).encode()  # a letter lies across every border
    path = written(tmp_path / "a.txt", content)
    assert encodings_of_table(path) == ("utf-8",)
    assert "".join(text_chunks(path, "utf-8")).encode() == content


def test_that_a_text_that_breaks_off_in_its_encoding_is_refused(tmp_path: Path) -> None:
    data = adopt_file(written(tmp_path / "a.txt", "so far".encode("utf-16")[:-1]))
    with pytest.raises(ExperimentError, match="text that is UTF-16 throughout"):
        corpus_of_file(Source(data, "characters"))


def test_that_a_text_of_white_space_alone_has_no_words(tmp_path: Path) -> None:
    data = adopt_file(written(tmp_path / "a.txt", " \n\n "))
    with pytest.raises(ExperimentError, match=r"a file with text in it: a\.txt has none\."):
        corpus_of_file(Source(data, "words"))


# Large texts ---------------------------------------------------------------------------------

MIXED = " ".join(
    [
        "It's “here”—is’nt it?\r\nYes: 3.14, it is! ÉTÉ été 'été' a-b -- - ' ΑΣ.",
        "ΑΣ\u00a0x\u2003y\tz\x01q ",
    ]
)


@pytest.mark.parametrize("level", ["characters", "code points", "words"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_that_a_large_text_is_cut_up_by_the_same_rule(
    tmp_path: Path, level: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.reading.text_pieces.BYTES", 37)
    path = tmp_path / "a.txt"
    path.write_bytes((MIXED * 50).encode(encoding))
    found = corpus_of_file(Source(adopt_file(path), level))
    expected = ranked(tokens_in(MIXED * 50, level))
    spelled = [found.words[token] for token in found.tokens]
    assert spelled == [expected.words[token] for token in expected.tokens]
    assert sorted(found.counts, reverse=True) == list(found.counts)
    assert dict(zip(found.words, found.counts, strict=True)) == dict(
        zip(expected.words, expected.counts, strict=True)
    )


def test_that_more_words_than_are_told_apart_are_counted_and_keep_their_places(
    tmp_path: Path,
) -> None:
    words = [word for n in range(70_000) for word in ("the", f"w{n}", "'")]
    data = adopt_file(written(tmp_path / "a.txt", " ".join([*words, "w69999", "w69998"])))
    found = corpus_of_file(Source(data, "words"))
    assert found.notes.different == 70_001
    assert (len(found), len(found.words)) == (140_002, MOST_KINDS)
    assert set(found.words[:3]) == {"the", "w69999", "w69998"}
    assert found.counts[:4].tolist() == [70_000, 2, 2, 1]
    expected = [word for word in words if word != "'"] + ["w69999", "w69998"]
    spelled = [found.words[token] if token < MOST_KINDS else "" for token in found.tokens]
    known = set(found.words)
    assert spelled == [word if word in known else "" for word in expected]


def test_that_a_text_is_read_once_and_then_mapped_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = adopt_file(written(tmp_path / "a.txt", LONG))
    before = corpus_of_file(Source(data, "words"))
    corpus_files._opened.clear()
    monkeypatch.setattr(corpus_files, "read_corpus", None)  # it is not read again
    after = corpus_of_file(Source(data, "words"))
    assert (after.tokens == before.tokens).all()
    assert after.words == before.words
    assert after.tokens.base is not None


def test_that_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    data = adopt_file(written(tmp_path / "a.txt", LONG))
    before = corpus_of_file(Source(data, "words"))
    for path in (cache_folder() / "data").iterdir():
        path.write_bytes(b"nonsense")
    corpus_files._opened.clear()
    after = corpus_of_file(Source(data, "words"))
    assert after.words == before.words
    assert len(after) == len(before)


def test_that_a_text_is_read_without_a_cache_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = adopt_file(written(tmp_path / "a.txt", LONG))
    written(tmp_path / "no folder", "a file is in its place")
    monkeypatch.setattr("sandbox.reading.data.cache_folder", lambda: tmp_path / "no folder")
    assert len(corpus_of_file(Source(data, "words"))) == 40 * 8


def test_that_reading_tells_how_far_it_is_and_can_be_cancelled(tmp_path: Path) -> None:
    data = adopt_file(written(tmp_path / "a.txt", LONG * 1000))
    told: list[float] = []
    corpus_of_file(Source(data, "words"), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert all(0 <= done <= 1 for done in told)

    def cancel(done: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        corpus_of_file(Source(data, "characters"), cancel)
    assert not [name for name in os.listdir(cache_folder() / "data") if name.startswith(".")]


def test_that_runs_speak_of_files_by_their_names(tmp_path: Path) -> None:
    data = adopt_file(written(tmp_path / "tale.txt", LONG))
    sample = complete(Experiment(task="own"))
    own = sample.changed(params={**sample.params, "data": data})
    assert edited(sample, own) == "data nothing → tale.txt"
    seqx.write_experiment(tmp_path / "a.seqx", own)
    with zipfile.ZipFile(tmp_path / "a.seqx") as archive:
        texts = " ".join(archive.read("README.txt").decode().split())
    assert f"data file tale.txt (SHA-256 beginning {data[:16]}) is not included" in texts
    path_of(data).unlink()
    with pytest.raises(RunError, match=r"open tale\.txt again"):
        seqx.read(tmp_path / "a.seqx")
