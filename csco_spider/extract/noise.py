"""What marks a page's furniture: words in class and id, roles, and the lines that furniture says."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from csco_spider.extract.html import name_words, names_of

_FOOTER = re.compile(
    r"copyright\s*(?:©|\(c\)|(?:19|20)\d\d)|^©|©\s*(?:19|20)\d\d|all\s+(?:copy)?rights?\s+reserved"
    r"|版权所有|公网安备|ICP\s*备\s*\d",
    re.IGNORECASE,
)
COUNTER = re.compile(
    r"[\d,]+\s*total\s+views?(?:\s*,\s*[\d,]+\s*(?:views?\s*)?today)?"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数)?\s*[:：]\s*[\d,]*\s*次?"
    r"|您是.{0,6}第\s*\d{1,9}\s*[个位](?:阅[览读]|浏览|访问|读)?[者客]"
    r"|\b(?:views?|hits|reads|просмотров|visitas|visites|visto|letto|okunma|aufrufe|zugriffe|조회수?|閲覧数)\s*[:：]\s*[\d.,]+|조회수?\s+[\d,]+|\bread\s+[\d,.]+\s+times|^\s*[\d,]+\s+(?:views?|hits|reads)\b",
    re.IGNORECASE,
)
_COUNTER_WORDS = (
    *("просмотров", "visit", "visto", "read ", "letto", "okunma", "aufrufe", "zugriffe", "조회", "閲覧"),
    *("view", "hits", "reads", "浏览", "阅读", "点击", "访问", "您是"),
)
META_LINE = re.compile(
    r"^(?>\W|(?:来源|作者|(?:责任)?编辑)\s*[:：](?:\s*[^\s:：,，。]{1,30}+(?![:：]))?|分享到?|字[体号]|默认|超?[大中小]|打印|关闭"
    r"|share|print|weibo|wechat|facebook|twitter|\d+\s*today)*+$",
    re.IGNORECASE,
)
"""A line of nothing but byline fields and tools."""

SIGNED_OFF = re.compile(
    r"\W*(?:(?:责任编辑|責任編輯|责编)\s*[:：]|[(（][\u4e00-\u9fff]{0,8}编辑[\s:：]+(?=.*[)）]))"
    r"\s*[^\s:：]{2,12}\W*$"
    r"|\W*(?:(?:特别|郑重)?声明\s*[:：]\s*)?(?:以上内容|该文观点|本文观点).{0,80}(?:上传并发布|代表作者|不代表)"
)
"""The editor's name on a line of its own, or a platform's disclaimer: Chinese articles end with it."""

_ABOUT_AUTHOR = (
    r"about\ the\ authors?|über\ (?:den|die)\ autor(?:in|en)?|à\ propos\ de\ l['’]auteure?"
    r"|sobre\ (?:el|la|o|a)\ autora?"
    r"|(?:sul)?l['’]autor(?:e|ice)|o\ autor(?:ce|ze)|yazar\ hakkında|об\ авторе"
    r"|عن\ (?:الكاتبة?|المؤلفة?)|về\ tác\ giả"
    r"|(?:필자|작가)\ ?소개|(?:執筆者|著者)(?:紹介|プロフィール)?|作者(?:简介|簡介)"
)
ABOUT_AUTHOR = re.compile(rf"\W*(?:{_ABOUT_AUTHOR})\W*$", re.IGNORECASE | re.VERBOSE)
"""A heading over what a page says of its author."""

_RELATED = re.compile(
    rf"""^\W*+(?:(?:相关|推荐|热点|热门|最新|精彩|延伸|更多|今日)(?:新闻|阅读|链接|文章|推荐|公告|动态|消息|通知|报道|专题|评论|关注|视频)
    |(?:版权|免责|法律|反侵权)(?:声明|公告)|猜你喜欢|你可能(?:还|還)?(?:想看|喜欢)|网友评论|发表评论
    |我来说两句|作者其他文章
    |(?:related|latest|recommended|recent|similar|popular|trending)(?:\ (?:news|articles?|links?
    |posts?|stories|content|topics
     |reading|videos?|for\ you))?
    |(?:most\ (?:read|popular)|more\ (?:news|stories|from\b.{{0,60}}|on\b.{{0,60}}|in\b.{{0,40}})
    |read\ (?:more|next)|up\ next)
    |you\ (?:may|might)\ (?:also\ )?(?:like|enjoy|be\ interested\ in).{{0,30}}|discover\ more
    |further\ reading
    |mehr\ zum\ thema|auch\ interessant|das\ könnte\ (?:sie|dich)\ auch\ interessieren|lesen\ sie\ auch
    |weitere\ (?:artikel|themen|videos|meldungen|beiträge|nachrichten)|ähnliche\ (?:artikel|beiträge)
    |à\ lire\ aussi|sur\ le\ même\ (?:sujet|thème)|te\ puede\ interesar|noticias\ relacionadas
    |leave\ a\ (?:reply|comment).{{0,30}}|(?:\d+\ )?comments?(?:\ \(?\d+\)?)?
    |(?:\d+\ )?kommentare?(?:\ \(?\d+\)?)?
    |kommentar\ (?:schreiben|hinterlassen)|schreibe?n?\ (?:sie\ )?(?:einen|uns|ihre).{{0,40}}
    |antwort\ hinterlassen
    |\d+\ responses?(?:\ to\b.{{0,80}})?|responses?\ to\b.{{0,80}}
    |(?:\d+\ )?(?:thoughts?|replies)\ (?:on|to)\b.{{0,80}}
    |{_ABOUT_AUTHOR}|written\ by\b.{{0,40}}
    |share\ this.{{0,30}}|discussion\ about\ this\ post
    |trackbacks|privacy\ overview
    |privacy\ preference\ center|no\ posts|ready\ for\ more
    |(?:articles?|articoli|artículos|artigos|entradas|notici(?:as|e)|notícias|notizie|actualités|posts?|beiträge)
     \ (?:correlat[ie]|recent[ie]s?|recientes|récents?|similaires|liés|simil(?:i|ares)|relacionad[ao]s)
    |(?:neueste|aktuelle|letzte)\ (?:beiträge|artikel|meldungen|nachrichten)
    |potrebbe\ (?:anche\ )?interessarti
    |(?:leia|veja|czytaj|zobacz|przeczytaj|читайте|leggi|lee|lisez)
     \ (?:também|mais|także|też|również|также|anche|también|aussi)
    |(?:ostatnie|podobne|powiązane|najnowsze)\ (?:wpisy|artykuły|wiadomości)
    |(?:son|ilgili|benzer)\ (?:yazılar|haberler|içerikler)
    |(?:последние|похожие|другие)\ (?:записи|новости|статьи|материалы)
    |(?:مقالات|مواضيع|أخبار)\ (?:ذات\ صلة|مشابهة)|أحدث\ (?:المقالات|الأخبار)|اقرأ\ أيضا.?
    |(?:bài\ viết|tin(?:\ tức)?)\ (?:liên\ quan|mới(?:\ nhất)?|khác)
    |(?:延伸閱讀|(?:相關|熱門|最新|推薦)(?:新聞|文章|報導|消息|連結))
    |(?:関連|最近の?|最新の?|おすすめ|人気の?)(?:記事|ニュース|投稿|コンテンツ)|あわせて読みたい
    |(?:관련|최근|최신|인기|추천)\ ?(?:글|기사|뉴스|게시물|소식)
    |(?:\d+\ )?(?:comment(?:i|aires?)|comentários?|comentarios?|komentarz[ey]?|yorum(?:lar)?
     |комментари[йяев]{{1,2}}|bình\ luận)(?:\ ?\(?\d+\)?)?
    |تعليق(?:ات|ان)?|コメント\s?\d+件|댓글(?:\s?\d+)?
    |(?:评论|留言)\s?[(（]?\d*[)）]?
    |laisse[rz]\ un\ commentaire|dej(?:a|e|ar)\ (?:un|tu)\ comentario|lascia\ un\ commento
    |deixe\ (?:um|seu)\ comentário
    |(?:dodaj|zostaw)\ komentarz|yorum\ (?:yap|yaz|bırak)(?:ın)?|оставить\ комментарий
    |اترك\ (?:تعليقا?|ردا?)
    |gửi\ bình\ luận|コメントを(?:残す|書く)|댓글\ ?(?:쓰기|남기기)|(?:发表|發表)(?:留言|評論|回應)
    |(?:subscribe|sign\ up|join|abonnez-vous|abonnieren\ sie|suscr[ií]b[ae](?:te|se)?|iscriviti|assine
     |zapisz\ się)(?:\ .{{0,20}})?(?:newsletter[aę]?|bolet[ií]n|mailing\ list|lettre\ d['’]information)
    |(?:unseren\ )?newsletter(?:\ (?:abonnieren|bestellen|sign-?up))?|bültenimize.{{0,20}}
    |подпи(?:саться|шитесь)\ на\ рассылку
    |اشترك\ في\ نشرتنا.{{0,12}}|đăng\ ký\ nhận\ (?:bản\ )?tin|メールマガジン(?:登録|購読)?
    |뉴스레터\ ?(?:구독|신청)?
    |(?:订阅|訂閱)(?:电子|電子|我们|我們).{{0,4}})\s*[:：?]?\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""A heading over what is no longer the article."""


_LONGEST = 160
"""Letters of such a heading at most."""


def heads_other(text: str) -> bool:
    """Is a line the heading of what is no longer the article: related stories, comments, a form?"""
    return len(text) <= _LONGEST and _is_related(text)


@lru_cache(4096)  # lines are asked for more than once, and many pages have the same
def _is_related(text: str) -> bool:
    return _RELATED.match(text) is not None


_TOOLS = re.compile(
    r"""^\W*(?:advert(?:isement)?s?|anzeige|werbung|publicidad|publicité|teilen|drucken|save
    |follow\ us.{0,60}
    |skip\ to\ (?:main\ )?content|article\ content|view\ image\ in\ fullscreen|continue\ reading
    |loading|table\ of\ contents
    |(?:photo|image|bild|foto|credit)s?(?:\ (?:credit|courtesy|by))?\s*[:：/©].{0,80}|©.{0,80}
    |view\ this\ post\ on\ \w+
    |(?:(?:older|newer|previous|next)\ (?:posts?|entr(?:y|ies)|articles?)\W{0,5}){1,2}
    |\d+\W?min(?:s|ut\w{1,3})?\W(?:read|lesezeit|de\ lect?ur[ae]|di\ lettura|czytania|чтения|okuma)
    |(?:reading\ time|lesezeit|temps\ de\ lecture|阅读时间|読了時間)\s?[:：].{0,20}
    |show\ comments|previous\ next|copy\ link|e-?mail|whatsapp|pinterest|linkedin
    |reddit|google|tweet
    |打印本[页文]|页面功能.{0,80}|发送给朋友|首页\W*上一页.{0,30}|第\d+页.{0,4}共\d+页.{0,20}|不喜欢|免责声明\s*[:：].{0,90}|点击看大图
    |댓글\s*\d{0,5}[건개]?|댓글목록|등록된\ 댓글이\ 없습니다
    |log\s*in\ to\ post\ comments|please\ log\s*in.{0,60}comments?|rate\ this\ article.{0,20}
    |顶一下.{0,12}|踩一下.{0,12}
    |[上下前后]一[篇条页则]\s*[:：]\s*(?:没有|暂?无).{0,6}
    |返回(?:首页|顶部|列表)|举报|收藏|点赞|扫一扫.{0,30}|微信扫.{0,20}|广告|-{0,40}分[隔割]线-{0,40}|.{0,12}字体\s*[:：].{0,12}|更多精彩.{0,20}
    |sign\ up.{0,20}|learn\ more|download\ article|listen|enlarge\ this\ image|hide\ caption|close
    |menu|search)\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""A line that is a button, a credit or an advertisement's label."""
_COOKIES = re.compile(
    r"\W*(?:this|our)\s+(?:web)?site\s+uses\s+cookies|we\s+use\s+(?:our\s+own\s+)?cookies"
    r"|(?:diese|unsere)\s+(?:web(?:site|seite)|seite)\s+(?:verwendet|benutzt|nutzt)\s+cookies"
    r"|wir\s+(?:verwenden|nutzen|setzen)\s+cookies|(?:ce|notre)\s+site\s+utilise\s+des\s+cookies"
    r"|(?:este|nuestro)\s+sitio\s+(?:web\s+)?(?:utiliza|usa)\s+cookies|本(?:网站|站)使用cookie"
    r"|(?:este|nosso)\s+site\s+(?:utiliza|usa)\s+cookies|(?:当|本|この)サイトでは.{0,20}(?:cookie|クッキー)を(?:使|利)用"
    r"|.{0,20}쿠키를\s*사용",
    re.IGNORECASE,
)
"""How a consent banner begins, whatever its length."""
_READ_ON = re.compile(
    r"\W*(?:lesen\s+sie\s+auch|lies\s+auch|mehr\s+(?:zum\s+thema|dazu)|(?:à\s+)?lire\s+(?:aussi|également)|read\s+(?:more|also|next)|also\s+read"
    r"|see\s+also|related|le(?:a|er)\s+(?:también|además)|(?:también\s+)?te\s+puede\s+interesar|le(?:ia|r)\s+(?:também|mais)"
    r"|veja\s+também|legg[io]\s+anche|чита(?:йте|ть)\s+также|ilgili\s+haber|lees\s+ook|läs\s+(?:också|mer)|l[eæ]s\s+også"
    r"|zobacz\s+też|przeczytaj|相[关關](?:阅读|新聞|新闻|報導|报道|热词(?:搜索)?)|延伸(?:阅读|閱讀)|関連(?:記事|ニュース)|관련\s?(?:기사|뉴스)"
    r"|[上下]一[篇条]|previous|next|prev|vorheriger|nächster|précédent|suivant|anterior|siguiente|이전글|다음글"
    r"|tags?|etiquetas|schlagw(?:o|ö)rter|mots[- ]clés|标签|標籤|etiketler|filed\s+under)"
    r"\b\W{0,2}?\s*[:：|>»\]】-]",
    re.IGNORECASE,
)
"""What stands before a link to another article, in the middle of one: "Read also: ..."."""


_FILED = re.compile(
    r"\W*(?:(?:posted|published|filed)\s+(?:in|under)|categori[sz]ed)\s(?!.*[.!?]$)", re.IGNORECASE
)
"""What stands before the sections of an article, as its last line behind the counter."""


def leads_on(text: str, linked: int) -> bool:
    """Is a line, with so many letters in links, one that leads to other articles?"""
    if linked and len(text) < _SHORT and _FILED.match(rest := without_counters(text)) and rest != text:
        return True
    label = _READ_ON.match(text) if linked and len(text) <= 200 else None
    return label is not None and linked > min(0.3 * len(text), 0.7 * (len(text) - label.end()))


_TOOL = re.compile(
    r"zurück(?:\s+zur?\s.{0,20})?|zur\s+übersicht|seite\s+drucken|torna(?:\s+(?:alle|alla|ai|indietro).{0,20})?|stampa(?:\s.{0,20})?"
    r"|volver(?:\s.{0,20})?|retour(?:\s.{0,20})?|imprimer(?:\s.{0,20})?|version\s+imprimable|voltar(?:\s.{0,20})?|imprimir"
    r"|возврат\s+к\s+списку|назад|версия\s+для\s+печати|geri(?:\s+dön)?|yazdır|목록|인쇄|.{0,12}一覧(?:へ.{0,6})?|トップへ戻る|ページの?(?:先頭|トップ)へ"
    r"|戻る|back(?:\s+to\s.{0,30})?|print(?:\s+this\s+page)?|打印(?:文章|本[页文])?|收藏(?:本文|本页)?|关闭(?:窗口|本页)?|返回(?:上一页|顶部|列表|首页)?"
    r"|回上一[頁页]|友善列印|본문|首页|正文|上一[則则篇]|下一[則则篇]|推荐给?(?:朋友|好友)|举报|分享",
    re.IGNORECASE,
)
_TOOL_FIRST = re.compile(rf"[\W_]*(?:{_TOOL.pattern})", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[|·•/【】\[\]｜]+\s*|\s+[-–—]\s+")


def _is_tools(text: str) -> bool:
    """Is a line nothing but ways back, to print and to close?"""
    if len(text) > 80 or not _TOOL_FIRST.match(text):
        return False
    pieces = [piece for piece in _BETWEEN.split(text) if piece]
    return bool(pieces) and all(
        _TOOL.fullmatch(piece) or all(map(_TOOL.fullmatch, piece.split())) for piece in pieces
    )


_NETWORK = r"\W{0,5}(?:facebook|twitter|(?<!x)x(?!x)|linkedin|whatsapp|e-?mail|xing|telegram|bluesky)"
_SHARE = re.compile(
    r"\W*(?:share|partager?|partagez|teilen|comparti(?:r|lhar|lhe)|comparte|condividi|del[ae]?n?|udostępnij|поделиться|分享|シェア|공유)"
    rf"(?:\s[^\W\d]{{1,12}}){{0,4}}\s*[:：]?(?:{_NETWORK})++\W*|(?:{_NETWORK}){{2,}}+\W*",
    re.IGNORECASE,
)
"""A line that names the networks on which a page may be shared."""
_SHORT = 120
"""Letters from which on a line is no button."""


def is_small_talk(text: str) -> bool:
    """Is a line a consent banner, or, where it is short, a button, a byline field or the heading of
    related stories?"""
    return _is_short_talk(text) if len(text) < _SHORT else _COOKIES.match(text) is not None


@lru_cache(4096)  # lines are asked for more than once, and many pages have the same
def _is_short_talk(text: str) -> bool:
    if _TOOLS.match(text) or heads_other(text) or _COOKIES.match(text):
        return True
    if _is_tools(text) or _SHARE.fullmatch(text):
        return True
    return META_LINE.match(without_counters(text)) is not None


def is_footer(text: str) -> bool:
    """Does a line speak of copyright or of the site's licence?"""
    small = text.lower()  # the words that all such lines have are cheap to look for
    if "right" in small or "©" in small or "版权所有" in small or "公网安备" in small or "icp" in small:
        return bool(_FOOTER.search(text))
    return False


def without_counters(text: str) -> str:
    """A line without how often it was read."""
    small = text.lower()
    return COUNTER.sub("", text) if any(word in small for word in _COUNTER_WORDS) else text


FURNITURE = frozenset({"nav", "aside", "footer", "menu", "dialog"})
_ROLES = frozenset({"navigation", "complementary", "contentinfo", "search", "banner", "dialog"})
_SURE = frozenset(
    {
        "related", "recommend", "recommended", "recommendation", "recommendations", "share",
        "sharing", "sharebar", "sns", "navbar", "navigation", "nav", "menu", "breadcrumb",
        "breadcrumbs", "crumb", "crumbs", "footer", "copyright", "comment", "comments", "respond",
        "reply", "disqus", "newsletter", "subscribe", "subscription", "signup", "cookie",
        "cookies", "consent", "gdpr", "outbrain", "taboola", "login", "sharedaddy", "addtoany",
        "sidebar", "teaser", "teasers", "advert", "advertisement", "advertisements", "sponsor",
        "sponsored", "promo", "promos", "mostread", "trending", "popular", "prevnext", "pager",
        "pagination", "qrcode", "toolbar", "byline", "bio", "authorbox", "paywall", "disclaimer",
        "aside", "discussion",
    }
)  # fmt: skip
_LIKELY = frozenset(
    {
        "side", "foot", "widget", "ad", "ads", "adv", "banner", "tags", "tag", "taglist",
        "keywords", "rank", "infobox", "box", "hot", "search", "modal", "popup", "overlay",
        "prev", "previous", "next", "author", "authors", "meta", "metadata", "metabox", "cta",
        "button", "buttons", "btn", "date", "published", "posted", "publisher", "social",
        "position", "message", "carousel", "contact", "toggle", "tooltip", "print", "tools",
        "infos", "timestamp", "credit", "credits", "rating", "ratings", "hide", "hidden",
    }
)  # fmt: skip
_ABOUT = frozenset({"box", "info", "card", "profile", "about", "description"})
"""With "author": a box about who wrote the article."""
_ARTICLE = re.compile(
    r"(?:^|[\s_-])(?:hentry|entry-?content|(?:article|post|content|story|news)-?_?body"
    r"|(?:article|post|news|main|page)-?_?content|type-post|single-post|article-?text|trs_editor)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


@lru_cache(8192)
def _by_names(names: str) -> int:
    if _ARTICLE.search(names):
        return -1
    words = name_words(names)
    if "author" in words and words & _ABOUT:
        return 2
    return 2 if words & _SURE else 1 if words & _LIKELY else 0


def furniture(node: etree._Element) -> int:
    """How surely an element is furniture: 2 by its name, 1 perhaps, 0 unsaid, -1 named the article."""
    if node.tag in FURNITURE or (node.get("role") or "").lower() in _ROLES:
        return 2
    if node.get("itemprop") == "articleBody":
        return -1
    unseen = node.get("hidden") is not None or node.get("aria-hidden") == "true"
    if unseen or _UNSEEN.search(node.get("style") or ""):
        return 1
    names = names_of(node)
    return _by_names(names[:500]) if len(names) > 1 else int(node.tag == "form")
