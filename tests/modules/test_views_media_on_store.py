"""Media in an object store: browsers are sent to it, by the name that they know it by."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.servers import Site

STORE = {"S3_BUCKET": "trainings", "S3_ACCESS_KEY": "test", "S3_SECRET_KEY": "test"}
SERVED = """
import json
from django.core.files.base import ContentFile
from django.test import Client
from modules.models import Module
from trainingsite.accounts.models import User

module = Module(owner=User.objects.get(username="ann"), title="Change the filter", container="mp4")
module.video.save("video.mp4", ContentFile(b"the video"), save=False)
module.save()
client = Client(headers={"host": "localhost"})
client.force_login(module.owner)
addresses = [client.get(f"/modules/{module.pk}/video{query}")["Location"] for query in ("", "?original=1")]
print(json.dumps(addresses))
"""


@pytest.fixture
def addresses(new_site: Callable[..., Site], object_store: str) -> Callable[..., list[str]]:
    def served(**env: str) -> list[str]:
        site = new_site(S3_ENDPOINT_URL=object_store, **STORE, **env)
        return json.loads(site.manage("shell", "-v", "0", "-c", SERVED))

    return served


def test_browsers_are_sent_to_the_name_that_they_know_the_store_by(addresses: Callable[..., list[str]]):
    shown, kept = addresses(S3_PUBLIC_URL="https://files.example.com")
    for address in (shown, kept):
        assert address.startswith("https://files.example.com/trainings/modules/")
        signed = parse_qs(urlsplit(address).query)
        assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        # The name is part of what is signed, and so is a region, though none was set.
        assert signed["X-Amz-SignedHeaders"] == ["host"]
        assert "/us-east-1/s3/" in signed["X-Amz-Credential"][0]


def test_without_such_a_name_it_is_the_store_s_own_and_a_download_is_called_one(
    addresses: Callable[..., list[str]], object_store: str
):
    shown, kept = addresses()
    assert shown.startswith(f"{object_store}/trainings/")
    with urllib.request.urlopen(shown) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"the video", "video/mp4")
        assert "response-content-disposition" not in shown
    with urllib.request.urlopen(kept) as answer:
        assert answer.read() == b"the video"
    # The stand-in for the store does not heed these; S3 and MinIO do (GetObject, response-content-*).
    asked = parse_qs(urlsplit(kept).query)
    assert asked["response-content-disposition"] == ['attachment; filename="change-the-filter.mp4"']
    assert asked["response-content-type"] == ["video/mp4"]
