"""Which lines of a file a review can speak about."""

from adapters.github.diff_lines import shown_lines

PATCH = """@@ -1,3 +1,4 @@ def price():
 one
-two
+zwei
+drei
 four
@@ -40 +41,2 @@
 forty
+more
\\ No newline at end of file"""


def test_they_are_the_kept_and_the_new_ones():
    assert shown_lines(PATCH) == {1, 2, 3, 4, 41, 42}


def test_a_file_without_a_patch_has_none():
    assert shown_lines("") == frozenset()


def test_a_deleted_file_has_none():
    assert shown_lines("@@ -1,2 +0,0 @@\n-one\n-two") == frozenset()
