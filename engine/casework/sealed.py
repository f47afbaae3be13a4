"""A sealed package: a zip whose manifest lists every file with its hash, and a signature over the manifest.

Whoever knows the city's public key can prove years later, with the file alone, that no byte was changed, added or taken away."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MANIFEST, SIGNATURE = "manifest.json", "signature.json"
FORMAT = "tongban-archive/1"
MOST_MANIFEST = 16 * 1024**2
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a package. name: the file it is about, or `package`."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a package says of itself, as far as it could be read. key: public key it was signed with, hex."""

    facts: Mapping[str, object]
    files: int
    key: str
    faults: tuple[Fault, ...]


def key_of(secret: bytes) -> Ed25519PrivateKey:
    """The city's signing key, drawn from its secret key."""
    return Ed25519PrivateKey.from_private_bytes(HKDF(SHA256(), 32, None, b"tongban archive packages").derive(secret))


def public(key: Ed25519PrivateKey) -> str:
    """The public key, hex: what a receiver keeps to verify with."""
    return key.public_key().public_bytes_raw().hex()


def seal(files: Mapping[str, bytes], facts: Mapping[str, object], key: Ed25519PrivateKey) -> bytes:
    """The package; the same files and facts give the same bytes."""
    listed = {name: {"size": len(content), "sha256": _hash(content)} for name, content in sorted(files.items())}
    manifest = orjson.dumps({"format": FORMAT, **facts, "files": listed}, option=orjson.OPT_INDENT_2)
    signature = {"algorithm": "Ed25519", "public_key": public(key), "over": MANIFEST, "value": key.sign(manifest).hex()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        signed = orjson.dumps(signature, option=orjson.OPT_INDENT_2)
        for name, content in {MANIFEST: manifest, SIGNATURE: signed, **dict(sorted(files.items()))}.items():
            package.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_NO_PACKAGE = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)
"""What zipfile raises for bytes that are no zip, one cut off, a method it does not know, members with a password, and a name
in no encoding."""


def verify(content: bytes, key: str | None) -> Verdict:
    """Looks at every byte. key: public key it must be signed with; None: whatever key it names."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _verdict(package, key)
    except _NO_PACKAGE:
        return Verdict({}, 0, "", (Fault("package", "不是完整的档案包", "it is no whole package"),))


def _verdict(package: zipfile.ZipFile, key: str | None) -> Verdict:
    manifest = _read(package, MANIFEST, MOST_MANIFEST)
    facts, signature = _table(manifest), _table(_read(package, SIGNATURE, MOST_MANIFEST))
    files, signer = facts.pop("files", None), str(signature.get("public_key", ""))
    if manifest is None or not isinstance(files, dict) or facts.get("format") != FORMAT:
        fault = Fault(MANIFEST, "清单缺失或无法识别", "the manifest is missing or cannot be read")
        return Verdict({}, 0, signer, (fault,))
    faults = (*_signed(manifest, signature, key), *_listed(package, files))
    return Verdict(facts, len(files), signer, faults)


def _signed(manifest: bytes, signature: Mapping[str, object], key: str | None) -> Iterator[Fault]:
    signer = str(signature.get("public_key", ""))
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer)).verify(bytes.fromhex(str(signature.get("value"))), manifest)
    except (InvalidSignature, ValueError):
        yield Fault(SIGNATURE, "签名与清单不符", "the signature does not fit the manifest")
        return
    if key is not None and signer != key.strip().lower():
        yield Fault(SIGNATURE, f"由另一密钥签名：{signer}", f"it was signed with another key: {signer}")


def _listed(package: zipfile.ZipFile, files: Mapping[str, object]) -> Iterator[Fault]:
    names = package.namelist()
    for name, said in sorted(files.items()):
        facts = said if isinstance(said, dict) else {}
        size = facts.get("size")
        if name not in names:
            yield Fault(name, "文件缺失", "the file is missing")
        elif not isinstance(size, int) or package.getinfo(name).file_size != size:
            yield Fault(name, "文件大小不符", "the file has another size")
        elif (found := _read(package, name, size)) is None or _hash(found) != facts.get("sha256"):
            yield Fault(name, "文件内容被改动", "the file was changed")
    for name in sorted({name for name in names if name not in files and name not in (MANIFEST, SIGNATURE)}):
        yield Fault(name, "清单之外的文件", "the manifest does not know the file")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(name, "文件重复出现", "the file is there twice")


def _read(package: zipfile.ZipFile, name: str, most: int) -> bytes | None:
    """A file of the package; None when it is not there, broken or larger than it may be."""
    try:
        if package.getinfo(name).file_size > most:
            return None
        with package.open(name) as opened:
            return opened.read(most + 1)
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, ValueError, zlib.error):
        return None


def _table(content: bytes | None) -> dict[str, object]:
    try:
        found = orjson.loads(content or b"")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
