from django.apps import AppConfig

from trainingsite.accounts import personal_data


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = "training modules"

    def ready(self) -> None:
        personal_data.on_deletion("modules.storage.files.deleting_files_of_owners")
