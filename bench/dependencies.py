"""docs/dependencies.md: what the portal runs on, with versions and licences, as the packages themselves say.

python bench/dependencies.py > docs/dependencies.md
"""

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Dependencies

Made by `python bench/dependencies.py` from the metadata of the packages that `requirements.txt` pins, and of what they
bring along; a test holds it true. Development tools (`requirements-dev.txt`) do not run in production and are not listed.

Public advisories: not read by the portal or its tests, which ask nothing of the network. Before each release, with a network:
`pip install pip-audit && pip-audit -r requirements.txt`. Tried last on 28/11/2026: no list of advisories could be reached from
there, so none was read. `bandit -r . -x ./tests,./.venv -ll` (1.9.4) finds nothing of medium or high severity.

| package | version | licence | why |
|---|---|---|---|
"""
_LINE = re.compile(r"^([\w.-]+)(\[[\w,]+\])?==([\w.]+)\s+#\s*(.+)$", re.MULTILINE)


def pinned():
    """{normalised name: (extras, reason)} of requirements.txt."""
    lines = _LINE.findall((ROOT / "requirements.txt").read_text())
    return {normal(name): ((extras or "").strip("[]").split(","), reason) for name, extras, _, reason in lines}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def brought(name, extras):
    """Names of what the package `name` needs, with these extras, on this machine."""
    for line in metadata.requires(name) or []:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ["", *extras]):
            yield normal(requirement.name), list(requirement.extras)


def licence(name):
    """What the package says of itself: the SPDX expression, the classifiers, or the line."""
    told = metadata.metadata(name)
    if told.get("License-Expression"):
        return told["License-Expression"]
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    line = (told.get("License") or "").strip().splitlines()
    return ", ".join(classes) or (line[0] if line else "not said")


def document():
    wanted = pinned()
    reasons = {name: reason for name, (_, reason) in wanted.items()}
    waiting = [(name, extras) for name, (extras, _) in wanted.items()]
    while waiting:
        name, extras = waiting.pop()
        for below, more in brought(name, extras):
            if below not in reasons:
                reasons[below] = f"brought by {name}"
                waiting.append((below, more))
    rows = [f"| {name} | {metadata.version(name)} | {licence(name)} | {reasons[name]} |" for name in sorted(reasons)]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(document(), end="")
