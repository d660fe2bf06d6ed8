"""A YAML file written by a person: each thing knows its line, so that whatever is wrong with it can be told there.

Scalars stay text: YAML would read the telephone number 0123 as an octal number and "no" as a truth value.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml


@dataclass
class Faults:
    """Sentences about a file, each with its line."""

    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, sentence: str) -> None:
        self.found.append((line, sentence))

    def sentences(self) -> list[str]:
        return [f"dòng {line}: {sentence}" for line, sentence in sorted(self.found)]


class Entry:
    """A mapping of the file; whatever is asked of it and is not as it should be becomes a fault."""

    def __init__(self, node: yaml.Node, faults: Faults, known: str) -> None:
        self.faults, self.line = faults, node.start_mark.line + 1
        self.nodes: dict[str, yaml.Node] = {}
        self.is_faulty = False
        if not isinstance(node, yaml.MappingNode):
            self.fault(self.line, f"cần các mục “tên: giá trị” ({', '.join(known.split())}).")
            return
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in self.nodes:
                self.fault(line, f"“{name}” có hai lần.")
            elif name not in known.split():
                near = difflib.get_close_matches(name, known.split(), 1)
                hint = f"ý bạn là “{near[0]}”?" if near else f"chỉ có: {', '.join(known.split())}."
                self.fault(line, f"không biết “{name}” — {hint}")
            self.nodes[name] = value

    def fault(self, line: int, sentence: str) -> None:
        self.is_faulty = True
        self.faults.add(line, sentence)

    def line_of(self, name: str) -> int:
        return self.nodes[name].start_mark.line + 1 if name in self.nodes else self.line

    def text(self, name: str, default: str = "", *, needed: bool = False) -> str:
        node = self.nodes.get(name)
        if node is not None and not isinstance(node, yaml.ScalarNode):
            self.fault(self.line_of(name), f"“{name}” phải là một dòng chữ.")
            return default
        found = "" if node is None or (node.style is None and node.value in {"~", "null"}) else str(node.value).strip()
        if needed and not found:
            self.fault(self.line_of(name), f"thiếu “{name}”.")
        return found or default

    def choice(self, name: str, among: dict[str, str], default: str) -> str:
        """What `among` has for the word that stands there."""
        word = self.text(name)
        if word and word not in among:
            self.fault(self.line_of(name), f"“{name}” là một trong: {', '.join(among)}; không phải “{word}”.")
        return among.get(word, default)

    def yes(self, name: str, default: bool = False) -> bool:
        return self.choice(name, {"co": "1", "có": "1", "khong": "", "không": ""}, "1" if default else "") == "1"

    def items(self, name: str) -> Iterator[yaml.Node]:
        node = self.nodes.get(name)
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            return
        if not isinstance(node, yaml.SequenceNode):
            self.fault(self.line_of(name), f"“{name}” là một danh sách: mỗi mục một dòng bắt đầu bằng “- ”.")
            return
        yield from node.value


def read(source: str, known: str) -> tuple[Entry | None, Faults]:
    """The file's outermost mapping, and its faults; None when it is no YAML at all."""
    faults = Faults()
    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.add(
            mark.line + 1 if mark else 1,
            f"viết sai YAML (thụt lề, dấu hai chấm, dấu nháy?) — {getattr(error, 'problem', error)}",
        )
        return None, faults
    if node is None:
        faults.add(1, "tệp trống.")
        return None, faults
    return Entry(node, faults, known), faults
