"""What is printed on the sample tin: the sheet around it and its lid. A fictional brand, drawn from numbers."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

NAVY, CREAM, GOLD, RUST, INK = (24, 58, 84), (243, 232, 208), (201, 152, 62), (184, 66, 44), (40, 36, 34)
PX_PER_MM = 9
INGREDIENTS = """INGREDIENTS: Black tea (Ceylon, Assam) 91 %, lapsang
leaf smoked over pine 6 %, oil of bergamot 2 %, cornflower
petals 1 %. Packed where nuts are packed too. Keep dry,
dark and closed. Best before: see the base of the tin.

TO BREW: one teaspoon (2.5 g) for each cup of 200 ml,
water at 96 °C, 3 to 4 minutes. With milk or without.

Harbour Tea Company, 14 Ropewalk Quay, Port Ellery
Net weight 125 g e    Lot 0417-B    Fictional product"""


def mm(value: float) -> int:
    return round(value * PX_PER_MM)


def text(
    draw: ImageDraw.ImageDraw, x: float, y: float, words: str, size: float, fill, bold: float = 0, anchor: str = "mm"
):
    draw.text((mm(x), mm(y)), words, fill, ImageFont.load_default(mm(size)), anchor, stroke_width=mm(bold))


def waves(draw: ImageDraw.ImageDraw, x0: float, x1: float, y0: float, y1: float, rng: np.random.Generator) -> None:
    """Overlapping scales, each row shifted by half; some filled, so that no two places look alike."""
    for row, y in enumerate(np.arange(y0 - 6, y1 + 6, 3.2)):
        for x in np.arange(x0 - 7 + 3.4 * (row % 2), x1 + 7, 6.8):
            fill = [NAVY, NAVY, (36, 84, 112), (58, 116, 136), RUST, GOLD][
                rng.choice(6, p=[0.3, 0.2, 0.2, 0.16, 0.07, 0.07])
            ]
            for r, colour in ((3.4, GOLD), (3.1, fill), (2.2, GOLD), (1.95, NAVY), (1.1, CREAM), (0.8, fill)):
                draw.ellipse([mm(x - r), mm(y - r), mm(x + r), mm(y + r)], colour)


def lighthouse(draw: ImageDraw.ImageDraw, x: float, y: float) -> None:
    """A lighthouse ``x`` to the right, its foot at ``y``, 22 mm tall."""
    for spread in (-3.5, 0, 3.5):
        tip = (mm(x - 22), mm(y - 20.2 + spread)), (mm(x - 22), mm(y - 17.8 + spread))
        draw.polygon([(mm(x - 2), mm(y - 19)), *tip], (233, 200, 122))
    draw.polygon(
        [(mm(x - 3.6), mm(y)), (mm(x - 2.1), mm(y - 16)), (mm(x + 2.1), mm(y - 16)), (mm(x + 3.6), mm(y))], CREAM
    )
    for k in (0, 2):
        lo, hi = 2.5 + 4 * k, 5.8 + 4 * k
        wide = [3.6 - 1.5 * v / 16 for v in (lo, hi)]
        band = [(-wide[0], -lo), (-wide[1], -hi), (wide[1], -hi), (wide[0], -lo)]
        draw.polygon([(mm(x + a), mm(y + b)) for a, b in band], RUST)
    draw.rectangle([mm(x - 2.9), mm(y - 17), mm(x + 2.9), mm(y - 16)], INK)
    draw.rectangle([mm(x - 1.7), mm(y - 20.5), mm(x + 1.7), mm(y - 17)], (250, 214, 120), INK, mm(0.25))
    draw.polygon([(mm(x - 2.3), mm(y - 20.5)), (mm(x), mm(y - 23)), (mm(x + 2.3), mm(y - 20.5))], RUST)
    draw.polygon(
        [(mm(x - 13), mm(y + 2)), (mm(x - 7), mm(y - 1)), (mm(x + 6), mm(y - 0.6)), (mm(x + 13), mm(y + 2))], INK
    )


def barcode(draw: ImageDraw.ImageDraw, x: float, y: float, rng: np.random.Generator) -> None:
    draw.rectangle([mm(x), mm(y), mm(x + 24), mm(y + 14)], (252, 250, 244))
    at = x + 2
    while at < x + 21.5:
        bar = 0.33 * rng.integers(1, 4)
        draw.rectangle([mm(at), mm(y + 1.2), mm(at + bar) - 1, mm(y + 10.5)], INK)
        at += bar + 0.33 * rng.integers(1, 4)
    text(draw, x + 12, y + 12.3, "7 410417 125003", 2.5, INK)


def panel(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], radius: float) -> None:
    for inset, colour in ((0, GOLD), (0.8, NAVY), (1.3, GOLD), (1.7, CREAM)):
        sides = [mm(box[0] + inset), mm(box[1] + inset), mm(box[2] - inset), mm(box[3] - inset)]
        draw.rounded_rectangle(sides, mm(max(radius - inset, 0.5)), colour)


def side_print(perimeter_mm: float) -> Image.Image:
    """The sheet around the tin: 120 mm tall, back panel split over both ends, front panel in the middle."""
    rng = np.random.default_rng(7)
    image = Image.new("RGB", (mm(perimeter_mm), mm(120)), NAVY)
    draw = ImageDraw.Draw(image)
    middle = perimeter_mm / 2
    waves(draw, 0, perimeter_mm, 34, 108, rng)
    for y in (31.2, 111.2):  # plain bands under the lid and above the base
        draw.rectangle([0, mm(y - 3.2), image.width, mm(y + 3.2)], NAVY)
        draw.rectangle([0, mm(y - 0.5), image.width, mm(y + 0.5)], GOLD)
    draw.rectangle([0, 0, image.width, mm(28)], CREAM)  # the lid's side: plain, with one line of print
    draw.rectangle([0, mm(25.6), image.width, mm(28.2)], RUST)
    for k in range(5):
        x = (k + 0.5) * perimeter_mm / 5
        text(draw, x, 16.5, "HARBOUR TEA", 5, NAVY, 0.1)
        draw.ellipse([mm(x + 24 - 1.4), mm(15.1), mm(x + 24 + 1.4), mm(17.9)], RUST)

    panel(draw, (middle - 33, 36, middle + 33, 107), 8)
    draw.rounded_rectangle([mm(middle - 27), mm(41), mm(middle + 27), mm(72)], mm(5), (70, 128, 148))
    draw.ellipse([mm(middle + 9), mm(43), mm(middle + 19), mm(53)], (244, 196, 120))
    lighthouse(draw, middle - 4, 68)
    for k, y in enumerate(np.arange(68.5, 72, 1.2)):
        for x in np.arange(middle - 26, middle + 25, 4):
            draw.arc([mm(x + k), mm(y), mm(x + k + 2), mm(y + 1.4)], 180, 360, CREAM, 3)
    text(draw, middle, 79, "HARBOUR TEA", 8.2, NAVY, 0.28)
    draw.rectangle([mm(middle - 25), mm(84.4), mm(middle + 25), mm(84.8)], GOLD)
    text(draw, middle, 89.3, "Smoked Earl Grey", 6, RUST, 0.1)
    text(draw, middle, 95.3, "BLACK TEA WITH BERGAMOT & PINE SMOKE", 2.4, INK)
    text(draw, middle, 100.6, "No. 14   ·   loose leaf   ·   125 g", 3, INK)

    back = Image.new("RGB", (mm(72), mm(120)))
    draw = ImageDraw.Draw(back)
    back.paste(image.crop((0, 0, mm(72), mm(120))))
    panel(draw, (3, 36, 69, 107), 4)
    text(draw, 36, 43.5, "HARBOUR TEA · Smoked Earl Grey", 3.6, NAVY, 0.08)
    font = ImageFont.load_default(mm(2.15))
    draw.multiline_text((mm(6.5), mm(48)), INGREDIENTS, INK, font, spacing=mm(0.75))
    barcode(draw, 41, 87.5, rng)
    for k, words in enumerate(("per 100 ml:  4 kJ / 1 kcal", "fat 0 g   sugars 0 g", "protein 0.1 g   salt 0 g")):
        text(draw, 7, 90 + 3.6 * k, words, 2.4, INK, anchor="lm")
    half = back.width // 2
    image.paste(back.crop((half, 36 * PX_PER_MM, back.width, mm(107))), (0, mm(36)))
    image.paste(back.crop((0, 36 * PX_PER_MM, half, mm(107))), (image.width - half, mm(36)))
    return image


def lid_print(width_mm: float, depth_mm: float) -> Image.Image:
    """The lid's top: an anchor rose inside a ring of ornaments, on cream."""
    x, z = width_mm / 2, depth_mm / 2
    image = Image.new("RGB", (mm(2 * x), mm(2 * z)), CREAM)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle([mm(7), mm(6), mm(2 * x - 7), mm(2 * z - 6)], mm(14), NAVY, GOLD, mm(0.8))
    for k in range(44):
        a = 2 * np.pi * k / 44
        px, pz = x + 31 * np.cos(a), z + 22.4 * np.sin(a)
        colour = (GOLD, CREAM, RUST, GOLD)[k * 7 % 4]
        draw.ellipse([mm(px - 1), mm(pz - 1), mm(px + 1), mm(pz + 1)], colour)
    for k in range(16):
        a, r = np.pi * k / 8, (13, 7, 9.5, 7)[k % 4]
        tip = (mm(x + r * np.cos(a)), mm(z + 1 + r * np.sin(a)))
        for s, colour in ((-1, CREAM), (1, GOLD if k % 2 == 0 else RUST)):
            b = a + s * np.pi / 16
            draw.polygon([(mm(x), mm(z + 1)), tip, (mm(x + 3.4 * np.cos(b)), mm(z + 1 + 3.4 * np.sin(b)))], colour)
    text(draw, x, z - 17, "HARBOUR TEA", 4.4, CREAM, 0.1)
    text(draw, x, z + 18.6, "PORT ELLERY", 3.2, GOLD)
    text(draw, x - 22, z, "No.", 4, GOLD)
    text(draw, x + 22, z, "14", 6, GOLD, 0.1)
    return image
