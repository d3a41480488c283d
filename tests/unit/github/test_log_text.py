"""What of a failed job's log is worth reading."""

from adapters.github.watch.log_text import MAX_LOG, worth_reading

AT = "2026-03-01T12:00:00.1234567Z "


def test_times_colours_and_what_comes_after_the_last_error_are_left_out():
    log = "\ufeff" + "\r\n".join(
        f"{AT}{line}"
        for line in (
            "##[group]Run pytest",
            "\x1b[31mFAILED\x1b[0m test_price",
            "##[error]Process completed with exit code 1.",
            "Post job cleanup.",
        )
    )

    assert worth_reading(log) == "Run pytest\nFAILED test_price\n##[error]Process completed with exit code 1."


def test_without_an_error_it_is_the_end():
    assert worth_reading("one\ntwo\n") == "one\ntwo"


def test_a_long_one_keeps_its_end_and_whole_lines():
    log = "\n".join(f"line {number}" for number in range(10_000)) + "\n##[error]Here"

    kept = worth_reading(log)

    assert len(kept) <= MAX_LOG + 2
    assert kept.startswith("…\nline ")
    assert kept.endswith("line 9999\n##[error]Here")


def test_nothing_is_nothing():
    assert worth_reading("") == ""
