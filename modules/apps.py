from django.apps import AppConfig
from django.core.checks import register

from .ai.checks import check_providers


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = "training modules"

    def ready(self) -> None:
        register(check_providers)
