"""The ledger's newest entries as files that any reader can fetch."""

from csco_spider.publish.files import Published, PublishError, publish

__all__ = ["PublishError", "Published", "publish"]
