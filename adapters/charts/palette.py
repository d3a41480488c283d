"""The colours of pictures, light and dark; layers can be told apart by people who see few colours (pure)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours as `#rrggbb`."""

    ground: str
    ink: str
    """Words that matter."""
    faint: str
    """Words beside them, and dashed lines."""
    line: str
    """Grid lines, and the empty part of a bar."""
    main: str
    """What is measured."""
    over: str
    """What is beyond a limit."""
    layers: tuple[str, ...]
    """Of stacks; neighbours differ in brightness as well as in hue."""


# The layers follow Okabe and Ito, "Color Universal Design" (2008), with the brightness moved towards each ground.
LIGHT = Palette(
    ground="#ffffff",
    ink="#1b1f24",
    faint="#59636e",
    line="#d8dee4",
    main="#0072b2",
    over="#c2410c",
    layers=("#0072b2", "#e69f00", "#00785a", "#cc79a7", "#56b4e9", "#8c959f"),
)
DARK = Palette(
    ground="#15191f",
    ink="#f0f3f6",
    faint="#a5afba",
    line="#39424d",
    main="#56b4e9",
    over="#ff8a5c",
    layers=("#56b4e9", "#e69f00", "#1fb58f", "#e39cc4", "#2f7fc1", "#7d8793"),
)
