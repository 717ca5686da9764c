"""The plain alternative: a Django view that only saves the file, with Django's own defaults."""

import os

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

settings.configure(
    DEBUG=False,
    SECRET_KEY="bare",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MEDIA_ROOT=os.environ["BARE_MEDIA"],
    FILE_UPLOAD_TEMP_DIR=os.environ["BARE_MEDIA"],
)


def upload(request: HttpRequest) -> JsonResponse:
    name = default_storage.save("video.mp4", request.FILES["file"])
    return JsonResponse({"name": name}, status=201)


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


urlpatterns = [path("api/upload", upload), path("healthz", healthz)]
application = get_wsgi_application()
