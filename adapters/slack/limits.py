"""Slack's limits on what can be shown, each with where it is written down.

Lengths of texts are UTF-16 units where Slack says characters: the stricter reading, as it does not say what it counts.
"SDK" are the descriptions of the types in Slack's own SDKs; a page is one of docs.slack.dev/reference/block-kit.
"""

MESSAGE_BLOCKS = 50
"""Blocks of a message (page: block-kit)."""
VIEW_BLOCKS = 100
"""Blocks of a modal or home page (SDK: ModalView, HomeView)."""
BLOCK_ID = 255
"""SDK: Block."""
HEADER = 150
"""SDK: HeaderBlock."""
MRKDWN = 3_000
"""Any text object, after escaping (SDK: MrkdwnElement, PlainTextElement)."""
FIELDS = 10
"""Fields of a section (SDK: SectionBlock)."""
FIELD = 2_000
"""One field of a section (SDK: SectionBlock)."""
CONTEXT_ELEMENTS = 10
"""SDK: ContextBlock."""
ACTIONS = 25
"""Elements of one actions block (SDK: ActionsBlock)."""
BUTTON = 75
"""The text on a button, and what a screen reader says instead (SDK: Button)."""
ACTION_ID = 255
"""SDK: Button."""
CONFIRM_TITLE = 100
"""SDK: ConfirmationDialog."""
CONFIRM_TEXT = 300
"""SDK: ConfirmationDialog."""
CONFIRM_BUTTON = 30
"""SDK: ConfirmationDialog."""
CONTAINER_TITLE = 150
"""SDK: ContainerBlock."""
CONTAINER_BLOCKS = 10
"""Blocks in a container (SDK: ContainerBlock)."""
TABLES = 1
"""Tables of either kind in a message; a second one is refused as invalid_attachments (page: table-block)."""
TABLE_COLUMNS = 20
"""SDK: TableBlock."""
TABLE_ROWS = 100
"""Rows of a table, its headings among them (SDK: TableBlock)."""
TABLE_PAGE = 100
"""Rows of one page of a data table at most (SDK: DataTableBlock)."""
TASK_TEXT = 256
"""Title of a task card: the SDK names none for blocks, streams refuse more (page: chat.appendStream)."""
OPTIONS = 100
"""Options of a select, and of one group of it; groups of a select (SDK: StaticSelect)."""
OPTION = 75
"""Text, description and value of an option, each (SDK: PlainTextOption)."""
MODAL_TITLE = 24
"""Title and the words on the two buttons of a modal (SDK: ModalView)."""
CALLBACK_ID = 255
"""SDK: ModalView."""
PRIVATE_METADATA = 3_000
"""SDK: ModalView."""
LABEL = 2_000
"""Label and hint of an input (SDK: InputBlock)."""
PLACEHOLDER = 150
"""SDK: PlainTextInput, StaticSelect."""
INPUT = 3_000
"""What can be typed into an input, and what stands in it already (page: plain-text-input-element)."""
URL = 3_000
"""Address of a link (SDK: Button.url)."""
FALLBACK = 4_000
"""`text` beside blocks: what chat.update takes at most (method page: msg_too_long)."""

MESSAGE_WEIGHT = 10_000
"""UTF-8 bytes of every text of a message, with BLOCK_WEIGHT for each block, that are surely taken.

Slack refuses more as msg_blocks_too_long and says nowhere how it counts: Markdown was refused from 13,297 characters,
125 fewer with a divider (slackapi/bolt-js#2509), and so were 11,341 characters of rich text (slackapi/bolt-js#2867).
"""
BLOCK_WEIGHT = 125
"""What an empty block weighs (slackapi/bolt-js#2509)."""
ELEMENT_WEIGHT = 12
"""What any part of a block weighs besides its text: our own guess, so that many small parts count."""
