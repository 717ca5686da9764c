"""What the real server refuses, refused here too."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np

from .truth import RATE, decode

LARGEST = 25 * 1024 * 1024
ENDINGS = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm")
NO_TIMES = {"file", "model", "response_format", "prompt", "keywords[]", "languages[]", "language", "temperature"}
"""Fields that a model without timestamps takes."""


@dataclass(eq=False)
class Refusal(Exception):
    """An answer with an error, in the real server's form."""

    status: int
    message: str
    code: str | None = None
    param: str | None = None
    type: str = "invalid_request_error"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        error = {"message": self.message, "type": self.type, "param": self.param, "code": self.code}
        return {"error": error}


def multipart(body: bytes, content_type: str) -> tuple[dict[str, list[str]], str, bytes]:
    """(fields, file name, file) of a multipart/form-data body. RFC 7578."""
    found = re.search(r'boundary="?([^";]+)', content_type)
    if not found:
        raise Refusal(400, "Could not parse multipart form")
    fields: dict[str, list[str]] = {}
    name, data = "", b""
    for part in body.split(b"--" + found[1].encode())[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        value = value.removesuffix(b"\r\n")
        key = re.search(rb'[; ]name="([^"]*)"', head)
        file = re.search(rb'filename="([^"]*)"', head)
        if file:
            name, data = file[1].decode(), value
        elif key:
            fields.setdefault(key[1].decode(), []).append(value.decode())
    return fields, name, data


def check_audio(fields: dict[str, list[str]], name: str, data: bytes, *, times: bool) -> np.ndarray:
    """The samples of a transcription request. times: the model gives timestamps."""
    if name.rpartition(".")[2].lower() not in ENDINGS:
        raise Refusal(400, f"Unrecognized file format. Supported formats: {list(ENDINGS)}")
    if len(data) > LARGEST:
        raise Refusal(413, "Maximum content size limit (26214400) exceeded")
    if not times:
        wanted = fields.get("response_format", ["json"])[0]
        if wanted not in ("json", "text"):
            raise Refusal(400, f"response_format '{wanted}' is not compatible with this model", param="response_format")
        for unknown in fields.keys() - NO_TIMES:
            raise Refusal(400, f"Unsupported parameter: {unknown}", "unsupported_parameter", unknown)
    for code in fields.get("languages[]", []) + fields.get("language", []):
        if not re.fullmatch(r"[a-z]{2,3}", code):
            raise Refusal(400, f"Invalid language '{code}'", param="language")
    try:
        samples = decode(io.BytesIO(data))
    except (av.FFmpegError, IndexError) as error:
        raise Refusal(400, "Audio file might be corrupted or unsupported", "invalid_value", "file") from error
    if len(samples) < RATE // 10:
        raise Refusal(400, "Audio file is too short. Minimum audio length is 0.1 seconds.", "audio_too_short", "file")
    return samples


def check_chat(request: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a chat request, which must be strict; its pictures must be pictures."""
    wanted = request.get("response_format") or {}
    schema = wanted.get("json_schema") or {}
    if wanted.get("type") != "json_schema" or schema.get("strict") is not True:
        raise Refusal(400, "Only strict json_schema is expected here", param="response_format")
    for place, fault in _loose(schema["schema"]):
        raise Refusal(400, f"Invalid schema for response_format '{schema['name']}': In context={place}, {fault}")
    for message in request.get("messages") or [{}]:
        if message.get("role") not in ("system", "user", "assistant", "developer"):
            raise Refusal(400, "Invalid role", param="messages")
        content = message.get("content")
        for part in content if isinstance(content, list) else []:
            if part["type"] == "image_url":
                _check_picture(part["image_url"]["url"])
    return schema


def _loose(schema: Any, place: tuple = ()) -> Iterator[tuple[tuple, str]]:
    """What in a schema strict mode does not allow."""
    if isinstance(schema, list):
        for number, one in enumerate(schema):
            yield from _loose(one, (*place, number))
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield place, "'additionalProperties' is required to be supplied and to be false."
        if set(schema.get("required", ())) != set(schema.get("properties", {})):
            yield place, "'required' is required to be supplied and to be an array including every key in properties."
    for key, one in schema.items():
        yield from _loose(one, (*place, key))


def _check_picture(url: str) -> None:
    found = re.fullmatch(r"data:image/(jpeg|png|webp);base64,(.+)", url)
    try:
        with av.open(io.BytesIO(base64.b64decode(found[2] if found else "", validate=True))) as file:
            next(file.decode(video=0))
    except (binascii.Error, av.FFmpegError, StopIteration, IndexError) as error:
        raise Refusal(400, "You uploaded an unsupported image.", "invalid_image_format") from error
