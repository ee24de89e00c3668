import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import frontend
from frontend.colour import DARK_GROUND, LIGHT_GROUND, _to_oklab, contrast, dark_roles, from_hex, light_roles, to_hex

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TOKENS = (Path(frontend.__file__).parent / "static/frontend/css/tokens.css").read_text()


@given(colours)
def test_every_brand_colour_becomes_readable(brand: str) -> None:
    for roles, ground in ((light_roles(brand), LIGHT_GROUND), (dark_roles(brand), DARK_GROUND)):
        assert contrast(from_hex(roles.accent_text), from_hex(roles.accent)) >= 4.5
        assert contrast(from_hex(roles.accent_text), from_hex(roles.accent_hover)) >= 4.5
        assert contrast(from_hex(roles.accent), ground) >= 2.95  # 3, less what rounding to 8 bits takes
        assert contrast(from_hex(roles.accent_ink), ground) >= 4.5
        assert contrast(from_hex(roles.accent_ink), from_hex(roles.accent_wash)) >= 4.5


def test_a_readable_brand_colour_stays_as_it_is() -> None:
    assert light_roles("#2456a6").accent == "#2456a6"
    assert light_roles("#2456a6").accent_text == "#ffffff"


def test_text_on_a_bright_colour_is_dark() -> None:
    assert contrast(from_hex(dark_roles("#ffdd00").accent_text), (0, 0, 0)) < 1.5


@given(colours)
def test_colours_survive_writing_and_reading(colour: str) -> None:
    assert to_hex(from_hex(colour)) == colour


@pytest.mark.parametrize(("position", "ground"), [(0, LIGHT_GROUND), (1, DARK_GROUND)])
def test_grounds_are_those_of_the_tokens(position: int, ground: tuple[float, float, float]) -> None:
    found = re.search(r"--bg: light-dark\(oklch\(([\d.]+)%[^)]*\), oklch\(([\d.]+)%", TOKENS)
    assert found
    assert _to_oklab(ground)[0] * 100 == pytest.approx(float(found.groups()[position]), abs=0.6)
