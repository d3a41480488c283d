"""Telegram's limits on what can be shown, each with where it is written down.

Lengths are UTF-16 units: entities are counted in them, and it is the stricter reading where the page says characters.
A name such as sendMessage.text is a parameter on core.telegram.org/bots/api; "limits" is limits.tginfo.me, which lists
what Telegram itself writes down nowhere.
"""

TEXT = 4_096
"""Text of a message after its entities are parsed (sendMessage.text)."""
CAPTION = 1_024
"""Words under a file or picture (sendDocument.caption)."""
ENTITIES = 100
"""Entities of a message; what comes after them is shown without style (limits)."""
CALLBACK_DATA = 64
"""Bytes a button brings back (InlineKeyboardButton.callback_data)."""
BUTTONS = 100
"""Buttons under a message (limits)."""
ROW = 8
"""Buttons in a row (limits)."""
BUTTON_TEXT = 40
"""Columns on a button: no limit is written down, phones cut longer ones."""
URL = 2_048
"""Address behind words or a button: our own guess, as nobody writes one down."""
LANGUAGE = 30
"""Characters of the language of a code block: our own guess."""
ALERT = 200
"""Characters of the answer to a press (answerCallbackQuery.text)."""
RICH_TEXT = 32_768
"""Characters of a rich message; here bytes of all its HTML, the stricter reading (page: Rich message formatting)."""
RICH_BLOCKS = 500
"""Blocks of a rich message, rows of tables among them (page: Rich message formatting)."""
RICH_COLUMNS = 20
"""Columns of a table in a rich message (page: Rich message formatting)."""
