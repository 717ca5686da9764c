"""People and their tokens in the admin. A token's secret is never there: only its hash is kept."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from .models import ApiToken, User
from .personal_data import deleting


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Django's; with a person, the files of their modules are deleted too (see `personal_data`)."""

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        with deleting([obj.pk]):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        with deleting([user.pk for user in queryset]):
            super().delete_queryset(request, queryset)


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    list_display = ("name", "user", "hint", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__username")
    readonly_fields = ("user", "name", "hint", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the secret could not be shown: people make tokens on their account page
