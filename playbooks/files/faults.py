"""Every fault of a file in one answer: where it is, and what was expected there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from playbooks.files.source import BadFile, FileFault, Path, Source
from playbooks.files.types import Strict

Model = TypeVar("Model", bound=Strict)

_EXPECTED = {
    "missing": "this key, which is missing",
    "string_type": "text",
    "string_too_short": "some text",
    "string_too_long": "at most {max_length} characters",
    "too_long": "at most {max_length} entries",
    "list_type": "a list, each entry behind a dash",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "expected": "{expected}",
}


def understand(model: type[Model], source: Source) -> Model:
    """Give what a file says. Raises BadFile with every fault of its form and of its words."""
    try:
        found = model.model_validate(source.content)
    except ValidationError as error:
        raise BadFile([*source.faults, *_faults(model, error, source)]) from None
    if source.faults:
        raise BadFile(source.faults)
    return found


def _faults(model: type[Strict], error: ValidationError, source: Source) -> Iterator[FileFault]:
    for each in error.errors(include_url=False, include_input=False):
        path: Path = tuple(part for part in each["loc"] if part != "[key]")
        if any(path[:end] in source.refused for end in range(len(path) + 1)):
            continue
        if each["type"] == "extra_forbidden":
            yield source.fault(path, f"one of the keys {_known(model, path)}", is_about_key=True)
        else:
            yield source.fault(path, _expected(each))


def _expected(error: ErrorDetails) -> str:
    words = _EXPECTED.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else error["msg"]


def _known(model: type[Strict], path: Path) -> str:
    """Name the keys that are known where an unknown one stands."""
    found: Any = model
    for part in path[:-1]:
        if isinstance(found, type) and issubclass(found, Strict):
            found = found.model_fields[str(part)].annotation
        else:
            found = get_args(found)[-1]
    return ", ".join(found.model_fields)
