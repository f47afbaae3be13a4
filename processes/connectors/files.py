"""Documents as files below the data directory, by content: the same bytes are stored once, and nothing is ever overwritten."""

import os
from hashlib import sha256
from pathlib import Path

from engine.ports import Check


class FileStore:
    """A DocumentStore on a folder. Two processes may put the same content at once: the last rename wins, with equal bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes, media_type: str) -> str:
        """Stores and returns the key (sha256 hex)."""
        key = sha256(content).hexdigest()
        path = self._path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(f".{os.getpid()}.part")
            half.write_bytes(content)
            half.replace(path)
        return key

    def get(self, key: str) -> bytes:
        """The content; changed bytes are not handed out. Raises KeyError."""
        try:
            content = self._path(key).read_bytes()
        except FileNotFoundError as missing:
            raise KeyError(key) from missing
        if sha256(content).hexdigest() != key:
            raise KeyError(key)
        return content

    def remove(self, key: str) -> None:
        """Removes the content for good; nothing when it is not there."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if len(key) != 64 or not set(key) <= set("0123456789abcdef"):
            raise KeyError(key)
        return self.folder / key[:2] / key

    def check(self) -> Check:
        """Whether the folder can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            is_fine = os.access(self.folder, os.W_OK)
        except OSError:
            is_fine = False
        if is_fine:
            return Check(True, f"documents are stored below {self.folder}", f"文件存放于 {self.folder}")
        return Check(False, f"{self.folder} cannot be written", f"{self.folder} 无法写入")
