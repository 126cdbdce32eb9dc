"""The key of a node: Ed25519 signatures (RFC 8032), and the name of a node, which follows from its key."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from catalogue.problems import SettingsInvalid


class NodeKey:
    """A private key and the node that it makes.

    Args:
        secret: 32 bytes (RFC 8032, section 5.1.5).
        node: name of the node; "" derives it from the key, as of a node whose first key this is.
    """

    def __init__(self, secret: bytes, node: str = "") -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.public = self._key.public_key().public_bytes_raw().hex()
        self.node = node or node_of(self.public)

    def sign(self, message: bytes) -> str:
        """The signature, 128 lower-case hexadecimal digits."""
        return self._key.sign(message).hex()

    @classmethod
    def load(cls, path: Path, *, create: bool = False) -> NodeKey | None:
        """The key kept in a file of two lines, secret (hex) and node; None where there is none and none may be made.

        Raises:
            SettingsInvalid: the file holds no key.
        """
        if create and not path.exists():
            write_key(path, os.urandom(32))
        try:
            secret, _, node = path.read_text("ascii").strip().partition("\n")
            return cls(bytes.fromhex(secret), node.strip())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise SettingsInvalid(
                f"{path.name} holds no key of a node: 64 hexadecimal digits are needed. Restore it from a backup; a "
                "new key is another node."
            ) from error


def write_key(path: Path, secret: bytes, node: str = "") -> NodeKey:
    """The key now kept in the file, readable by its owner only; one that is there already wins.

    Args:
        node: name of the node when it had another key before.
    """
    key = NodeKey(secret, node)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, f"{secret.hex()}\n{key.node}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(fresh, path)
    except FileExistsError:
        # Another process of the same node was first.
        pass
    finally:
        fresh.unlink()
    return key


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
