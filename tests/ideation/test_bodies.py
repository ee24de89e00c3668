from io import BytesIO
from typing import Any

from ideation.bodies import ChunkedBodies


def seen_by_application(body: bytes, **environ: Any) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def application(environ: Any, start_response: Any) -> list[bytes]:
        seen.update(environ)
        return []

    ChunkedBodies(application, limit=10)({"wsgi.input": BytesIO(body), **environ}, lambda *_: lambda _: None)
    return seen


def test_chunked_body_gets_its_length_and_can_be_read() -> None:
    seen = seen_by_application(b"12345", HTTP_TRANSFER_ENCODING="Chunked")
    assert (seen["CONTENT_LENGTH"], seen["wsgi.input"].read()) == ("5", b"12345")


def test_chunked_body_is_read_no_further_than_shows_that_it_is_too_large() -> None:
    assert seen_by_application(b"x" * 1000, HTTP_TRANSFER_ENCODING="chunked")["CONTENT_LENGTH"] == "11"


def test_body_with_a_length_is_left_alone() -> None:
    seen = seen_by_application(b"12345", CONTENT_LENGTH="3")
    assert (seen["CONTENT_LENGTH"], seen["wsgi.input"].tell()) == ("3", 0)
