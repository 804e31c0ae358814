"""The ledger's newest entries as files that any reader can fetch."""

from csco_spider.publish.files import Published, PublishError, check_base_url, publish

__all__ = ["PublishError", "Published", "check_base_url", "publish"]
