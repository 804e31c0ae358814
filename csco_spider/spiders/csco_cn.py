from csco_spider.platforms.listing import ListingSpider


class CscoCnSpider(ListingSpider):
    """中国临床肿瘤学会, Chinese site, column 158 (CSCO动态)."""

    name = "csco_cn"
    organisation = "中国临床肿瘤学会 (CSCO)"
    language = "zh"
    timezone = "Asia/Shanghai"
    hosts = ("www.csco.org.cn", "csco.org.cn")
    start_urls = ["https://www.csco.org.cn/cn/nlist.aspx?cids=158"]
    entries = "ul.newlist > li"
    fields = {"link": "a::attr(href)", "title": "a i", "date": ".time"}
    pager = "#PageContent a:contains('下一页')::attr(href)"
    min_entries = 15
