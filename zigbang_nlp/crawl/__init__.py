"""Region -> cells -> apartments -> reviews -> store."""

from zigbang_nlp.crawl.crawler import CrawlSummary, read_saved, run_crawl

__all__ = ["CrawlSummary", "read_saved", "run_crawl"]
