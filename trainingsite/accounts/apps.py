from django.apps import AppConfig

from trainingsite import checks  # noqa: F401  registers the system checks


class AccountsConfig(AppConfig):
    name = "trainingsite.accounts"
    label = "accounts"
