"""What the replica's two sites announce. Titles, dates and ids of real notices where they are known;
the other titles and every body are the project's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; ``link`` is set where its row leaves the society's site."""

    number: int
    title: str
    day: date
    paragraphs: tuple[str, ...] = ()
    link: str = ""
    pinned: bool = False
    files: tuple[str, ...] = ()


def _body_zh(title: str, day: date) -> tuple[str, ...]:
    return (
        f"各位会员:{title}的有关安排现予公布,请相互转告。",
        f"本通知于{day.year}年{day.month}月{day.day}日经秘书处核定。报名系统在通知发布后第三个工作日开放,"
        "届时请登录会员中心提交单位、专业与联系方式,提交后可在同一页面查看审核结果。",
        "凡需开具邀请函或继续教育学分证明者,请在报名时一并注明;逾期提交的材料将顺延至下一批处理。"
        "交通与住宿由参会者自理,会务组提供周边酒店名单供参考。",
        "如有疑问,请在工作日与秘书处联系。",
    )


_PINNED_ZH = (
    (9350, "2026年CSCO学术年会第三轮通知", date(2026, 8, 17)),
    (9301, "2026年CSCO学术年会日程框架", date(2026, 7, 7)),
    (9017, "CSCO简历/幻灯模板（CSCO Slide/CV Template）", date(2025, 7, 21)),
    (9280, "2026 ASCO-CSCO 高层会谈｜同心致远，协作共赢，共绘全球肿瘤防治新蓝图", date(2026, 6, 3)),
    (9275, "2026年CSCO学术年会第二轮通知", date(2026, 5, 25)),
)
_WECHAT = (
    ("xr9e5U9XcBdjvPM8MIKz3w", "马军：中国肿瘤界下一个突破点在哪里？| 2026 BOC"),
    (
        "jNIH0jIkSBayRxusWtEICA",
        "以中国研究，答时代之问——2026 BOC圆满收官，本土肿瘤学术主场正式启航！",
    ),
    (
        "aopmiQc13k1aFIud-JQJfA",
        "以中国原创之名，立全球学术之林丨秦叔逵教授2026 BOC闭幕致辞展望中国肿瘤学新征程",
    ),
    (
        "jXz41t4jvwnxAlwY6MU_7A",
        "见证中国临床肿瘤学的新起点！于金明院士专访：让世界看到中国原创的底气与担当 | 2026 BOC",
    ),
)
_NEWEST_ZH = (
    (9308, "ASCO Leadership Program", date(2026, 7, 8)),
    (9277, "2026年BOC会议大会日程", date(2026, 5, 29)),
    (9273, "2026年BOC会议日程框架", date(2026, 5, 19)),
    (9269, "2026年CSCO指南会大会日程", date(2026, 4, 3)),
    (9265, "2026CSCO指南会日程框架", date(2026, 2, 28)),
    (9262, "2026年CSCO学术年会第一轮征文通知", date(2026, 1, 22)),
)
_SERIES_ZH = (
    "{year}年会员代表大会第{round}次会议纪要",
    "{year}年青年医师研究基金申请指南(第{round}批)",
    "关于举办{year}年淋巴瘤诊疗规范培训班(第{round}期)的通知",
    "{year}年患者教育视频征集结果公示({round})",
    "{year}年县域肿瘤防治巡讲:第{round}站",
    "关于{year}年会费缴纳办法的说明 V{round}.1",
    "{year}年临床研究方法学网络课程,第{round}讲",
    "专家委员会{year}年第{round}号声明",
)


def chinese() -> list[Notice]:
    """120 notices of column 158 in the listing's order: pinned ones first, then newest first."""
    notices = [
        Notice(number, title, day, _body_zh(title, day), pinned=True)
        for number, title, day in _PINNED_ZH
    ]
    notices += [
        Notice(0, title, date(2026, 7, 8), link=f"https://mp.weixin.qq.com/s/{key}")
        for key, title in _WECHAT
    ]
    notices += [Notice(n, title, day, _body_zh(title, day)) for n, title, day in _NEWEST_ZH]
    day = date(2026, 1, 12)
    for index in range(105):
        series = _SERIES_ZH[index % len(_SERIES_ZH)]
        title = series.format(year=day.year, round=1 + index // len(_SERIES_ZH) % 4)
        files = (f"/upload/{8900 - index}.pdf",) if index % 9 == 4 else ()
        notices.append(Notice(8900 - index * 3, title, day, _body_zh(title, day), files=files))
        day -= timedelta(days=9 + index % 7)
    return notices


_REAL_EN = {
    564: ("2021 CSCO Annual Meeting successfully completed!", date(2022, 2, 11)),
    125: (
        "The 18th Annual Meeting of Chinese Society of Clinical Oncology (CSCO) was held",
        date(2015, 10, 12),
    ),
    79: (
        "The 17th Annual Meeting of Chinese Society of Clinical Oncology (CSCO) was held",
        date(2014, 10, 17),
    ),
    74: (
        "The 16th Annual Meeting of Chinese Society of Clinical Oncology (CSCO) was held",
        date(2013, 10, 23),
    ),
}
_SERIES_EN = (
    "Call for abstracts: young investigators' session {round}, {year}",
    "Fellowship programme {year}: applications open for cohort {round}",
    "Statement of the guidelines committee, no. {round} of {year}",
    "Patient education week {year}, part {round}",
    "Joint workshop on trial design, spring of {year} (session {round})",
    "Registry report {year}/{round}: lymphoma in county hospitals",
    "Minutes of board meeting {round} of {year}",
)


def _body_en(title: str, day: date) -> tuple[str, ...]:
    held = day - timedelta(days=139)
    return (
        f"This notice tells members what was decided about “{title}”.",
        f"The working group met on {held:%B} {held.day}, {held.year} and heard reports from eleven "
        "provinces. Its members asked for shorter forms, earlier deadlines and a single address to "
        "which questions can be sent; all three have been granted.",
        "Applicants send one file of at most four pages. A reviewer answers within twenty working "
        "days, and every refusal names its reason. Travel is not reimbursed.",
        "Questions are welcome at the secretariat on working days.",
    )


def _english() -> Iterator[Notice]:
    for number, (title, day) in _REAL_EN.items():
        yield Notice(number, title, day, _body_en(title, day))
    day = date(2025, 11, 28)
    for index in range(56):
        series = _SERIES_EN[index % len(_SERIES_EN)]
        title = series.format(year=day.year, round=1 + index // len(_SERIES_EN) % 3)
        files = (f"/upload/files/form-{index}.pdf",) if index % 11 == 3 else ()
        yield Notice(930 - index * 4, title, day, _body_en(title, day), files=files)
        day -= timedelta(days=53 + index % 20)


def english() -> list[Notice]:
    """60 notices of column 13, newest first."""
    return sorted(_english(), key=lambda notice: notice.day, reverse=True)
