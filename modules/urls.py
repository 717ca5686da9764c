"""Addresses of the library, the processing and training pages, media and the status JSON."""

from django.urls import path

from .views import api, editing, library, media, processing, training

urlpatterns = [
    path("", library.library, name="library"),
    path("library/live/", library.library_live, name="library_live"),
    path("modules/<uuid:pk>/", training.training, name="training"),
    path("modules/<uuid:pk>/edit/", editing.edit, name="edit"),
    path("modules/<uuid:pk>/share/", training.share, name="share"),
    path("modules/<uuid:pk>/processing/", processing.processing, name="processing"),
    path("modules/<uuid:pk>/status/", processing.status_fragment, name="status_fragment"),
    path("modules/<uuid:pk>/retry/", processing.retry, name="retry"),
    path("modules/<uuid:pk>/cancel/", processing.cancel, name="cancel"),
    path("modules/<uuid:pk>/delete/", processing.delete, name="delete"),
    path("modules/<uuid:pk>/video", media.video, name="video"),
    path("modules/<uuid:pk>/poster.jpg", media.poster, name="poster"),
    path("modules/<uuid:pk>/stills/<uuid:step>.jpg", media.still, name="still"),
    path("modules/<uuid:pk>/live/<int:run>.jpg", media.live_still, name="live_still"),
    path("modules/<uuid:pk>/captions.vtt", media.captions_vtt, name="captions"),
    path("modules/<uuid:pk>/chapters.vtt", media.chapters_vtt, name="chapters"),
    path("modules/<uuid:pk>/transcript.txt", media.transcript_txt, name="transcript"),
    # A text that is no id gets a JSON answer too.
    path("api/upload/status/<str:pk>/", api.status_json),
    path("api/upload/status/<str:pk>", api.status_json, name="status_json"),
]
