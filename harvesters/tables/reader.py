"""Reads tables of strangers through the process of process.py: record batches, lines that are none, or a refusal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalogue.model.documents import BadRow
from catalogue.model.image_columns import NAMES
from catalogue.problems import RecordRejected

if TYPE_CHECKING:
    import pyarrow as pa

FORMS: Final = {".parquet": "parquet", ".csv": "csv", ".tsv": "tsv"}
# A batch is some 32,000 rows; nothing sound takes as long.
_STALL_S: Final = 120.0


class TableReader:
    """One process for any number of tables, one after the other; started when the first is read.

    Linux ends the process with the thread that read the first table.
    """

    def __init__(self, stall_s: float = _STALL_S) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stall_s = stall_s

    def __enter__(self) -> TableReader:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def batches(self, path: Path) -> Iterator[pa.RecordBatch | BadRow]:
        """The rows of a table; its form is told by the name's ending.

        Raises:
            RecordRejected: it is no such table, too large, or reading it ended or stalled the process.
        """
        form = FORMS.get(path.suffix.lower())
        if form is None:
            raise RecordRejected(
                f"{path.name[:200]} is no table; its name ends in {', '.join(FORMS)}.", reason="not-parsable"
            )
        sound = False
        try:
            ended = yield from self._stream(path, form)
            sound = True
        finally:
            # The conversation broke off: its rest must not answer the next request.
            if not sound:
                self.close()
        for number, said in ended["bad"]:
            yield BadRow(number, "not-parsable", f"Line {number} {said}")
        for _ in range(ended["bad_count"] - len(ended["bad"])):
            yield BadRow(0, "not-parsable", "A line has not as many cells as the header.")
        if "reason" in ended:
            raise RecordRejected(ended["detail"], reason=ended["reason"])

    def _stream(self, path: Path, form: str) -> Generator[pa.RecordBatch, None, dict[str, Any]]:
        import pyarrow as pa  # a tenth of a second that other harvesters do not need

        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"path": str(path), "form": form, "columns": list(NAMES)}
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            with self._watched(process):
                stream = pa.ipc.open_stream(process.stdout)
            while True:
                with self._watched(process):
                    batch = next(stream, None)
                if batch is None:
                    break
                if batch.num_rows:
                    yield batch
            with self._watched(process):
                line = process.stdout.readline()
            ended: dict[str, Any] = json.loads(line)
            return ended
        except (pa.ArrowException, OSError, ValueError) as error:
            raise RecordRejected(
                f"Reading {path.name[:200]} ended or stalled the process that read it; the file may be damaged.",
                reason="not-parsable",
            ) from error

    def _watched(self, process: subprocess.Popen[bytes]) -> _Watch:
        return _Watch(process, self._stall_s)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-X", "utf8", "-m", "harvesters.tables.process", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C of a terminal is its node's business
                # No environment, which may hold secrets, but the module path of this process.
                env={"PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry)},
            )
        return self._process


class _Watch:
    """Kills the process when the block takes too long; what waits for it then meets the end of its output."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._timer = threading.Timer(seconds, process.kill)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_exception: object) -> None:
        self._timer.cancel()
