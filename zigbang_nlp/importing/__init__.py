"""Reviews from a file into the store. From the command line: `zigbang-nlp import FILE`."""

from zigbang_nlp.importing.look import look
from zigbang_nlp.importing.look_words import Look
from zigbang_nlp.importing.recognise import Recognised, recognise
from zigbang_nlp.importing.rows import ImportColumns
from zigbang_nlp.importing.run import import_file
from zigbang_nlp.importing.summary import ImportSummary

__all__ = [
    "ImportColumns",
    "ImportSummary",
    "Look",
    "Recognised",
    "import_file",
    "look",
    "recognise",
]
