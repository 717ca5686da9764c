"""`manage.py create_demo_user`: the account that a newcomer signs in with, on their own machine."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from trainingsite.accounts.models import User


class Command(BaseCommand):
    help = "Make (or set right) the demo account from DEMO_USERNAME and DEMO_PASSWORD; only with DEBUG=true."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("A demo account is for your own machine: it is made only with DEBUG=true.")
        username, password = settings.DEMO_USERNAME, settings.DEMO_PASSWORD or kept_password()
        user, _ = User.objects.get_or_create(username=username)
        user.is_staff = user.is_superuser = user.is_active = True  # so that the admin can be seen too
        # Setting the same password again would sign its sessions out.
        if not user.check_password(password):
            user.set_password(password)
        user.save()
        shown = "(the one in DEMO_PASSWORD)" if settings.DEMO_PASSWORD else password
        self.stdout.write(f"Demo account: {username}   password: {shown}")


def kept_password() -> str:
    """The made-up password, kept in the data folder, so that the next run has the same."""
    path = Path(settings.DATA_DIR) / "demo.txt"
    try:
        # Only its owner may read it, from the first moment on.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(9))
    except FileExistsError:
        path.chmod(0o600)
    return path.read_text().strip()
