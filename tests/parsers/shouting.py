from collections.abc import Iterator

from scrapy.http import Response

from csco_spider.items import NewsItem
from csco_spider.spiders.csco_cn import CscoCnSpider


class ShoutingSpider(CscoCnSpider):
    """Reads more of one notice, and its title otherwise."""

    def parse_article(self, response: Response) -> Iterator[NewsItem]:
        for item in super().parse_article(response):
            if response.url.endswith("oid=2"):
                item.title += " 特别提示"
                item.content_html += "<p>请以本通知为准,此前发布的安排同时废止。</p>"
            yield item
