"""The parts of every screen as template tags. Values arrive ready-made from the view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.rules.diff import Piece
from crisis.screens.parts import Countdown, Track
from crisis.screens.rows import Counter, Entry, PersonRow
from playbooks.rules.networks import NETWORKS

register = template.Library()

MARKED_NETWORKS = frozenset({"x", "facebook", "instagram", "bluesky", "mastodon"})
"""The networks whose own mark is in icons.svg; the others get a neutral one."""

CHECKS = {"bad": "circle-x", "warn": "triangle-alert", "good": "circle-check"}
DIFF_TAGS = {"added": "ins", "removed": "del"}


# ------------------------------------------------------------ small drawings


@register.simple_tag
def icon(name: str, cls: str = "", label: str = "") -> SafeString:
    """Draw a line icon of icons.svg. Without a label it is decoration."""
    return format_html(
        '<svg width="20" height="20" class="i{}"{}><use href="{}"/></svg>',
        f" {cls}" if cls else "",
        _aria(label),
        icon_href(name),
    )


@register.simple_tag
def icon_href(name: str) -> str:
    """Return where a line icon is, for a <use> inside another drawing."""
    return _sprite(f"i-{name}")


def _sprite(symbol: str) -> str:
    return f"{static('crisis/icons.svg')}#{symbol}"


def _aria(label: str) -> SafeString:
    if label:
        return format_html(' role="img" aria-label="{}"', label)
    return mark_safe(' aria-hidden="true"')  # noqa: S308 - a constant


@register.simple_tag
def brandicon(network: str) -> SafeString:
    """Draw a network's mark; it always stands beside the network's name."""
    if network not in MARKED_NETWORKS:
        return icon("message-square")
    return format_html(
        '<svg width="16" height="16" class="i--brand" aria-hidden="true"><use href="{}"/></svg>',
        _sprite(f"b-{network}"),
    )


@register.simple_tag
def net(network: str, chip: bool = True) -> SafeString:
    """Name a network, with its mark; a chip unless told otherwise."""
    return format_html(
        '<span class="net{}">{}<span class="net__word">{}</span></span>',
        " net--chip" if chip else "",
        brandicon(network),
        NETWORKS[network].name if network in NETWORKS else network,
    )


@register.inclusion_tag("crisis/parts/mark.html")
def mark() -> dict[str, Any]:
    return {}


@register.inclusion_tag("crisis/parts/wedge.html")
def wedge() -> dict[str, Any]:
    return {}


@register.simple_tag
def avatar(initials: str, on: bool = False) -> SafeString:
    return format_html(
        '<span class="avatar{}" aria-hidden="true">{}</span>', " avatar--on" if on else "", initials
    )


@register.simple_tag
def badge(kind: str, symbol: str, text: str) -> SafeString:
    """Show a state: icon and word, in green, amber, red, accent or plain."""
    return format_html('<span class="badge badge--{}">{}{}</span>', kind, icon(symbol), text)


@register.inclusion_tag("crisis/parts/codered.html")
def codered(number: object = "", drill: bool = False) -> dict[str, Any]:
    return {"number": number, "drill": drill}


# ------------------------------------------------------------ the clock


@register.inclusion_tag("crisis/parts/countdown.html")
def countdown(clock: Countdown, small: bool = False) -> dict[str, Any]:
    return {"clock": clock, "small": small}


@register.inclusion_tag("crisis/parts/track.html")
def track(line: Track, thin: bool = False) -> dict[str, Any]:
    return {"line": line, "thin": thin}


@register.inclusion_tag("crisis/parts/clockband.html")
def clockband(clock: Countdown, line: Track) -> dict[str, Any]:
    return {"clock": clock, "line": line}


# ------------------------------------------------------------ bars


@register.inclusion_tag("crisis/parts/topbar.html", takes_context=True)
def topbar(context: Context, active: str = "", raising: str = "solid") -> dict[str, Any]:
    """Draw the menu. `raising` is solid, quiet (another act is primary) or "" (none)."""
    return {
        "house": context.get("house"),
        "csrf_token": context.get("csrf_token"),
        "active": active,
        "raising": raising,
    }


@register.inclusion_tag("crisis/parts/linkbar.html", takes_context=True)
def linkbar(
    context: Context, number: object, name: str, initials: str, drill: bool = False
) -> dict[str, Any]:
    """Draw the bar of a page that a pager's link opens: no menu to get lost in."""
    return {
        "house": context.get("house"),
        "number": number,
        "name": name,
        "initials": initials,
        "drill": drill,
    }


