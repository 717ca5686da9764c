from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _

from trainingsite.accounts import personal_data

from .ai.checks import check_providers


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = _("training modules")

    def ready(self) -> None:
        personal_data.on_deletion("modules.storage.files.deleting_files_of_owners")
        register(check_providers)
