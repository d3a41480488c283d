"""Commands inside sentences, spelt as they are typed in a chat: the core's hints speak of the command line."""

import re

from bot.commands.verbs import TYPED

SLASH = "/orchestrate"
_ON_THE_COMMAND_LINE = re.compile(rf"\borchestrator (run |{'|'.join(f'{verb}' for verb in TYPED)})")
_SHORT_NUMBER = re.compile(rf"({SLASH} (?:task|resume|retry|keep|compare|fork|cancel|pause|diff|logs)) (\d+)\b")


def as_typed_here(text: str) -> str:
    """`text` with `orchestrator retry 142` as `/orchestrate retry T142`, and `orchestrator run "…"` without the run."""
    here = _ON_THE_COMMAND_LINE.sub(lambda match: f"{SLASH} {match[1].removeprefix('run ')}", text)
    return _SHORT_NUMBER.sub(r"\1 T\2", here).replace("awaiting_approval", "waiting for an answer")
