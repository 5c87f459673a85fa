"""How is code and content loaded without the garbage collector looking through it again and again?"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Collect nothing while the block only makes what stays: that took a sixth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def loaded() -> None:
    """Leave everything there is out of all later collections: it lives as long as the process does."""
    gc.collect()
    gc.freeze()
