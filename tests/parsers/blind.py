from csco_spider.spiders.csco_cn import CscoCnSpider


class BlindSpider(CscoCnSpider):
    """Finds every second row only."""

    entries = "ul.newlist > li:nth-child(2n)"
