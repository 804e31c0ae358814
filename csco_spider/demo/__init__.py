"""A replica of both CSCO sites on this machine, and `python -m csco_spider.demo`, which crawls it."""
