"""Region -> cells -> apartments -> reviews -> store."""

from zigbang_nlp.crawl.crawler import CrawlSummary, run_crawl

__all__ = ["CrawlSummary", "run_crawl"]
