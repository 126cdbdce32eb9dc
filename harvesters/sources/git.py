"""The `git` command, fenced in: no configuration but ours, no prompts, no hooks, one transport at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalogue.problems import SourceUnavailable

_FETCH_S = 1800.0
_LOCAL_S = 300.0
# The three GIDE repositories are 10-60 MB; a history beyond this is not a set of metadata documents.
_MAX_CLONE_BYTES = 4 << 30


class Git:
    """Commands on one repository.

    Args:
        git_dir: the repository itself (`x.git`, or the `.git` of a work tree).
    """

    def __init__(self, git_dir: Path) -> None:
        self.git_dir = git_dir

    def read(self, *arguments: str, allowed: Sequence[int] = (0,)) -> tuple[int, bytes]:
        """Exit code and standard output of a reading command that never uses the network.

        Raises:
            SourceUnavailable: the command ended otherwise than `allowed`, or took longer than 300 s.
        """
        try:
            done = subprocess.run(
                self._command((), arguments), capture_output=True, env=_environment(), timeout=_LOCAL_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise SourceUnavailable(f"git {arguments[0]} did not end within {_LOCAL_S:.0f} s.") from error
        if done.returncode not in allowed:
            raise SourceUnavailable(f"git {arguments[0]} failed: {self._reason(done.stderr)}")
        return done.returncode, done.stdout

    def fetch(self, url: str, refspec: str, config: Sequence[str]) -> None:
        """Bring `refspec` of a remote repository here, through the transport of its scheme alone.

        Raises:
            SourceUnavailable: git could not, took longer than 30 min, or the copy outgrew 4 GB.
        """
        scheme = url.split(":", 1)[0].lower()
        settings = (f"protocol.{scheme}.allow=always", *config)
        arguments = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--force", "--", url, refspec)
        with subprocess.Popen(
            self._command(settings, arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        ) as process:
            try:
                self._watch(process)
            except BaseException:  # whatever ends the run (also Ctrl-C) must not leave git behind; re-raised
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
            stderr = process.stderr.read() if process.stderr else b""
        if process.returncode:
            raise SourceUnavailable(f"The repository could not be fetched: {self._reason(stderr)}")

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + _FETCH_S
        while True:
            try:
                process.wait(timeout=1.0)
                return
            except subprocess.TimeoutExpired:
                pass
            if time.monotonic() > end:
                raise SourceUnavailable(f"The repository was not fetched within {_FETCH_S / 60:.0f} minutes.")
            if _size_bytes(self.git_dir) > _MAX_CLONE_BYTES:
                raise SourceUnavailable(
                    f"The repository is larger than {_MAX_CLONE_BYTES >> 30} GB and was not fetched."
                )

    @contextlib.contextmanager
    def blobs(self) -> Iterator[BlobReader]:
        """A reader of file contents by object id, served by one git process."""
        with subprocess.Popen(
            self._command((), ("cat-file", "--batch")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        ) as process:
            try:
                yield BlobReader(process)
            finally:
                process.kill()

    def _command(self, settings: Sequence[str], arguments: Sequence[str]) -> list[str]:
        git = shutil.which("git")
        if git is None:
            raise SourceUnavailable("The command git is not installed; install it to read Git repositories.")
        fixed = (
            "protocol.allow=never",
            "core.hooksPath=/dev/null",
            "core.fsmonitor=false",
            "credential.helper=",
            "gc.auto=0",
            "maintenance.auto=false",
            # The operator named this repository, whoever owns its files.
            f"safe.directory={self.git_dir}",
            f"safe.directory={self.git_dir.parent}",
        )
        options = [part for setting in (*fixed, *settings) for part in ("-c", setting)]
        return [git, *options, f"--git-dir={self.git_dir}", *arguments]

    def _reason(self, stderr: bytes) -> str:
        lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        text = lines[-1] if lines else "no reason given"
        return text.replace(str(self.git_dir), "the repository")[:300]


class BlobReader:
    """Contents of files in a repository, one after another."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the process has no pipes")
        self._stdin, self._stdout = process.stdin, process.stdout

    def content(self, object_id: str) -> bytes:
        """The bytes of a blob.

        Raises:
            SourceUnavailable: the repository lacks the object or ended half-way.
        """
        try:
            self._stdin.write(object_id.encode("ascii") + b"\n")
            self._stdin.flush()
        except OSError as error:
            raise SourceUnavailable("git cat-file ended early; the repository may be damaged. Run git fsck.") from error
        header = self._stdout.readline().split()
        if len(header) != 3:
            raise SourceUnavailable(f"The repository lacks object {object_id[:12]}; run git fsck on it.")
        size = int(header[2])
        content = self._stdout.read(size + 1)
        if len(content) != size + 1:
            raise SourceUnavailable("git cat-file ended early; the repository may be damaged. Run git fsck.")
        return content[:-1]


def _environment() -> dict[str, str]:
    """A fixed environment: no user configuration, credentials, proxies or prompts reach git."""
    git = shutil.which("git")
    folder = f"{Path(git).parent}:" if git else ""
    return {
        "PATH": folder + os.defpath,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
    }


def _size_bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        # Git renames and deletes its temporary files while we look.
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total
