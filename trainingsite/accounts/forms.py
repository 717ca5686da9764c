"""The forms of the account page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import ApiToken, User


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("first_name", "last_name", "email")


class TokenForm(forms.ModelForm):
    """What the token is for, so that its owner knows later which one to revoke."""

    class Meta:
        model = ApiToken
        fields = ("name",)
        labels = {"name": _("What is it for?")}
