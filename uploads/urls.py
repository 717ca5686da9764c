"""The addresses of the ways in. Each works with and without a final slash: a POST cannot be redirected."""

from django.urls import path

from . import views

app_name = "uploads"
urlpatterns = [
    path("upload/", views.upload, name="upload"),
    path("upload", views.upload, name="upload"),
    path("upload/sample/", views.upload_sample, name="upload_sample"),
    path("api/upload/", views.api_upload, name="api_upload"),
    path("api/upload", views.api_upload, name="api_upload"),
]
