"""Several files as one document: equal files are equal bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import RecordRejected
from harvesters.bundle import pack, unpack

FILES = st.dictionaries(st.from_regex(r"[a-zé0-9]{1,20}(/[a-z0-9.]{1,150})?", fullmatch=True), st.binary(max_size=2000))


@given(FILES)
def test_bundle_gives_its_files_back(files: dict[str, bytes]) -> None:
    """What was packed comes out, and neither order nor time shows in the bytes."""
    assert unpack(pack(files)) == files
    assert pack(dict(reversed(files.items()))) == pack(files)


@given(st.binary(max_size=700))
def test_damaged_bundle_is_refused(content: bytes) -> None:
    """Bytes that are no bundle are refused with a reason, or hold no files."""
    try:
        assert unpack(content) == {}
    except RecordRejected as refused:
        assert refused.reason == "not-parsable"


def test_cut_bundle_is_refused() -> None:
    """A file whose bytes are not all there is never given as shorter than it was."""
    content = pack({"study.txt": b"x" * 5000})
    with pytest.raises(RecordRejected):
        unpack(content[:2000])
