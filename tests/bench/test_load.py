"""What is sent, and what is read of what came back."""

from bench.load import Measured, Request, read_figures


def test_a_request_is_one_line() -> None:
    request = Request("/vote", "PUT", {"Authorization": "Bearer x", "Content-Type": "application/json"}, '{"value": 1}')
    assert request.line == 'PUT\t/vote\tAuthorization: Bearer x|Content-Type: application/json\t{"value": 1}\n'


def test_answers_that_are_not_2xx_and_lost_ones_count_as_failed() -> None:
    output = (
        "Running 2s test\n"
        '{"requests": 100, "seconds": 2.0, "not_2xx": 10, "lost": 2,'
        ' "p50": 5.0, "p95": 9.0, "p99": 12.0, "max": 20.0}\n'
    )
    assert read_figures(output, "") == Measured(
        rate=45.0, requests=100, failed=12, p50=5.0, p95=9.0, p99=12.0, most=20.0
    )
