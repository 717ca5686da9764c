"""Times, sizes and words for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules import messages
from modules.models import stages
from modules.pipeline.clock import clock as player_clock

register = template.Library()


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


@register.filter
def about(seconds: float | None) -> str:
    """Seconds as one would say them: 'less than a minute', 'about 3 minutes'; '' for None."""
    if seconds is None:
        return ""
    if seconds < 50:
        return _("less than a minute")
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return ngettext("about {n} minute", "about {n} minutes", minutes).format(n=minutes)
    hours = round(seconds / 3600)
    return ngettext("about {n} hour", "about {n} hours", hours).format(n=hours)


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
def icon(name: str) -> SafeString:
    """An icon of the sprite. Screen readers skip it, because the words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
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
