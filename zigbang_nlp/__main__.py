"""`python -m zigbang_nlp` is the same as `zigbang-nlp`."""

from zigbang_nlp.cli import main

main()
