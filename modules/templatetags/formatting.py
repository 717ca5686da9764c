"""Times, sizes and words for the pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from django import template
from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from modules import messages
from modules.models import stages
from modules.pipeline.clock import clock as player_clock

register = template.Library()

POINTING_ICONS = frozenset({"left", "right", "signout"})
"""Icons that point where the words go, and so the other way where these go from right to left."""


@register.filter
def clock(seconds: float | None) -> str:
    """Seconds as on a player: 0:07, 12:40, 1:02:03; '' for None."""
    if seconds is None:
        return ""
    return player_clock(seconds)


@register.filter
def iso_duration(seconds: float | None) -> str:
    """Seconds for <time datetime>: PT125S."""
    return f"PT{int(seconds or 0)}S"


def minutes_or_hours(seconds: float) -> tuple[int, int]:
    """Seconds as one would say them: (3, 0) is about 3 minutes, (0, 2) about 2 hours, (0, 0) less than a minute."""
    if seconds < 50:
        return 0, 0
    minutes = max(1, round(seconds / 60))
    return (minutes, 0) if minutes < 90 else (0, round(seconds / 3600))


@register.filter
def time_left(seconds: float) -> str:
    """How long it still takes: 'Less than a minute left', 'About 3 minutes left'."""
    minutes, hours = minutes_or_hours(seconds)
    if hours:
        return ngettext("About {n} hour left", "About {n} hours left", hours).format(n=hours)
    if minutes:
        return ngettext("About {n} minute left", "About {n} minutes left", minutes).format(n=minutes)
    return _("Less than a minute left")


@register.filter
def next_attempt(seconds: float) -> str:
    """When it is tried again: 'Next attempt in about 3 minutes'."""
    minutes, hours = minutes_or_hours(seconds)
    if hours:
        return ngettext("Next attempt in about {n} hour", "Next attempt in about {n} hours", hours).format(n=hours)
    if minutes:
        text = ngettext("Next attempt in about {n} minute", "Next attempt in about {n} minutes", minutes)
        return text.format(n=minutes)
    return _("Next attempt in less than a minute")


# The words of a card are filters, because a library has dozens of cards and `blocktranslate` costs twice as much.
@register.filter
def steps(count: int) -> str:
    """How many steps: '1 step', '8 steps'."""
    return ngettext("{n} step", "{n} steps", count).format(n=count)


@register.filter
def progress_of(title: str) -> str:
    """The name of a progress bar, for screen readers."""
    return _("Progress of {title}").format(title=title)


@register.filter
def percent(value: int) -> str:
    """A whole number of per cent: '41%'."""
    return _("{n}%").format(n=value)


def tenths(seconds: float) -> str:
    """Seconds of work, to a tenth: '4.2 s'."""
    return _("{n} s").format(n=number_format(seconds, 1))


def dollars(cost: float) -> str:
    """The cost of calls to an AI service, in US dollars: '$0.0132'."""
    return _("${n}").format(n=number_format(cost, 4))


@register.filter
def megabytes(size: int) -> str:
    """A limit in whole megabytes: '512 MB', '2 GB'."""
    return _("{n} GB").format(n=round(size / 1024)) if size >= 1024 else _("{n} MB").format(n=size)


@register.filter
def age(moment: datetime | None) -> str:
    """How long ago, in its largest unit: 'just now', '5 minutes ago', '3 weeks ago'; '' for None."""
    if moment is None:
        return ""
    seconds = (timezone.now() - moment).total_seconds()
    units = [
        (365 * 86400, lambda n: ngettext("{n} year ago", "{n} years ago", n)),
        (30 * 86400, lambda n: ngettext("{n} month ago", "{n} months ago", n)),
        (7 * 86400, lambda n: ngettext("{n} week ago", "{n} weeks ago", n)),
        (86400, lambda n: ngettext("{n} day ago", "{n} days ago", n)),
        (3600, lambda n: ngettext("{n} hour ago", "{n} hours ago", n)),
        (60, lambda n: ngettext("{n} minute ago", "{n} minutes ago", n)),
    ]
    for size, text in units:
        if seconds >= size:
            count = int(seconds // size)
            return text(count).format(n=count)
    return _("just now")


@register.filter
def seconds_value(seconds: float | None) -> str:
    """Seconds for an attribute or an address, whatever the language: '12.5'."""
    return f"{seconds or 0:.3f}".rstrip("0").rstrip(".")


@register.filter
def message_for(code: Mapping[str, Any] | None) -> str:
    """The sentence of {"code": …, "params": …}; '' for None."""
    return messages.message_for(code["code"], code.get("params")) if code else ""


@register.filter
def stage_label(name: str) -> str:
    """The words for the name of a stage; '' for ''."""
    return stages.label_of(name)


@register.simple_tag
def poll_trigger() -> str:
    """When htmx asks again for what is being worked on; static/poll.js sends "resume" where a tab is shown again."""
    return f"every {settings.POLL_SECONDS}s, resume"


@register.simple_tag
def size_units() -> str:
    """JSON for static/upload.js: how a size is written in each unit."""
    units = {
        "bytes": _("{n} bytes"),
        "kilobytes": _("{n} KB"),
        "megabytes": _("{n} MB"),
        "gigabytes": _("{n} GB"),
    }
    return json.dumps(units, ensure_ascii=False)


@register.simple_tag
def time_left_forms() -> str:
    """JSON for static/upload.js: how the time left is said, as `time_left` says it on the processing page."""
    forms = {
        "moment": _("a few seconds left"),
        "seconds": plural_forms(lambda n: ngettext("{n} second left", "{n} seconds left", n)),
        "minute": _("about a minute left"),
        "minutes": plural_forms(lambda n: ngettext("about {n} minute left", "about {n} minutes left", n)),
        "hours": plural_forms(lambda n: ngettext("about {n} hour left", "about {n} hours left", n)),
    }
    return json.dumps(forms, ensure_ascii=False)


def plural_forms(text: Callable[[int], str]) -> dict[str, str]:
    """For a script that counts: the text for each plural category of the active language.

    Scripts choose by Intl.PluralRules, which names the categories as Unicode CLDR does ("one", "few", "other").
    """
    return {category: text(n) for category, n in _plural_categories(get_language() or "en").items()}


@lru_cache(maxsize=64)
def _plural_categories(language: str) -> dict[str, int]:
    """A number of each category that whole numbers have in this language."""
    try:
        category_of = Locale.parse(language, sep="-").plural_form
    except (UnknownLocaleError, ValueError):
        return {"other": 2}
    found: dict[str, int] = {}
    for n in range(200):
        found.setdefault(category_of(n), n)
    return found


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite. Screen readers skip it, because the words stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        " icon-pointing" if name in POINTING_ICONS else "",
        static("icons/sprite.svg"),
        name,
    )


@register.filter
def initials(user: Any) -> str:
    """One or two letters for an account: 'AB'."""
    names = [name for name in (user.first_name, user.last_name) if name] or [user.get_username()]
    return "".join(name[0] for name in names).upper()


@register.filter
def calm(field: BoundField) -> SafeString:
    """A form's field without autofocus: with several forms on a page, none should take the focus when it opens."""
    return field.as_widget(attrs={"autofocus": False})
