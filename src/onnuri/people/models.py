"""Accounts."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class Account(AbstractBaseUser):
    """Somebody who signs in by e-mail. A participant needs none."""

    email = models.EmailField(unique=True)
    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.email
