"""The product's settings with the made-up languages, for a site that is served to a browser."""

from trainingsite.settings import *  # noqa: F403

from . import pseudo

LANGUAGES = pseudo.LANGUAGES
pseudo.install()
