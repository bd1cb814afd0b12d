"""`zigbang-nlp serve`."""

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.cli.notices import say_overridden
from zigbang_nlp.config import LoadedSettings


@settings_command(
    "serve",
    sections=["serve", "predict"],
    skip=["predict.texts", "predict.batch_size", "predict.prior_shift"],
)
def command(loaded: LoadedSettings) -> None:
    """Serve the REST API and the pages.

    One process, on http://127.0.0.1:8000 unless told otherwise. A model that is trained anew is
    picked up at once. SIGTERM and Ctrl-C let requests under way finish.

    \b
    Examples:
      zigbang-nlp serve
      zigbang-nlp serve --port 9000 --model data/model --db sqlite:///reviews.db
      ZIGBANG_NLP__SERVE__TOKEN=... zigbang-nlp serve --host 0.0.0.0
    """
    from zigbang_nlp.predict.resolve_model import chosen_model
    from zigbang_nlp.web.server import serve

    say_overridden(loaded, chosen_model(loaded.settings))
    serve(loaded.settings)
