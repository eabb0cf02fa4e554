"""How somebody's handwriting came about that stands on the signature line."""

from django.db import models


class Handwritten(models.TextChoices):
    DRAWN = "drawn", "现场手写的签名"
    TYPED = "typed", "姓名字样"
    PICTURE = "picture", "手写签名图片"

    @classmethod
    def lasting(cls) -> tuple["Handwritten", ...]:
        """Return those that can be made again later, for a batch that goes on after a break."""
        return (cls.TYPED, cls.PICTURE)
