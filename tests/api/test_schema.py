"""The schema says what the API does: by its own rules, by random requests, and by the codes it names."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Person
from common.schema import known_codes
from ideas.models import Board, Idea
from ideation.wsgi import application
from tests.support.api import CONTACT, nobody, with_key
from tests.support.scene import make_idea

EXAMPLES = 10
NAMES_A_PERSON = {"post_idea": "author", "post_comment": "author", "cast_vote": "voter", "retract_vote": "voter"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(json.loads(nobody().get("schema/").content))


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in schema["paths"].values() for operation in path.values()]


def test_schema_is_valid_and_made_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_schema_is_openapi_3_1_for_everybody() -> None:
    answer = nobody().get("schema/")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/vnd.oai.openapi+json")
    assert answer.json()["openapi"] == "3.1.0"
    assert answer.json()["components"]["securitySchemes"].keys() == {"key", "session"}


def test_every_operation_says_what_it_is_and_what_can_go_wrong(schema: dict[str, Any]) -> None:
    for operation in operations(schema):
        name = operation["operationId"]
        assert operation["summary"], name
        assert {"400", "401", "429"} <= operation["responses"].keys(), name
        for status, response in operation["responses"].items():
            assert response["description"] or status < "400", (name, status)
            if status >= "400":
                assert response["content"].keys() == {"application/problem+json"}, (name, status)


def test_guide_explains_every_code_with_its_status() -> None:
    guide = (settings.BASE_DIR / "docs" / "api.md").read_text()
    explained = {code: int(status) for status, code in re.findall(r"^\| (\d+) \| `(\w+)` \| \S", guide, re.MULTILINE)}
    assert explained == known_codes()


@pytest.fixture
def kept_connection(db: None) -> Iterator[None]:
    """Keep the test's transaction open across requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.long
@pytest.mark.usefixtures("kept_connection")
def test_random_requests_are_answered_as_the_schema_says(board: Board, member: Person) -> None:
    """Requests by the schema, and others near it; half of them meet an idea and a board that exist."""
    idea = make_idea(board, author=member)
    headers = {**(with_key().credentials or {}), "Accept-Encoding": "identity"}
    statuses: set[int] = set()
    found = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    for result, mode in product(found.get_all_operations(), GenerationMode):
        operation = result.ok()
        if mode is GenerationMode.NEGATIVE and not [*operation.iter_parameters(), *operation.body]:
            continue  # there is nothing that could be wrong

        @bounded(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), meets=st.booleans())
        def answers_fit(case: Any, meets: bool) -> None:
            if meets:
                _meet(case, board, idea)
            statuses.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

        answers_fit()
    assert {200, 201, 400, 404} <= statuses, "the requests came no further than the gate"


def _meet(case: Any, board: Board, idea: Idea) -> None:
    """Have a request name what exists, wherever it names something of ours."""
    if case.path_parameters:
        named = {"public_id": idea.public_id, "slug": board.slug}
        case.path_parameters |= {name: value for name, value in named.items() if name in case.path_parameters}
    if isinstance(case.body, dict):
        exists = {"board": board.slug, "tags": ["comfort"]}
        case.body |= {name: value for name, value in exists.items() if name in case.body}
        if field := NAMES_A_PERSON.get(case.operation.definition.raw["operationId"]):
            case.body[field] = CONTACT
    if case.query and "board" in case.query:
        case.query["board"] = [board.slug]
