"""One sentence in anybody's own words, read as several entries: what is doubtful is asked, never written."""

from __future__ import annotations

from services.work_sentences.companions import Mate
from services.work_sentences.pieces import Piece
from services.work_sentences.reading import Reader, Reading, reader_for

__all__ = ["Mate", "Piece", "Reader", "Reading", "reader_for"]
