"""One file per society: file name = class attribute ``name`` = what ``scrapy list`` prints."""
