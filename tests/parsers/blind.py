from csco_spider.spiders.csco_cn import CscoCnSpider


class BlindSpider(CscoCnSpider):
    """Finds every second row only."""

    entries = "ul.newlist > li:nth-child(2n)"
    min_entries = 1  # or the list would be found without a selector that gives so little