@register.inclusion_tag("crisis/parts/drillbar.html")
def drillbar(text: str = "", short: str = "", end_url: str = "") -> dict[str, Any]:
    return {
        "text": text or _("People are really paged. Nothing gets posted."),
        "short": short or _("Nothing gets posted"),
        "end_url": end_url,
    }


# ------------------------------------------------------------ rows


@register.inclusion_tag("crisis/parts/person.html")
def person(row: PersonRow) -> dict[str, Any]:
    return {"row": row}


@register.inclusion_tag("crisis/parts/chk.html")
def chk(kind: str, title: str, text: str = "") -> dict[str, Any]:
    """Show one check of an answer: bad blocks, warn advises, good is known to be good."""
    return {"kind": kind, "symbol": CHECKS[kind], "title": title, "text": text}


@register.inclusion_tag("crisis/parts/entry.html")
def entry(item: Entry) -> dict[str, Any]:
    return {"item": item}


@register.simple_tag
def diff(pieces: Iterable[Piece]) -> SafeString:
    """Show what was added and removed, with nothing between the pieces but their own text."""
    return format_html_join("", "{}", ((_piece(piece),) for piece in pieces))


def _piece(piece: Piece) -> SafeString:
    text = mark_safe(conditional_escape(piece.text).replace("\n", "<br>"))  # noqa: S308 - escaped
    tag = DIFF_TAGS.get(piece.op)
    return format_html("<{tag}>{text}</{tag}>", tag=tag, text=text) if tag else text


# ------------------------------------------------------------ forms and notices


@register.simple_block_tag
def notice(content: str, kind: str, symbol: str, title: str = "", role: str = "") -> str:
    """Wrap what is between the tags in a banner: plain, good, warn or bad."""
    values = {"kind": kind, "symbol": symbol, "title": title, "role": role, "content": content}
    return render_to_string("crisis/parts/notice.html", values)


@register.inclusion_tag("crisis/parts/counter.html", name="counter")
def show_counter(count: Counter, html_id: str = "") -> dict[str, Any]:
    return {"count": count, "html_id": html_id}


@register.inclusion_tag("crisis/parts/field.html")
def field(
    bound: BoundField,
    label: str = "",
    optional: str = "",
    affix: str = "",
    counter: Counter | None = None,
    foot: str = "",
    two: bool = False,
    **attrs: str,
) -> dict[str, Any]:
    """Show label, hint, error, control and counter of a form field, wired together by id."""
    given: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attrs.items()}
    described_by = _described_by(bound, counter)
    if described_by and not bound.use_fieldset:
        given["aria-describedby"] = described_by
    return {
        "bound": bound,
        "kind": _kind(bound),
        "label": label or bound.label,
        "optional": _optional(bound, optional),
        "affix": affix,
        "counter": counter,
        "counter_id": f"{bound.auto_id}_count",
        "foot": foot,
        "two": two,
        "described_by": described_by,
        "control": bound.as_widget(attrs=given),
    }


def _kind(bound: BoundField) -> str:
    if bound.use_fieldset:
        return "choices"
    return "check" if getattr(bound.field.widget, "input_type", "") == "checkbox" else "input"


def _optional(bound: BoundField, given: str) -> str:
    if given or bound.field.required or _kind(bound) == "check":
        return given
    return _("optional")


def _described_by(bound: BoundField, counter: Counter | None) -> str:
    """Name hint, error and counter in the order in which they stand on the page."""
    ids = (
        ("helptext", bound.help_text),
        ("error", bound.errors),
        ("count", counter),
    )
    return " ".join(f"{bound.auto_id}_{name}" for name, shown in ids if shown)


@register.inclusion_tag("crisis/parts/error_summary.html")
def error_summary(form: BaseForm, title: str = "") -> dict[str, Any]:
    """Say what stops the form, with a link to each field. Nothing when nothing does."""
    faults = [("", text) for text in form.non_field_errors()]
    faults += [(_target(bound), text) for bound in form for text in bound.errors]
    count = ngettext("One thing stops this", "%(n)d things stop this", len(faults))
    return {"faults": faults, "title": title or count % {"n": len(faults)}}


def _target(bound: BoundField) -> str:
    if bound.use_fieldset and bound.subwidgets:
        return bound.subwidgets[0].id_for_label
    return bound.id_for_label
