"""A portal's one brand colour, made readable: the text on it, and a darker or lighter shade where it is text itself.

Colours are sRGB triples from 0 to 1. Lightness is moved in OKLab, so that the hue stays.
Source: contrast by WCAG 2.2 (relative luminance); OKLab by Björn Ottosson, 2020.
"""

from dataclasses import dataclass

Colour = tuple[float, float, float]

LIGHT_GROUND: Colour = (0.984, 0.980, 0.976)
DARK_GROUND: Colour = (0.086, 0.078, 0.067)
WHITE: Colour = (1.0, 1.0, 1.0)
INK: Colour = (0.07, 0.07, 0.08)
TEXT_CONTRAST_LEAST = 4.6  # WCAG asks 4.5; rounding to 8 bits takes a little
TEXT_CONTRAST = 5.0
SHAPE_CONTRAST = 3.0
STEP = 0.01


@dataclass(frozen=True, slots=True)
class Roles:
    """One theme's colours, each as `#rrggbb`."""

    accent: str
    accent_hover: str
    accent_text: str
    accent_ink: str
    accent_wash: str


def from_hex(text: str) -> Colour:
    """Read `#rrggbb`.

    >>> from_hex("#ff0080")
    (1.0, 0.0, 0.5019607843137255)
    """
    value = text.removeprefix("#")
    return (int(value[0:2], 16) / 255, int(value[2:4], 16) / 255, int(value[4:6], 16) / 255)


def to_hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(min(1.0, max(0.0, part)) * 255):02x}" for part in colour)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio, 1 to 21.

    >>> round(contrast((1, 1, 1), (0, 0, 0)))
    21
    """

    def luminance(colour: Colour) -> float:
        red, green, blue = map(_linear, colour)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _to_oklab(colour: Colour) -> Colour:
    r, g, b = map(_linear, colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    medium = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lab: Colour) -> Colour:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def lightened(colour: Colour, by: float) -> Colour:
    """Move the lightness by `by` (−1 to 1) and keep the hue."""
    lightness, a, b = _to_oklab(colour)
    return _from_oklab((min(1.0, max(0.0, lightness + by)), a, b))


def readable_on(ground: Colour, colour: Colour, *, least: float, step: float) -> Colour:
    """Return `colour`, moved by `step` of lightness as often as the contrast to `ground` needs.

    >>> yellow = from_hex("#ffdd00")
    >>> contrast(readable_on(WHITE, yellow, least=4.5, step=-0.01), WHITE) >= 4.5
    True
    """
    for count in range(101):
        moved = lightened(colour, count * step)
        if contrast(moved, ground) >= least:
            return moved
    return lightened(colour, 100 * step)


def text_on(ground: Colour) -> Colour:
    """White or ink, whichever reads better."""
    return max((WHITE, INK), key=lambda text: contrast(text, ground))


def _mixed(colour: Colour, ground: Colour, share: float) -> Colour:
    red, green, blue = (part * share + base * (1 - share) for part, base in zip(colour, ground, strict=True))
    return (red, green, blue)


def _roles(brand: Colour, ground: Colour, step: float) -> Roles:
    fill = readable_on(ground, brand, least=SHAPE_CONTRAST, step=step)
    text = text_on(fill)
    fill = readable_on(text, fill, least=TEXT_CONTRAST_LEAST, step=-STEP if text == WHITE else STEP)
    wash = _mixed(fill, ground, 0.09)
    hover = lightened(fill, -0.05 if text == WHITE else 0.05)
    ink = readable_on(wash, brand, least=TEXT_CONTRAST, step=step)
    return Roles(*map(to_hex, (fill, hover, text, ink, wash)))


def light_roles(brand: str) -> Roles:
    return _roles(from_hex(brand), LIGHT_GROUND, -STEP)


def dark_roles(brand: str) -> Roles:
    return _roles(from_hex(brand), DARK_GROUND, STEP)
