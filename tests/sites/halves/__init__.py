"""Societies whose files somebody has not finished. For `-s SPIDER_MODULES=tests.sites.halves`."""
