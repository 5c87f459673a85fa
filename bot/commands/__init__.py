"""What each command of ./toso does: one file per command, imported when it is chosen."""

from __future__ import annotations


class Refused(Exception):
    """A command stops here: sentences for the operator, and the exit code (1 failed, 2 bad input)."""

    def __init__(self, *sentences: str, code: int = 1) -> None:
        """Keep the sentences, one for each line of stderr."""
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.code = code
