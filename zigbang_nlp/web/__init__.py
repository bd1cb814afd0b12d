"""REST API and pages over the store, the bundle and `insight`, in one process.

From the command line: `zigbang-nlp serve`. `app.create_app(settings)` gives the ASGI application.

Layers, from the outside in: `gate` (who may ask, how much, and the log of it) -> `api` and `pages`
(one file a group of answers) -> `prediction_service` (predictions), `corpus_cache` (what the reviews say) and `jobs`
(uploaded files). Text of reviews is never markup, and never in the log.
"""
