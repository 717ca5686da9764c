"""People: the user model, sign-in, the account page and API tokens. It knows no other app."""
