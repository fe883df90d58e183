"""Phrases that a neighbour would not use, and where they stand in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

DEFAULT_JARGON: tuple[str, ...] = (
    "a number of measures",
    "across the piece",
    "action plan",
    "actionable",
    "any inconvenience",
    "appropriate action",
    "at pace",
    "at this moment in time",
    "best practice",
    "circle back",
    "core values",
    "deep dive",
    "deliverable",
    "due process",
    "ecosystem",
    "engage with",
    "escalate",
    "fall short of the high standards",
    "fit for purpose",
    "framework",
    "going forward",
    "governance",
    "holistic",
    "impactful",
    "in due course",
    "in relation to",
    "in the near future",
    "incidents of this nature",
    "isolated incident",
    "key learning",
    "learnings",
    "lessons will be learned",
    "lessons will be learnt",
    "leverage",
    "multi-agency review",
    "multi-stakeholder",
    "ongoing dialogue",
    "operational issue",
    "paradigm",
    "passionate about",
    "pivot",
    "proactive",
    "procedures are in place",
    "reach out",
    "rest assured",
    "robust procedure",
    "robust process",
    "safeguarding framework",
    "service user",
    "stakeholder",
    "strategic priority",
    "synergy",
    "take this opportunity",
    "touch base",
    "transparency agenda",
    "unforeseen circumstances",
    "utilise",
    "very seriously",
    "we remain committed to",
    "with immediate effect",
    "with regard to",
    "zero-tolerance approach",
)


@dataclass(frozen=True)
class Span:
    """Where a phrase stands: start and end in code points, and the phrase of the list."""

    start: int
    end: int
    phrase: str


def flags(text: str, phrases: tuple[str, ...]) -> tuple[Span, ...]:
    """Find the phrases, whole words in any case, the longest first, none inside another.

    A plural is found by its singular, a hyphen by a space, a curly apostrophe by a straight one.
    """
    pattern, listed = _pattern(phrases)
    if pattern is None:
        return ()
    return tuple(
        Span(found.start(), found.end(), listed[int((found.lastgroup or "p0")[1:])])
        for found in pattern.finditer(text)
    )


@lru_cache(maxsize=32)
def _pattern(phrases: tuple[str, ...]) -> tuple[re.Pattern[str] | None, tuple[str, ...]]:
    listed = tuple(sorted(filter(_parts, set(phrases)), key=lambda one: (-len(one), one)))
    if not listed:
        return None, ()
    groups = "|".join(f"(?P<p{number}>{_words(each)})" for number, each in enumerate(listed))
    return re.compile(rf"(?<!\w)(?:{groups})(?!\w)", re.IGNORECASE), listed


def _parts(phrase: str) -> list[str]:
    return [part for part in re.split(r"[\s-]+", phrase) if part]


def _words(phrase: str) -> str:
    words = r"[\s-]+".join(re.escape(part) for part in _parts(phrase))
    words = re.sub("['’]", "['’]", words)
    return f"{words}(?:e?s)?" if words[-1].isalpha() else words
