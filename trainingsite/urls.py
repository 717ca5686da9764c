"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from . import health

urlpatterns = [
    path("", include("modules.urls")),
    path("", include("uploads.urls")),
    path("", include("trainingsite.accounts.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("admin/queues/", include("django_rq.urls")),
]
