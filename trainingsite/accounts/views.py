"""Signing in and out, the account page, and what a failed CSRF check is told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trainingsite.http import SignedInRequest, error_json, wants_json

from .forms import ProfileForm, TokenForm
from .models import ApiToken

sign_in = LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def account(request: SignedInRequest) -> HttpResponse:
    """Name and e-mail (POST changes them), password, and API tokens."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your account has been saved."))
        return redirect("accounts:account")
    return _page(request, profile_form=form)


@require_POST
@login_required
@never_cache
def change_password(request: SignedInRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, password_form=form, status=400)
    form.save()
    # Without this, the new password would end this session too.
    update_session_auth_hash(request, form.user)
    messages.success(request, _("Your password has been changed."))
    return redirect("accounts:account")


@require_POST
@login_required
@never_cache
def create_token(request: SignedInRequest) -> HttpResponse:
    """Issue a token. Its secret is on this one answer, and nowhere else."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form, status=400)
    secret = ApiToken.objects.issue(request.user, form.cleaned_data["name"])[1]
    return _page(request, new_token=secret, status=201)


@require_POST
@login_required
def revoke_token(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(ApiToken, pk=pk, user=request.user).delete()
    messages.success(request, _("The token has been revoked. Programs that used it can no longer sign in."))
    return redirect("accounts:account")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if wants_json(request):
        return error_json("csrf", _("This page was open for too long. Please reload it and try again."), 403)
    return render(request, "403_csrf.html", status=403)


def _page(request: SignedInRequest, status: int = 200, **context: Any) -> HttpResponse:
    """The account page, with whichever form has something to say in place of an empty one."""
    context = {
        "profile_form": ProfileForm(instance=request.user),
        "password_form": PasswordChangeForm(request.user),
        "token_form": TokenForm(),
        "tokens": ApiToken.objects.filter(user=request.user),
        "new_token": "",
    } | context
    return render(request, "accounts/account.html", context, status=status)
