"""The generated files: events, HTTP, Kafka's access, settings, the diagram; written, and compared with the code."""

from pathlib import Path

from contracts.catalogue import catalogue, schemas
from deploy.cli.api_documents import api_documents
from deploy.cli.written import written
from deploy.closed import strimzi


def generate(root: Path) -> None:
    """Write schemas, catalogue and API documents below `root`, the directory of the repository; remove old ones."""
    wanted = _wanted(root)
    for stray in _found(root) - wanted.keys():
        stray.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def check(root: Path) -> list[str]:
    """Return a sentence for each generated file below `root` that is absent, stale or no longer generated."""
    wanted = _wanted(root)
    strays = [f"{path.relative_to(root)} is not generated any more." for path in sorted(_found(root) - wanted.keys())]
    return [_difference(root, path, text) for path, text in wanted.items() if _text(path) != text] + strays


def _wanted(root: Path) -> dict[Path, str]:
    return {
        **{_schemas(root) / name: text for name, text in schemas().items()},
        **{_documents(root) / name: text for name, text in api_documents().items()},
        **{root / "deploy" / "docs" / name: text for name, text in written(root / "deploy" / "docs").items()},
        root / "contracts" / "README.md": catalogue(),
        root / "deploy" / "k8s" / "kafka" / "topics.yaml": strimzi.topics(),
        root / "deploy" / "k8s" / "kafka" / "users.yaml": strimzi.users(),
    }


def _found(root: Path) -> set[Path]:
    return {*_schemas(root).glob("*.json"), *_documents(root).glob("*.json")}


def _schemas(root: Path) -> Path:
    return root / "contracts" / "schemas"


def _documents(root: Path) -> Path:
    return root / "deploy" / "docs" / "api"


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _difference(root: Path, path: Path, text: str) -> str:
    told = _text(path)
    if told is None:
        return f"{path.relative_to(root)} is absent."
    pairs = zip(told.splitlines(), text.splitlines(), strict=False)
    line = next((number for number, (old, new) in enumerate(pairs, 1) if old != new), None)
    return f"{path.relative_to(root)} is stale{f' from line {line}' if line else ' at its end'}."
