"""A service package: diagrams, tables, forms, manifest and scenarios, from a folder, a zip or an upload."""

import io
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.errors import Finding, Invalid, Severity, TooLarge
from processes import manifest as manifests

MOST_BYTES = 16 * 1024 * 1024
MOST_FILES = 200
KINDS = (".bpmn", ".dmn", ".form.json", ".form", ".toml", ".xml", ".md")
DEPLOYED = (".bpmn", ".dmn", ".form.json", ".form", ".xml")
FORMS = Path(__file__).parents[1] / "forms"


@dataclass(frozen=True, slots=True)
class Package:
    """files: what is deployed, by name (`a.bpmn`, `forms/b.form.json`). manifest: {} for a lone diagram.

    scenarios: TOML by name; they are tried, not deployed."""

    key: str
    files: Mapping[str, bytes]
    manifest: Mapping[str, object]
    scenarios: Mapping[str, bytes]


def load(path: Path) -> Package:
    """A package from its folder (its forms beside it in `forms/<key>`), a zip of one, or one diagram. Raises Invalid."""
    if path.is_dir():
        own = {p.relative_to(path).as_posix(): p.read_bytes() for p in sorted(path.rglob("*")) if _is_ours(p)}
        beside = path.resolve().parents[1] / "forms" / path.resolve().name
        drawn = {f"forms/{p.name}": p.read_bytes() for p in sorted(beside.glob("*.form.json"))} if beside.is_dir() else {}
        return uploaded({**own, **drawn}, key=path.resolve().name)
    return uploaded({path.name: path.read_bytes()}, key="" if path.suffix == ".zip" else path.stem)


def _is_ours(path: Path) -> bool:
    return path.is_file() and path.name.endswith(KINDS) and path.suffix != ".md"


def uploaded(files: Mapping[str, bytes], *, key: str = "") -> Package:
    """A package from loose files or one zip. key: where no manifest names one; else the diagram's file name counts.

    Raises Invalid, TooLarge."""
    if not files:
        raise _invalid("package.empty", None, "Choose at least one file.", "请至少选择一个文件。")
    if len(files) == 1 and next(iter(files)).endswith(".zip"):
        files = unzipped(next(iter(files.values())))
    total = sum(map(len, files.values()))
    if total > MOST_BYTES or len(files) > MOST_FILES:
        raise TooLarge(thing=("服务包", "The package"), limit="16 MiB / 200", found=f"{total} B / {len(files)}")
    unknown = [name for name in files if not name.endswith(KINDS)]
    if unknown:
        en, zh = "Only BPMN, DMN, form JSON and TOML files belong here.", "只接受 BPMN、DMN、表单 JSON 和 TOML 文件。"
        raise _invalid("package.kind", unknown[0], en, zh)
    return _sorted(files, key)


def _sorted(files: Mapping[str, bytes], key: str) -> Package:
    manifest = next((_toml(name, content) for name, content in files.items() if PurePosixPath(name).name == "manifest.toml"), {})
    if manifest:
        manifests.check(manifest)
    scenarios = {
        PurePosixPath(n).stem: c for n, c in files.items() if n.endswith(".toml") and "scenarios" in PurePosixPath(n).parts
    }
    deployed = {_renamed(n): c for n, c in files.items() if n.endswith(DEPLOYED)}
    if not deployed:
        en, zh = "There is no diagram, table or form among the files.", "文件中没有流程图、决策表或表单。"
        raise _invalid("package.nothing", None, en, zh)
    first = next((n for n in deployed if n.endswith(".bpmn")), next(iter(deployed), "package"))
    found = str(manifest.get("key") or key or PurePosixPath(first).name.split(".")[0])
    return Package(found, deployed, manifest, scenarios)


def _renamed(name: str) -> str:
    """`.xml` files of modelling tools are diagrams, `.form` files are forms."""
    if name.endswith(".form"):
        return f"{name}.json"
    return name.removesuffix(".xml") + ".bpmn" if name.endswith(".xml") else name


def _toml(name: str, content: bytes) -> Mapping[str, object]:
    if b"\\u0000" in content or b"\\U00000000" in content:
        raise _invalid("package.nul", name, "Text must not contain U+0000.", "文本中不能有空字符 U+0000。")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _invalid("package.toml", name, f"The file is no TOML: {error}.", f"文件不是 TOML：{error}。") from None


def unzipped(content: bytes) -> Mapping[str, bytes]:
    """The files of a zip, without a common first folder. Raises Invalid for a path that leaves it, TooLarge for a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            total = sum(entry.file_size for entry in entries)
            if total > MOST_BYTES or len(entries) > MOST_FILES:
                raise TooLarge(thing=("压缩包", "The zip"), limit="16 MiB / 200", found=f"{total} B / {len(entries)}")
            found = {_safe(entry.filename): archive.read(entry) for entry in entries if not entry.filename.startswith("__MACOSX")}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        raise _invalid("package.zip", None, "The file is no readable zip.", "文件不是可读的 zip。") from None
    return _without_folder(found)


def _safe(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise _invalid("package.path", name, "A path in the zip leaves it.", "压缩包内的路径越界。")
    return path.as_posix()


def _without_folder(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    heads = {PurePosixPath(name).parts[0] for name in files}
    if len(heads) != 1 or any(len(PurePosixPath(name).parts) == 1 for name in files):
        return files
    return {PurePosixPath(*PurePosixPath(name).parts[1:]).as_posix(): content for name, content in files.items()}


def _invalid(code: str, pointer: str | None, en: str, zh: str) -> Invalid:
    return Invalid(findings=(Finding(Severity.ERROR, code, pointer, en, zh),))
