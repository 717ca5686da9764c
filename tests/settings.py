"""The product's settings, with the few that tests need; processes that tests start use the product's own."""

import os
import tempfile
from pathlib import Path

os.environ.update(DEBUG="true", DATA_DIR=os.environ.get("TEST_DATA_DIR") or tempfile.mkdtemp(prefix="trainingsite-"))

from trainingsite.settings import *  # noqa: F403

DATA_DIR = Path(os.environ["DATA_DIR"])
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
QUEUE = "local"  # tests of the queue start a Redis of their own
