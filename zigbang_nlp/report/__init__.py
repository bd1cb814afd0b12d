"""Insight as a page: one HTML file that opens offline, with charts, tables and quotes.

Charts (`chart`, `charts`) know nothing of pages, and pages nothing of statistics: those are
`zigbang_nlp.insight`'s.
"""
