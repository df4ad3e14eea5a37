"""docs/trainer-protocol.md lists the messages that the program understands and the client sends."""

from __future__ import annotations

import re

from tests.engine import PACKAGE


def types(pattern: str, files: str) -> set[str]:
    return {name for file in PACKAGE.parent.glob(files) for name in re.findall(pattern, file.read_text())}


def test_every_message_of_a_trainer_is_listed() -> None:
    listed = types(r'\n\| `{"type": "(\w+)"', "docs/trainer-protocol.md")
    understood = types(r'(?:case|type ==) "(\w+)"', "Sources/PoptrainTrainers/Session/Message.swift")
    sent = types(r'{"type": "(\w+)"', "python/poptrain/*.py")
    assert listed == understood == sent
