"""The words for every code: what is being done, notices and errors. One table, translatable, countable.

Sentences are what a friendly colleague would say, and end with a way on where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import lazy
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from modules.ai.registry import OPENAI
from modules.pipeline.captions import FORMATS
from modules.pipeline.containers import CONTAINERS, Container

MESSAGES = {
    # What is being done.
    "queued": _("Waiting for a free worker"),
    "checking": _("Checking the video"),
    "preparing": _("Fetching the video"),
    "starting_analysis": _("Starting AI analysis"),
    "listening": _("Listening ({done} of {total})"),
    "listening_start": _("Listening for speech"),
    "looking": _("Looking at the pictures"),
    "reading_captions": _("Reading the captions"),
    "extracting": _("AI analysis complete, extracting steps"),
    "enhancing": _("Steps extracted, improving the wording"),
    "finalizing": _("Finalizing module"),
    "ready": _("Ready"),
    "cancelled": _("Cancelled"),
    # Notices: the module is ready, but this could not be done.
    "no_audio": _(
        "This video has no sound, so the steps are based on its pictures. Add a captions file to get a transcript."
    ),
    "no_speech": _("Nobody speaks in this video, so the steps are based on its pictures."),
    "speech_unavailable": _(
        "Speech could not be turned into text here, so the steps are based on the pictures. "
        "Add a captions file, or ask your administrator to set up speech recognition."
    ),
    "captions_unreadable": _("The captions could not be read, so the speech was used instead."),
    "captions_encoding_assumed": _(
        "The captions file does not say how its letters are encoded, so it was read as {encoding}. "
        "If letters look wrong, please save it as UTF-8 and upload it again."
    ),
    "no_stills": _("No pictures could be taken from this video."),
    "damaged": ngettext_lazy(
        "Part of this file is damaged. The training covers the first {seconds} second, which could be read.",
        "Part of this file is damaged. The training covers the first {seconds} seconds, which could be read.",
        "seconds",
    ),
    "visual_steps": _("These steps only mark where the picture changes. Add a captions file to get steps with words."),
    # What an AI service could not do. Local means were used in its place.
    "ai_key_refused": _(
        "The AI service refused our key, so this was made without it. "
        "Please ask your administrator to check {key_setting}."
    ),
    "ai_not_allowed": _(
        "Our key may not use the AI model {model}, so this was made without it. "
        "Please ask your administrator to check the rights of {key_setting}."
    ),
    "ai_quota": _(
        "The credit at the AI service is used up, so this was made without it. "
        "Please ask your administrator to top up the account of {key_setting}."
    ),
    "ai_model_unknown": _(
        "The AI service has no model {model}, so this was made without it. "
        "Please ask your administrator to set {setting}."
    ),
    "ai_address_wrong": _(
        "There is no AI service at the address we have, so this was made without it. "
        "Please ask your administrator to check {address_setting}."
    ),
    "ai_request_refused": _(
        "The AI model {model} does not support what we ask of it, so this was made without it. "
        "Please ask your administrator to choose another one in {setting}."
    ),
    "ai_busy": _("The AI service is overloaded, so this was made without it. Process the video again later."),
    "ai_unreachable": _(
        "The AI service could not be reached, so this was made without it. Process the video again later."
    ),
    "ai_unusable": _("The AI service gave no answer that we could trust, so part of this was made without it."),
    "ai_budget": _(
        "The AI service would have cost more than {limit} dollars, so the rest was made without it. "
        "Your administrator can raise AI_MAX_COST_PER_MODULE."
    ),
    # Errors: the module could not be made.
    "not_a_video": _("This file is not a video we can read. Please choose an {formats} file."),
    "no_video": _("This file has no video in it. Please choose an {browser_formats}."),
    "damaged_video": _(
        "This video is damaged or was cut off, and could not be read. Please export it again and upload the new file."
    ),
    "empty_video": _("This video is empty: it has no pictures to watch. Please export it again."),
    "too_many_pixels": _(
        "According to the file, this video is {width} × {height} pixels. Please export it at 4K or less."
    ),
    "too_long": _("According to the file, this video is {hours} hours long. Please upload at most {limit} hours."),
    "file_missing": _("The video file is no longer in the storage. Please upload it again."),
    "file_changed": _("The video file in the storage is not the one that was uploaded. Please upload it again."),
    "worker_died": ngettext_lazy(
        "Processing stopped unexpectedly {attempts} time, most likely because of this file. "
        "Please export the video again, or try again later.",
        "Processing stopped unexpectedly {attempts} times, most likely because of this file. "
        "Please export the video again, or try again later.",
        "attempts",
    ),
    "worker_hung": _(
        "Processing came to a standstill {attempts} times, most likely because of this file. "
        "Please export the video again, or leave out the captions that are in it."
    ),
    "storage_down": _("The file storage could not be reached. Please try again in a few minutes."),
    "database_down": _("The database could not be reached. Please try again in a few minutes."),
    "too_heavy": _(
        "This video needs more memory than one video may use here. Please export it with a smaller picture "
        "(1080p, say) and upload it again, or ask your administrator to raise RUN_MEMORY_MB."
    ),
    "too_much_scratch": _(
        "While it is processed, this video needs more disk space than one video may use here. Please export it at a "
        "lower quality or in shorter parts, or ask your administrator to raise RUN_DISK_MB."
    ),
    "too_slow": _("Processing took far longer than it should, and was stopped. Please try again."),
    "internal": _("Something went wrong on our side. We have kept your video: please try again."),
    # Rejections: why an upload was not accepted.
    "not_found": _("There is no such training, or it was not shared with you."),
    "signed_out": _("Please sign in first."),
    "no_file": _("Please choose a video to upload."),
    "two_files": _("Please send one video at a time."),
    "unexpected_file": _("This form takes a video in the field “file” and captions in “captions”, and no other files."),
    "empty_file": _("This file is empty. Please choose another one, or export it again."),
    "too_big": _("This file is larger than {limit} MB. Please export it at a lower quality, or in shorter parts."),
    "no_length": _("Please send the video with a Content-Length header, so that we know how much to expect."),
    "bad_form": _("This upload could not be read. Please send it as a form (multipart/form-data) with a field “file”."),
    "form_too_big": _("This is more than {limit} MB, which is too much for this form. Please send less."),
    "form_broken_off": _("What you sent did not arrive completely. Please go back and try again."),
    "bad_title": ngettext_lazy(
        "This title is too long. Please use at most {limit} character.",
        "This title is too long. Please use at most {limit} characters.",
        "limit",
    ),
    "bad_captions": _(
        "These captions could not be read. Please choose a {captions_formats} file. Subtitle Edit converts others."
    ),
    "broken_off": _("The upload stopped before the whole file had arrived. Please try again."),
    "disk_full": _("There is not enough room for this file on the server. Please tell your administrator."),
    "too_many": ngettext_lazy(
        "You already have {limit} video in progress. Please wait until it is ready.",
        "You already have {limit} videos in progress. Please wait until one of them is ready.",
        "limit",
    ),
    "not_allowed": _("Please send the video by POST."),
}
# Rows of older versions do not say which setting is meant, because there was one provider that had any.
OLDER_PARAMS = {"key_setting": OPENAI.key_setting, "address_setting": OPENAI.address_setting}


def message_for(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code. Raises KeyError for a code that has no words, or for a parameter that is missing.

    Sentences may name {formats}, all that come in, {browser_formats}, those of them that browsers play, and
    {captions_formats}.
    """
    containers = CONTAINERS.values()
    playable = [container for container in containers if container.plays_in_browsers]
    # Lazy, because few sentences name them, and a poll says several sentences.
    known = {
        "formats": _lazy_format_names(containers),
        "browser_formats": _lazy_format_names(playable),
        "captions_formats": _lazy_captions_format_names(),
    }
    # By `format` and not by `str`, because a sentence with a plural looks at its number first.
    return MESSAGES[code].format(**known | OLDER_PARAMS | dict(params or {}))


def format_names(containers: Iterable[Container]) -> str:
    """What people call files of these containers, as a sentence lists them: "MP4, MOV or WebM"."""
    return get_text_list([label for container in containers for label in container.labels])


def captions_format_names() -> str:
    """The endings of captions files, as a sentence lists them: ".vtt, .ass or .srt"."""
    return get_text_list([f".{one.endings[0]}" for one in FORMATS])


_lazy_format_names = lazy(format_names, str)
_lazy_captions_format_names = lazy(captions_format_names, str)
