"""The words of the screens and their translations: found in the sources, kept in step.

python -m tests.words        # brings every catalogue up to date, and compiles it
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
APPS = ("crisis", "playbooks", "escalation")
LANGUAGES = ("fr",)
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


class Words(NamedTuple):
    """What is said: one text or a pair of singular and plural, and what it is about."""

    text: str | tuple[str, str]
    about: str | None

    @property
    def key(self) -> str:
        return self.text if isinstance(self.text, str) else self.text[0]


def catalogue_path(app: str, language: str) -> Path:
    return ROOT / app / "locale" / language / "LC_MESSAGES" / "django.po"


def words_of(app: str) -> list[Words]:
    """Give what is said in an app's Python and templates, in the order of the files."""
    found: dict[Words, None] = {}
    for path in sorted((ROOT / app).rglob("*")):
        for words in _words_in(path):
            found[words] = None
    return list(found)


def _words_in(path: Path) -> Iterator[Words]:
    # Django turns a template into Python that says the same, for such a search.
    from django.utils.translation.template import templatize

    if path.suffix not in (".py", ".html") or "migrations" in path.parts:
        return
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # Within brackets, the indentation of the template means nothing.
        source = f"({templatize(source)})"
    for _line, text, _comments, about in extract(
        "python", io.BytesIO(source.encode()), keywords=KEYWORDS
    ):
        if text:
            yield Words(text if isinstance(text, str) else (text[0], text[1]), about)


def read(app: str, language: str) -> Catalog:
    with catalogue_path(app, language).open("rb") as file:
        return read_po(file, locale=language)


def up_to_date(app: str, language: str) -> Catalog:
    """Give a catalogue with what the app says now; what is new in it has no words yet."""
    kept = read(app, language)
    fresh = Catalog(
        locale=language,
        header_comment="# CodeRed in another language. `make words` keeps it in step.",
        project="CodeRed",
        version="1",
        last_translator="CodeRed",
        language_team="CodeRed",
        creation_date=kept.creation_date,
        revision_date=kept.creation_date,
        fuzzy=False,
    )
    for words in words_of(app):
        known = kept.get(words.key, words.about)
        fresh.add(words.text, known.string if known else None, context=words.about)
    return fresh


def compiled(catalogue: Catalog) -> bytes:
    """Give a catalogue as the program reads it."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def _is_said(string: str | tuple[str, ...] | None) -> bool:
    return bool(string) and all([string] if isinstance(string, str) else string)


def main() -> None:
    for app in APPS:
        for language in LANGUAGES:
            catalogue = up_to_date(app, language)
            path = catalogue_path(app, language)
            with path.open("wb") as file:
                write_po(file, catalogue, width=100, omit_header=False, sort_output=False)
            path.with_suffix(".mo").write_bytes(compiled(read(app, language)))
            missing = [each.id for each in catalogue if each.id and not _is_said(each.string)]
            told = f"{app} {language}: {len(catalogue)} sentences, {len(missing)} without words"
            sys.stdout.write("\n  ".join([told, *map(str, missing)]) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main()
