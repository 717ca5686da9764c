"""Addresses of the library, the processing and training pages, media and the status JSON."""

from django.urls import path

from .views import api, editing, library, processing_page, serve_files, text_files, training

app_name = "modules"
urlpatterns = [
    path("", library.library, name="library"),
    path("library/live/", library.library_live, name="library_live"),
    path("modules/<uuid:pk>/", training.training, name="training"),
    path("modules/<uuid:pk>/edit/", editing.edit, name="edit"),
    path("modules/<uuid:pk>/share/", training.share, name="share"),
    path("modules/<uuid:pk>/processing/", processing_page.processing, name="processing"),
    path("modules/<uuid:pk>/status/", processing_page.status_fragment, name="status_fragment"),
    path("modules/<uuid:pk>/retry/", processing_page.retry, name="retry"),
    path("modules/<uuid:pk>/cancel/", processing_page.cancel, name="cancel"),
    path("modules/<uuid:pk>/delete/", processing_page.delete, name="delete"),
    path("modules/<uuid:pk>/video", serve_files.video, name="video"),
    path("modules/<uuid:pk>/poster.jpg", serve_files.poster, name="poster"),
    path("modules/<uuid:pk>/stills/<uuid:step>.jpg", serve_files.still, name="still"),
    path("modules/<uuid:pk>/live/<int:run>.jpg", serve_files.live_still, name="live_still"),
    *text_files.urlpatterns,
    # These take any text, so that a program with a wrong id gets JSON too, and not the page for a 404.
    path("api/upload/status/<str:pk>/", api.status_json),
    path("api/upload/status/<str:pk>", api.status_json, name="status_json"),
]
