"""The pictures: every sample card as messages on a phone, and a dangerous button that asks back."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from adapters.chat.card import Card, Markdown
from adapters.telegram.keyboard import ASKS, asking_back
from adapters.telegram.render import rendered
from core.domain.identity import PersonId
from tests.platforms.sample_cards import sample_cards
from tests.platforms.telegram.drawing.page import Said, phone_page

ALICE, BOB = PersonId("telegram:4711"), PersonId("telegram:4712")
NAMES = {ALICE: "alice", BOB: "bob"}
_ASKED = Said(name="alice", text="/orchestrate fix issue #123")
_ANSWER = """\
### What I changed

The bulk price began **one unit too late**. See [the issue](https://github.com/acme/shop/issues/123).

1. `pricing/discount.py`: compare with `>=`
2. tests:
   - one at exactly 10 items
   - one at 9

```python
if items >= BULK_FROM:
    return items * unit * (1 - BULK_DISCOUNT)
```

| Items | Before | Now |
|---|---|---|
| 9 | $90.00 | $90.00 |
| 10 | $100.00 | $90.00 |

> Nothing else reads this threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: its file's name, and the page in a theme."""

    name: str
    draw: Callable[[str], str]


def pictures() -> tuple[Picture, ...]:
    """Every picture there is."""
    cards = sample_cards(alice=ALICE, bob=BOB)
    answer = Card(key="T142", title="", sections=(Markdown(text=_ANSWER),))
    shown = [_message(name, card) for name, card in cards.items()]
    return (*shown, _message("markdown", answer), _asking_back("sure", cards["running"]))


def _message(name: str, card: Card) -> Picture:
    pages = rendered(card, names=NAMES).pages
    said = _ASKED if name == "running" else None
    return Picture(name=name, draw=lambda theme: phone_page(pages, theme=theme, said=said))


def _asking_back(name: str, card: Card) -> Picture:
    """The card after the first press of its dangerous button."""
    [page] = rendered(card).pages
    pressed = next(button.data for row in page.keyboard for button in row if button.data.startswith(ASKS))
    page = replace(page, keyboard=asking_back(page.keyboard, pressed))
    return Picture(name=name, draw=lambda theme: phone_page([page], theme=theme))
