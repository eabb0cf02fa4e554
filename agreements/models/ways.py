"""How a side signs: chosen by each for itself, frozen with the text."""

from django.db import models


class Way(models.TextChoices):
    PAPER = "paper", "纸质签章"
    ELECTRONIC = "electronic", "电子签章"
