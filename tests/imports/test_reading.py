import tracemalloc
from pathlib import Path

import pytest

from votes.imports import reading
from votes.imports.reading import BadLine, FileUnusable, Row, read_header, read_rows


def write(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "ideas.csv"
    path.write_bytes(content)
    return path


def read(tmp_path: Path, content: str) -> list[tuple[int, object]]:
    rows = read_rows(write(tmp_path, content.encode()))
    return [(row.line, dict(row.values) if isinstance(row, Row) else row.reason) for row in rows]


@pytest.mark.parametrize(
    "header",
    [b"a,b", b"a;b", b'"a";"b"', b"\xef\xbb\xbfa,b", b' "a";b', b"a,b\r\n1,2", b"\n\na;b"],
    ids=["comma", "semicolon", "quoted", "byte order mark", "blank first", "crlf", "blank lines before"],
)
def test_header_is_found_whatever_the_delimiter(tmp_path: Path, header: bytes) -> None:
    assert [name.strip('"') for name in read_header(write(tmp_path, header))] == ["a", "b"]


def test_semicolon_counts_only_when_it_parts_more_columns(tmp_path: Path) -> None:
    assert read_header(write(tmp_path, b'a,"b;c;d;e",f')) == ["a", "b;c;d;e", "f"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b'"never closed', b"a\x00,b", b"a,\xff", b"a,b,a"])
def test_file_without_a_usable_header_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileUnusable):
        read_header(write(tmp_path, content))


def test_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match=r"nowhere\.csv: No such file"):
        read_header(tmp_path / "nowhere.csv")


def test_quoted_newline_belongs_to_the_text_and_lines_are_still_counted(tmp_path: Path) -> None:
    rows = read(tmp_path, 'a,b\n1,"one\ntwo\n\nfour"\n\n2,after\n')

    assert rows == [(2, {"a": "1", "b": "one\ntwo\n\nfour"}), (7, {"a": "2", "b": "after"})]


def test_wrong_number_of_columns_costs_that_line_only(tmp_path: Path) -> None:
    rows = read(tmp_path, "a,b\n1\n2,fine\n3,too,many\n")

    assert rows == [
        (2, "1 columns, the header has 2"),
        (3, {"a": "2", "b": "fine"}),
        (4, "3 columns, the header has 2"),
    ]


def test_quote_that_is_never_closed_costs_its_line_only(tmp_path: Path) -> None:
    rows = read(tmp_path, 'a,b\n1,"open\n2,"fine"\n3,fine too\n4,"open to the end\n5,still there\n')

    assert [row for row in rows if isinstance(row[1], dict)] == [
        (3, {"a": "2", "b": "fine"}),
        (4, {"a": "3", "b": "fine too"}),
        (6, {"a": "5", "b": "still there"}),
    ]
    assert [line for line, what in rows if isinstance(what, str)] == [2, 5]


def test_open_quote_is_given_up_before_it_swallows_a_large_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "RECORD_LENGTH", 200)
    rows = read(tmp_path, 'a,b\n1,"open\n' + "".join(f"{number},fine\n" for number in range(2, 500)))

    assert rows[0] == (2, "not readable as CSV: a quote is never closed")
    assert [line for line, _values in rows] == list(range(2, 501))


def test_quote_within_a_word_is_just_a_quote(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n1,a 5" pipe\n') == [(2, {"a": "1", "b": 'a 5" pipe'})]


def test_nul_and_bytes_that_are_no_utf8_cost_their_lines(tmp_path: Path) -> None:
    rows = list(read_rows(write(tmp_path, b"a,b\n1,x\x00y\n2,\xe4\n3,\xc3\xa4\n")))

    assert rows == [
        BadLine("ideas.csv", 2, "there is a NUL character"),
        BadLine("ideas.csv", 3, "there is text that is not UTF-8"),
        Row("ideas.csv", 4, {"a": "3", "b": "ä"}),
    ]


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, b"a,b\n" + b"1,text\n" * 20_000)
    seen: list[int] = []
    assert sum(1 for _row in read_rows(path, on_bytes=seen.append)) == 20_000

    assert seen == sorted(seen)
    assert seen[0] < seen[-1] == path.stat().st_size


def test_memory_stays_flat_however_long_the_file_is(tmp_path: Path) -> None:
    path = write(tmp_path, b"a,b\n" + b'1,"some text, in quotes"\n' * 100_000)
    tracemalloc.start()
    try:
        rows = sum(1 for _row in read_rows(path))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert rows == 100_000
    assert peak < path.stat().st_size / 4
