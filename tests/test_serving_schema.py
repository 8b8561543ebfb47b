"""The API against its own OpenAPI document: whatever that allows, and much that it does not, gets an answer that it
names, and never a 500.

The long form is `make test-long`: COURSE_API_EXAMPLES=300.
"""

import os

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from serving_tools import HELLO, Server

EXAMPLES = int(os.environ.get("COURSE_API_EXAMPLES", "8"))
KEY = "a-key-for-these-tests-only"
CHECKS = [not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
          checks.response_schema_conformance, checks.unsupported_method]
PHASES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    most = {"rate": 10**9, "waiting": 100, "body_seconds": 20.0}
    running = Server(tmp_path_factory.mktemp("served"), {"keys": (KEY,), "most": most}).start()
    yield running
    assert "Traceback" not in running.stop()


@pytest.fixture(scope="module")
def known(server, hopper_path):
    """What exists, so that a part of the requests reaches beyond a 404: ids, and an url of a picture."""
    key = {"Authorization": f"Basic {KEY}"}
    image = server.upload(hopper_path, headers=key)
    talk = requests.post(f"{server.url}/talks", json={"source_url": image["url"], "script": HELLO}, headers=key,
                         timeout=30).json()
    return {"image": image["id"], "talk": talk["id"], "url": image["url"], "photo": hopper_path.read_bytes()}


def test_every_operation_answers_as_its_document_says(server, known):
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    operations, codes = 0, {}
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in PHASES:
            _ask(server, known, operation, mode, codes)
        operations += 1
    assert operations >= 21
    assert codes.get(201) and codes.get(200) and codes.get(400) and codes.get(404), codes
    print(f"\n{operations} operations, {sum(codes.values())} requests: {dict(sorted(codes.items()))}")


def _ask(server, known: dict, operation, mode, codes: dict) -> None:
    """Some requests of one operation, each checked."""
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except Exception as problem:  # nothing about an operation without parameters can be wrong
        assert "negative" in str(problem).lower() or mode == schemathesis.GenerationMode.NEGATIVE, problem
        return

    @hypothesis.settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(strategy, hypothesis.strategies.booleans())
    def ask(case, real):
        if real:
            _make_real(case, known)
        case.headers = {**(case.headers or {}), "Authorization": f"Basic {KEY}"}
        answer = case.call(base_url=server.url, timeout=60)
        codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=CHECKS)

    try:
        ask()
    except hypothesis.errors.Unsatisfiable:
        assert mode == schemathesis.GenerationMode.NEGATIVE


def _make_real(case, known: dict) -> None:
    """Ids, urls and files that exist, in place of made-up ones."""
    if case.method == "POST" and case.path == "/talks" and isinstance(case.body, dict):
        case.body |= {"source_url": known["url"], "script": HELLO}
        for name in ("webhook", "driver_url", "face"):
            case.body.pop(name, None)
    if case.method == "POST" and case.path == "/images":
        case.body = {"image": known["photo"]}
    if case.path_parameters and "identifier" in case.path_parameters and case.method == "GET":
        case.path_parameters["identifier"] = known["image" if "images" in case.path else "talk"]
