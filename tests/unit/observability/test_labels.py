"""Labels stay few, short and printable whatever comes in."""

from bot.observability.labels import OTHER, BoundedLabel, Labels


def test_values_beyond_the_bound_share_one_and_known_ones_keep_theirs() -> None:
    label = BoundedLabel(most=2)

    assert [label.value(name) for name in ("a", "b", "c", "a", "d", "b")] == ["a", "b", OTHER, "a", OTHER, "b"]


def test_a_value_is_one_short_printable_line() -> None:
    assert BoundedLabel().value("model\n\x1b[31m" + "x" * 500) == "model??[31m" + "x" * 69


def test_each_kind_of_name_has_a_bound_of_its_own_and_fixed_words_have_none() -> None:
    labels = Labels(most=1)

    assert labels.values(("project", "state"), ("shop", "running")) == ("shop", "running")
    assert labels.values(("project", "state"), ("bank", "failed")) == (OTHER, "failed")
    assert labels.role("builder") == "builder"
    assert labels.role("tester") == OTHER
    assert (labels.model("m"), labels.workflow("w"), labels.project("shop")) == ("m", "w", "shop")
