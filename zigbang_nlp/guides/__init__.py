"""The guides, in Korean and English: the same text for a terminal, for `serve` and in the repository."""
