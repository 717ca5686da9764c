from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("modules", "0002_quiz_and_ledger")]

    operations = [
        migrations.RenameField(model, "run", "lease_token") for model in ("Module", "Rendition", "StageRun", "AICall")
    ]
