from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from trainingsite import checks  # noqa: F401  registers the system checks


class AccountsConfig(AppConfig):
    name = "trainingsite.accounts"
    label = "accounts"
    verbose_name = _("accounts")
