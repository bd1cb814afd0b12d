"""REST API and pages over the store, the bundle and `insight`, in one process.

From the command line: `zigbang-nlp serve`. `app.create_app(settings)` gives the ASGI application.

Layers, from the outside in: `limits` and `authentication` (how much, and who may ask) -> `api` and
`pages` (one file a group of answers) -> `prediction_service`, `corpus_cache` (what the reviews say)
and `jobs` (uploaded files). Text of reviews is never markup, and never in the log.
"""
