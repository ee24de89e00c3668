import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/", "/ideas/nothing/", "/accounts/login/", "/api/v1/boards/"])
def test_foreign_host_is_a_bad_request_everywhere(db: None, path: str) -> None:
    """The refusal comes before sessions and people are known, so its page must do without them."""
    answer = Client(raise_request_exception=False, headers={"Host": "evil.example"}).get(path)
    assert answer.status_code == 400
