from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "trainingsite.accounts"
    label = "accounts"
