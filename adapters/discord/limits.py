"""Discord's limits on what can be shown, each with where it is written down.

Lengths are UTF-16 units where Discord says characters: the stricter reading. "Schema" is Discord's published OpenAPI
description; a page is one of discord.com/developers/docs.
"""

COMPONENTS = 40
"""Components of a message, nested ones counted (page: Components reference)."""
TEXT = 4_000
"""All text displays of a message together (page: Components reference, Text Display)."""
CONTENT = 2_000
"""Text of a message without components (page: Message, create message)."""
BUTTON = 80
"""The words on a button (schema: ButtonComponentForMessageRequest)."""
CUSTOM_ID = 100
"""Schema: ButtonComponentForMessageRequest."""
ROW = 5
"""Buttons of one row (page: Components reference, Action Row)."""
OPTIONS = 25
"""Options of a select (schema: StringSelectComponentForMessageRequest)."""
OPTION = 100
"""Words, description and value of an option, each (schema: StringSelectOptionForRequest)."""
PLACEHOLDER = 150
"""What a select says while nothing is chosen (schema: StringSelectComponentForMessageRequest)."""
LINK = 512
"""Address of a button (schema: ButtonComponentForMessageRequest)."""
MODAL_TITLE = 45
"""Schema: ModalInteractionCallbackRequestData."""
MODAL_PARTS = 5
"""Labels and texts of a modal (page: Components reference, Label)."""
LABEL = 45
"""Schema: LabelComponentForModalRequest."""
LABEL_HINT = 100
"""Schema: LabelComponentForModalRequest."""
FILES = 10
"""Files of one field of a modal (schema: FileUploadComponentForModalRequest)."""
INPUT = 4_000
"""What can be typed into an input, and what stands in it already (schema: TextInputComponentForModalRequest)."""
THREAD_NAME = 100
"""Schema: CreateTextThreadWithMessageRequest."""
CHOICES = 25
"""Suggestions while somebody types (page: Application commands, autocomplete)."""
CHOICE = 100
"""Name and value of a suggestion, each (page: Application commands)."""
MENTIONS = 100
"""People a message may call (schema: MessageAllowedMentionsRequest)."""
ALT = 1_024
"""Description of an attachment (schema: MessageAttachmentRequest)."""
TOKEN_LIVES_S = 15 * 60.0
"""How long an interaction can be answered (page: Receiving and responding)."""
ANSWER_WITHIN_S = 3.0
"""How long Discord waits for the first answer to an interaction (page: Receiving and responding)."""
