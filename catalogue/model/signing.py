"""The key of a node: Ed25519 signatures (RFC 8032), and the name of a node, which follows from its key."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from catalogue.problems import SettingsInvalid

NEXT_KEY = "node.key.next"
"""File beside the key while a node passes to its next one."""


class NodeKey:
    """A private key and the node that it makes.

    Args:
        secret: 32 bytes (RFC 8032, section 5.1.5).
        node: name of the node; "" derives it from the key, as of a node whose first key this is.
        former: (key, the next key, signature of the first over the second), from the first key of the node on.
    """

    def __init__(self, secret: bytes, node: str = "", former: Sequence[tuple[str, str, str]] = ()) -> None:
        self.former = tuple(former)
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.public = self._key.public_key().public_bytes_raw().hex()
        self.node = node or node_of(self.public)

    def sign(self, message: bytes) -> str:
        """The signature, 128 lower-case hexadecimal digits."""
        return self._key.sign(message).hex()

    def succeeded_by(self, secret: bytes) -> NodeKey:
        """The key that follows this one; the node keeps its name."""
        public = NodeKey(secret).public
        link = (self.public, public, self.sign(_succession(self.public, public)))
        return NodeKey(secret, self.node, (*self.former, link))

    def text(self, secret: bytes) -> str:
        """What the file of the key holds: the secret, the node's name, and a line for each former key."""
        return "\n".join([secret.hex(), self.node, *[" ".join(link) for link in self.former]]) + "\n"

    @classmethod
    def load(cls, path: Path, *, create: bool = False) -> NodeKey | None:
        """The key kept in a file; None where there is none and none may be made.

        Raises:
            SettingsInvalid: the file holds no key.
        """
        if create and not path.exists():
            write_key(path, os.urandom(32))
        try:
            secret, *lines = path.read_text("ascii").strip().split("\n")
            links = [tuple(line.split()) for line in lines[1:]]
            former = [(link[0], link[1], link[2]) for link in links]
            return cls(bytes.fromhex(secret), lines[0].strip() if lines else "", former)
        except FileNotFoundError:
            return None
        except (ValueError, IndexError) as error:
            raise SettingsInvalid(
                f"{path.name} holds no key of a node: 64 hexadecimal digits are needed. Restore it from a backup; a "
                "new key is another node."
            ) from error


class KeyFile:
    """The key in a file as it is now, since another process of the node may pass to its next one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._key: NodeKey | None = None

    def current(self) -> NodeKey | None:
        """The key; None where there is none.

        Raises:
            SettingsInvalid: the file holds no key.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return self._key
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen != self._seen:
            self._key, self._seen = NodeKey.load(self._path), seen
        return self._key


def write_key(path: Path, secret: bytes) -> NodeKey:
    """A first key, now kept in the file, readable by its owner only; one that is there already wins."""
    key = NodeKey(secret)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    write_private(fresh, key.text(secret))
    try:
        os.link(fresh, path)
    except FileExistsError:
        # Another process of the same node was first.
        pass
    finally:
        fresh.unlink()
    return key


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner reads, durable when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, text.encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def succeeds(old: str, new: str, links: Any) -> bool:
    """Whether a chain of signed links leads from one public key to another; equal keys need none.

    Args:
        links: list of objects with `key`, `next` and `signature`, as a node shows it; anything else leads nowhere.
    """
    shown = {one["key"]: one for one in links if _is_link(one)} if isinstance(links, list) else {}
    for _ in range(len(shown) + 1):
        if old == new:
            return True
        link = shown.get(old)
        if link is None or not is_signed(old, _succession(old, link["next"]), link["signature"]):
            return False
        old = link["next"]
    return False


def _is_link(one: Any) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(name), str) for name in ("key", "next", "signature"))


def _succession(old: str, new: str) -> bytes:
    return f"ommatidia-key/1\n{old}\n{new}\n".encode()


def node_of(public: str) -> str:
    """The name of the node whose first public key (64 hexadecimal digits) this is: `n` and 16 hexadecimal digits."""
    return "n" + hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def is_signed(public: str, message: bytes, signature: str) -> bool:
    """Whether the signature (hex) over the message was made with the key whose public half (hex) this is."""
    try:
        _public_key(public).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _public_key(public: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
