"""A poor office scanner: pages come out coarse, crooked, grey and noisy. Seeded, so that a failure comes again."""

import io
from dataclasses import dataclass
from random import Random

import zxingcpp
from PIL import Image, ImageChops
from pyzbar import pyzbar

FINE = 300  # dots an inch of what is scanned
PAPER = 235  # the grey of a sheet under the lamp


@dataclass(frozen=True)
class Scanner:
    """`skew` in degrees to either side, `noise` in greys to either side, `quality` of the JPEG."""

    dpi: int = 100
    skew: float = 4
    noise: int = 8
    quality: int = 60

    def scanned(self, page: Image.Image, chance: Random) -> Image.Image:
        """Return a scan of a page that was drawn at FINE dots an inch."""
        crooked = page.convert("L").rotate(self.skew * chance.choice((-1, 1)), Image.Resampling.BICUBIC, fillcolor=255)
        # The dots of the scanner begin anywhere on those of the page.
        shifted = ImageChops.offset(crooked, chance.randrange(FINE // self.dpi), chance.randrange(FINE // self.dpi))
        size = (round(page.width * self.dpi / FINE), round(page.height * self.dpi / FINE))
        coarse = shifted.resize(size, chance.choice((Image.Resampling.BOX, Image.Resampling.BILINEAR)))
        black = chance.randrange(10, 40)
        grey = coarse.point([round(black + (PAPER - black) * value / 255) for value in range(256)])
        return self._as_jpeg(ImageChops.add(grey, self._grain(size, chance), offset=-128))

    def _grain(self, size: tuple[int, int], chance: Random) -> Image.Image:
        grain = Image.frombytes("L", size, chance.randbytes(size[0] * size[1]))
        return grain.point([round(128 + (value - 127.5) / 127.5 * self.noise) for value in range(256)])

    def _as_jpeg(self, page: Image.Image) -> Image.Image:
        out = io.BytesIO()
        page.save(out, "JPEG", quality=self.quality)
        return Image.open(out).convert("L")


def zxing(page: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(page)]


def zbar(page: Image.Image) -> list[str]:
    return [code.data.decode() for code in pyzbar.decode(page, [pyzbar.ZBarSymbol.QRCODE])]
