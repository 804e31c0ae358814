from csco_spider.platforms.listing import ListingSpider


class CscoSpider(ListingSpider):
    """Chinese Society of Clinical Oncology, English site.

    The address and markup of its list are not known for sure, so the shape of links decides:
    column 13 is news, column 1 is about the society.
    """

    name = "csco"
    organisation = "Chinese Society of Clinical Oncology (CSCO)"
    language = "en"
    timezone = "Asia/Shanghai"
    hosts = ("csco.ac.cn", "cscoen.kydev.net")
    start_urls = ["http://csco.ac.cn/", "http://csco.ac.cn/cat/13.html", "http://csco.ac.cn/cat/13"]
    article = r"^/cat/13/show/\d+(?:\.html?)?$"
    listing = r"^/cat/13(?:\.html?|/)?(?:[?_/-].*)?$"
    column = r"^/cat/13(?:\.html?|/)?$"
