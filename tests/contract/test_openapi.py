"""The OpenAPI document of each service is valid, whole, and served with a page that loads nothing from elsewhere."""

import hashlib
import re
import tomllib

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from contracts.access import MUNICIPAL, PUBLIC, ROUTES
from services.chassis.web.access import routes_of
from services.chassis.web.pages import STATIC
from tests.contract.documents import SERVICES, app_of, kept, operations, served

#: What is asked by machines that need no document, and the documents themselves.
LEFT_OUT = {"/metrics", "/openapi.json", "/docs", "/asyncapi.json", "/asyncapi"}
#: What a portal is built on: shown with an example of each.
EXEMPLARY = {
    "/v1/rollouts/{rollout}",
    "/v1/rollouts/{rollout}/municipalities/{code}",
    "/v1/rollouts/{rollout}/municipalities/{code}/facts",
    "/v1/rollouts/{rollout}/municipalities/{code}/explain",
    "/v1/rollouts/{rollout}/municipalities/{code}/diff",
}
PROBLEM = "application/problem+json"

EACH = [
    pytest.param(name, path, method, operation, id=f"{name} {method} {path}")
    for name in SERVICES
    for path, method, operation in operations(kept(name, "openapi"))
]
GUARDED = [each for each in EACH if ROUTES[each.values[2].upper(), each.values[1]] is not PUBLIC]
every_operation = pytest.mark.parametrize(("name", "path", "method", "operation"), EACH)
every_guarded_operation = pytest.mark.parametrize(("name", "path", "method", "operation"), GUARDED)
every_service = pytest.mark.parametrize("name", SERVICES)


def resolved(name, part):
    document = kept(name, "openapi")
    while "$ref" in part:
        for step in part["$ref"].removeprefix("#/").split("/"):
            document = document[step]
        part = document
    return part


@every_service
def test_the_document_is_valid(name):
    OpenAPIV31SpecValidator(kept(name, "openapi")).validate()


@every_service
async def test_what_is_kept_is_what_is_served(name):
    assert (await served(name, "/openapi.json")).json() == kept(name, "openapi")


@every_service
def test_every_route_is_told_of(name):
    told = {(method.upper(), path) for path, method, _ in operations(kept(name, "openapi"))}

    assert set(routes_of(app_of(name))) - told == {("GET", path) for path in LEFT_OUT}


@every_service
def test_operations_have_names_of_their_own(name):
    names = [operation["operationId"] for _, _, operation in operations(kept(name, "openapi"))]

    assert len(set(names)) == len(names)


@every_operation
def test_an_operation_says_in_a_line_what_it_does_and_who_may(name, path, method, operation):
    roles = sorted(ROUTES[method.upper(), path].roles)

    assert operation["summary"]
    assert operation["security"] == [{"bearer": [role]} for role in roles]
    assert all(f"`{role}`" in operation["description"] for role in roles)


@every_guarded_operation
def test_a_guarded_operation_tells_of_the_errors_that_each_has(name, path, method, operation):
    assert {"401", "403", "500", "503"} <= operation["responses"].keys()
    assert "{" not in path or "404" in operation["responses"]


@every_guarded_operation
def test_an_error_is_a_problem(name, path, method, operation):
    errors = {status: resolved(name, each) for status, each in operation["responses"].items() if status >= "400"}

    for status, error in errors.items():
        assert list(error["content"]) == [PROBLEM], status
        assert error["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}, status


@every_operation
def test_an_answer_says_its_shape(name, path, method, operation):
    told = [
        content for status, each in operation["responses"].items() if status < "300" for content in [each["content"]]
    ]

    assert told
    assert all(part.get("schema") for content in told for part in content.values())


@every_operation
def test_an_example_of_a_body_is_one_that_its_schema_takes(name, path, method, operation):
    if "requestBody" not in operation:
        assert method in {"get", "delete"} or "/{hook}/" in path  # whose path says it all
        return
    document = kept(name, "openapi")
    for content in operation["requestBody"]["content"].values():
        schema = resolved(name, content["schema"])
        examples = [
            *schema.get("examples", ()),
            *([content["example"]] if "example" in content else ()),
            *(each["value"] for each in content.get("examples", {}).values()),
        ]
        assert examples
        for example in examples:
            Draft202012Validator({"components": document["components"], **content["schema"]}).validate(example)


@every_operation
def test_an_example_of_an_answer_is_one_that_its_shape_allows(name, path, method, operation):
    content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    if "example" not in content:
        assert path not in EXEMPLARY
        return
    parts = {"components": kept(name, "openapi")["components"]}

    Draft202012Validator({**parts, **content["schema"]}).validate(content["example"])


@every_guarded_operation
def test_whoever_may_act_for_a_municipality_is_told_that_it_is_for_its_own(name, path, method, operation):
    municipal = bool(ROUTES[method.upper(), path].roles & MUNICIPAL)

    assert ("own municipality" in operation["description"]) is municipal


@every_service
@pytest.mark.parametrize("page", ["/docs", "/asyncapi"])
async def test_a_page_loads_only_what_its_own_service_serves(name, page):
    answer = await served(name, page)
    loaded = re.findall(r'<(?:script|link)[^>]+(?:src|href)="(?!data:)([^"]+)"', answer.text)

    assert loaded
    assert [(await served(name, f"/{address}")).status_code for address in loaded] == [200] * len(loaded)
    assert "<script>" not in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_was_taken_from_elsewhere_is_unchanged():
    said = tomllib.loads((STATIC / "vendored.toml").read_text(encoding="utf-8"))["sha256"]

    assert {file: hashlib.sha256((STATIC / file).read_bytes()).hexdigest() for file in said} == said
    assert {path.name for path in STATIC.iterdir()} == {*said, "vendored.toml", "docs.js", "docs.css", "asyncapi.css"}
