"""Spiders of csco_cn as somebody might change them: ``-s SPIDER_MODULES=tests.parsers.blind``."""
