"""What every chat adapter keeps to, whatever its platform: forms."""

from dataclasses import replace

import pytest

from adapters.chat.card import Option
from adapters.chat.errors import FormExpiredError, RejectedError
from adapters.chat.form import FileField, Form, SelectField, TextField
from adapters.chat.inbound import FormSubmitted, GivenFile
from tests.support.chat_stage import Stage
from tests.support.chat_words import needs, trigger_of

FORM = Form(
    token="f" * 40,
    title="Why not?",
    fields=(
        TextField(name="reason", label="Reason", multiline=True),
        SelectField(name="next", label="Then", options=(Option(label="Stop", value="stop"), Option(label="Go on"))),
        TextField(name="note", label="Note", optional=True, value="as before"),
    ),
)


async def test_a_form_opens_for_who_pressed_and_its_values_come_back_by_name(stage: Stage) -> None:
    needs(can=stage.adapter.capabilities.forms, what="forms")
    trigger = await trigger_of(stage)
    await stage.adapter.ask(trigger, FORM)
    assert (stage.form(stage.alice), stage.form(stage.bob)) == (FORM.title, "")
    await stage.submits(stage.alice, {"reason": "too risky\nfor now", "next": "stop"})
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, FormSubmitted))
    assert isinstance(heard, FormSubmitted)
    assert (heard.token, heard.person) == (FORM.token, stage.alice)
    assert heard.values == {"reason": "too risky\nfor now", "next": "stop", "note": "as before"}


async def test_a_form_that_comes_too_late_has_expired(stage: Stage) -> None:
    needs(can=stage.adapter.capabilities.forms, what="forms")
    trigger = await trigger_of(stage)
    stage.passes(seconds=120)
    with pytest.raises(FormExpiredError):
        await stage.adapter.ask(trigger, FORM)


async def test_a_trigger_opens_one_form_only(stage: Stage) -> None:
    needs(can=stage.adapter.capabilities.forms, what="forms")
    trigger = await trigger_of(stage)
    await stage.adapter.ask(trigger, FORM)
    with pytest.raises(FormExpiredError):
        await stage.adapter.ask(trigger, FORM)


async def test_a_trigger_nobody_made_opens_nothing(stage: Stage) -> None:
    needs(can=stage.adapter.capabilities.forms, what="forms")
    with pytest.raises(FormExpiredError):
        await stage.adapter.ask("nobody's", FORM)


async def test_a_platform_whose_forms_ask_for_no_files_says_so(stage: Stage) -> None:
    needs(can=not stage.adapter.capabilities.form_files, what="a form without files")
    with pytest.raises(RejectedError):
        await stage.adapter.fetch(GivenFile(name="a.log", size_bytes=1, source="a"), most_bytes=1)


async def test_a_form_with_files_opens_everywhere_and_its_words_come_back(stage: Stage) -> None:
    needs(can=stage.adapter.capabilities.forms, what="forms")
    trigger = await trigger_of(stage)
    await stage.adapter.ask(trigger, replace(FORM, files=FileField(name="files", label="Files")))
    await stage.submits(stage.alice, {"reason": "too risky", "next": "stop"})
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, FormSubmitted))
    assert isinstance(heard, FormSubmitted)
    assert heard.values == {"reason": "too risky", "next": "stop", "note": "as before"}
    assert heard.files == ()
