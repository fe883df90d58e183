"""YAML as people write playbooks in it: every scalar is text, and nothing refers or repeats.

Ordinary YAML reads 5:00 as 300, no as false and +447700900123 as a number, lets the second of two
like keys win, and unfolds a few lines of aliases into gigabytes. None of that happens here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from yaml.reader import Reader

MOST_BYTES = 256 * 1024
MOST_LEVELS = 10
MOST_NODES = 10_000
MOST_FAULTS = 50
"""Faults in one answer: enough to mend a file by, too few to flood whoever reads it."""
MOST_OF_A_KEY = 40
"""Characters of a key that a fault repeats."""

Path = tuple[str | int, ...]
Plain = str | list[Any] | dict[str, Any]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, order=True)
class FileFault:
    """One thing that is wrong in a file: where, counted from 1, and what was expected there."""

    line: int
    column: int
    path: str
    expected: str

    def __str__(self) -> str:
        where = f" {self.path}:" if self.path else ""
        return f"line {self.line}, column {self.column}:{where} expected {self.expected}"


class BadFile(Exception):
    """The file is refused. `faults` is everything that is wrong with it, in order."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(sorted(set(faults))[:MOST_FAULTS])
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Mark:
    """A place in the file, counted from 1."""

    line: int
    column: int


START = Mark(1, 1)


@dataclass
class Source:
    """A file as text, lists and mappings, with the place of every key, entry and text in it.

    `refused` are the paths of which nothing could be read; their fault has been noted.
    """

    content: Plain = ""
    keys: dict[Path, Mark] = field(default_factory=dict)
    texts: dict[Path, Mark] = field(default_factory=dict)
    refused: set[Path] = field(default_factory=set)
    faults: list[FileFault] = field(default_factory=list)

    def fault(self, path: Path, expected: str, *, is_about_key: bool = False) -> FileFault:
        """Make a fault at a path, or at the nearest place above it that is in the file."""
        mark = None if is_about_key else self.texts.get(path)
        mark = mark or self._key(path)
        return FileFault(mark.line, mark.column, spoken(path), expected)

    def _key(self, path: Path) -> Mark:
        above = (path[:end] for end in range(len(path), 0, -1))
        return next((self.keys[each] for each in above if each in self.keys), START)


def spoken(path: Path) -> str:
    """Write a path with dots, entries of lists counted from 1: steps.4.at."""
    parts = (str(part + 1) if isinstance(part, int) else _short(part) for part in path)
    return ".".join(parts)


def _short(key: str) -> str:
    return key if len(key) <= MOST_OF_A_KEY else f"{key[:MOST_OF_A_KEY]}…"


def read_source(raw: bytes | str) -> Source:
    """Read the form of a file. Raises BadFile where that is broken beyond reading on."""
    text = _decoded(raw)
    builder = _Builder()
    try:
        builder.build(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        mark = _mark(error.problem_mark or error.context_mark)
        fault = FileFault(mark.line, mark.column, "", f"YAML, but {error.problem}")
        raise BadFile([*builder.source.faults, fault]) from None
    return builder.source


def _decoded(raw: bytes | str) -> str:
    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    if len(data) > MOST_BYTES:
        raise BadFile([FileFault(1, 1, "", f"at most {MOST_BYTES // 1024} KB")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile([_end_of(data[: error.start].decode(), "text in UTF-8")]) from None
    odd = Reader.NON_PRINTABLE.search(text)
    if odd:
        raise BadFile([_end_of(text[: odd.start()], "text without control characters")])
    return text


def _end_of(before: str, expected: str) -> FileFault:
    line = before.count("\n") + 1
    return FileFault(line, len(before) - before.rfind("\n"), "", expected)


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1) if mark else START


@dataclass
class _Level:
    """A list or mapping that is being read. `is_kept` is false for the second of two like keys."""

    path: Path
    content: list[Any] | dict[str, Any]
    key: str | None = None
    is_kept: bool = True


class _Builder:
    """Builds what a stream of YAML events says, without recursion: depth cannot hurt it."""

    def __init__(self) -> None:
        self.source = Source()
        self._levels: list[_Level] = []
        self._nodes = 0

    def build(self, events: Iterable[Any]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._give_up(event, "one document in a file")
            elif isinstance(event, yaml.CollectionEndEvent):
                self._levels.pop()
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)

    def _node(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._give_up(event, f"at most {MOST_NODES} entries")
        level = self._levels[-1] if self._levels else None
        if level and isinstance(level.content, dict) and level.key is None:
            self._key(level, level.content, event)
        else:
            self._value(level, event)

    def _key(self, level: _Level, content: dict[str, Any], event: Any) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self._give_up(event, "a word as the key")
        self._refuse_extras(event, (*level.path, event.value))
        level.key = event.value
        level.is_kept = event.value not in content
        path = (*level.path, event.value)
        self.source.keys.setdefault(path, _mark(event.start_mark))
        if not level.is_kept:
            self._fault(event, path, "this key once")

    def _value(self, level: _Level | None, event: Any) -> None:
        path = self._path(level, event)
        self._refuse_extras(event, path)
        value: Plain | None = None
        if isinstance(event, yaml.ScalarEvent):
            value = event.value
            self.source.texts.setdefault(path, _mark(event.start_mark))
        elif isinstance(event, yaml.AliasEvent):
            self.source.refused.add(path)
            self._fault(event, path, "the words themselves, not an alias of them")
        else:
            value = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self._put(level, value)
        if isinstance(value, (list, dict)):
            self._enter(event, path, value)

    def _path(self, level: _Level | None, event: Any) -> Path:
        if level is None:
            return ()
        if isinstance(level.content, dict):
            return (*level.path, level.key or "")
        path = (*level.path, len(level.content))
        self.source.keys.setdefault(path, _mark(event.start_mark))
        return path

    def _put(self, level: _Level | None, value: Plain | None) -> None:
        if level is None:
            self.source.content = "" if value is None else value
        elif isinstance(level.content, list):
            level.content.append(value)
        elif level.key is not None:
            if level.is_kept:
                level.content[level.key] = value
            level.key = None

    def _enter(self, event: Any, path: Path, value: list[Any] | dict[str, Any]) -> None:
        if len(self._levels) >= MOST_LEVELS:
            self._give_up(event, f"at most {MOST_LEVELS} levels")
        self._levels.append(_Level(path, value))

    def _refuse_extras(self, event: Any, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent):
            return
        if event.anchor:
            self._fault(event, path, "no anchor (&)")
        if event.tag:
            self._fault(event, path, "no tag (!)")

    def _fault(self, event: Any, path: Path, expected: str) -> None:
        mark = _mark(event.start_mark)
        self.source.faults.append(FileFault(mark.line, mark.column, spoken(path), expected))

    def _give_up(self, event: Any, expected: str) -> NoReturn:
        self._fault(event, self._levels[-1].path if self._levels else (), expected)
        raise BadFile(self.source.faults)
