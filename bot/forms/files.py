"""What may be attached to a form where a platform can ask for files."""

from adapters.chat.form import FileField
from bot.forms.sizes import FILE_BYTES, FILES_MOST

FILES = FileField(
    name="files",
    label="Attach a log, a trace, a table …",
    hint=f"Text, at most {FILE_BYTES // 1024} KB each. The agents read it.",
    most=FILES_MOST,
)
