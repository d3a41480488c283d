"""How long texts, buttons and files may be, and what else no schema says: core.telegram.org/bots/api."""

from tests.platforms.telegram import parser
from tests.platforms.telegram.call import RefusedError, Upload
from tests.platforms.telegram.message import Json, units

TEXT = 4096
CAPTION = 1024
"""Both in UTF-16 units, after entities were parsed."""
CALLBACK_BYTES = 64
BUTTONS = 100
BUTTONS_A_ROW = 8
TOAST = 200
DOCUMENT_BYTES = 50 << 20
PICTURE_BYTES = 10 << 20
DOWNLOAD_BYTES = 20 << 20

_ENTITIES = 100
"""Of more entities in a text the rest is lost."""
_STYLES = {"", "danger", "success", "primary"}
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_BUTTON_KIND_NAMES = """
    url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat
    switch_inline_query_chosen_chat copy_text callback_game pay
"""
_BUTTON_KINDS = frozenset(_BUTTON_KIND_NAMES.split())


def text_of(arguments: Json, *, caption: bool = False, may_be_empty: bool = False) -> tuple[str, list[Json]]:
    """The text or caption of a call as it is shown, and its entities."""
    raw = str(arguments.get("caption" if caption else "text") or "")
    listed = arguments.get("caption_entities" if caption else "entities")
    mode = str(arguments.get("parse_mode") or "")
    if mode and listed is None:
        text, entities = parser.parsed(raw, mode)
    else:
        text, entities = parser.given(raw, listed or [])
    text, entities = parser.stored(text, entities)
    if not text and not (caption or may_be_empty):
        raise RefusedError("message text is empty", defect=True)
    if units(text) > (CAPTION if caption else TEXT):
        raise RefusedError("message caption is too long" if caption else "message is too long", defect=True)
    return text, parser.found(text, entities)[:_ENTITIES]


def markup_of(arguments: Json, *, inline_only: bool = False) -> Json | None:
    """The reply_markup of a call, when it is as it must be; an empty keyboard is none."""
    markup: Json | None = arguments.get("reply_markup")
    if markup is None:
        return None
    if "inline_keyboard" not in markup:
        if inline_only:
            raise RefusedError("inline keyboard expected", defect=True)
        return markup
    rows: list[list[Json]] = [row for row in markup["inline_keyboard"] if row]
    if sum(map(len, rows)) > BUTTONS or any(len(row) > BUTTONS_A_ROW for row in rows):
        raise RefusedError("reply markup is too long", defect=True)
    for row in rows:
        for button in row:
            _check_button(button)
    return {"inline_keyboard": rows} if rows else None


def check_file(upload: Upload, *, picture: bool) -> None:
    """Whether Telegram takes this file."""
    if not upload.data:
        raise RefusedError("file must be non-empty", defect=True)
    if len(upload.data) > (PICTURE_BYTES if picture else DOCUMENT_BYTES):
        raise RefusedError("Request Entity Too Large", code=413, defect=True)
    if picture and not upload.data.startswith(_PICTURES):
        raise RefusedError("IMAGE_PROCESS_FAILED", defect=True)


def _check_button(button: Json) -> None:
    kinds = _BUTTON_KINDS & button.keys()
    if not str(button.get("text", "")).strip():
        raise RefusedError("can't parse inline keyboard button: Button text must not be empty", defect=True)
    if not kinds:
        why = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        raise RefusedError(why, defect=True)
    if len(kinds) > 1:
        raise RefusedError(f"can't parse inline keyboard button: {len(kinds)} kinds of button in one", defect=True)
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= CALLBACK_BYTES:
        raise RefusedError("BUTTON_DATA_INVALID", defect=True)
    url = button.get("url", "")
    if url and (why := parser.address_problem(url)):
        raise RefusedError(f"inline keyboard button URL '{url}' is invalid: {why}", defect=True)
    if button.get("style", "") not in _STYLES:
        raise RefusedError("can't parse inline keyboard button: invalid button style specified", defect=True)
    if "copy_text" in button and not 1 <= len(button["copy_text"].get("text", "")) <= 256:
        raise RefusedError("BUTTON_COPY_TEXT_INVALID", defect=True)
