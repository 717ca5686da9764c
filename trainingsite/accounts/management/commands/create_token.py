"""`manage.py create_token USER`: an API token from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trainingsite.accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Make an API token for a user, and print its secret (and nothing else, so that a script can keep it)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the user's name")
        parser.add_argument("--name", default="", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user “{options['user']}”. Make one with: manage.py createsuperuser")
        _, secret = ApiToken.objects.issue(user, options["name"][:100])
        self.stdout.write(secret)
