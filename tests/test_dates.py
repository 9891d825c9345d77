from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.dates import parse_moment

VIETNAM = timedelta(hours=7)
FIRST = datetime(1971, 1, 2)  # noqa: DTZ001 - hypothesis wants it naive


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thứ tư, 22/10/2025, 19:25 (GMT+7)", "2025-10-22T19:25:00+07:00"),
        ("Thứ năm, 2/11/2023, 19:20 (GMT+7)", "2023-11-02T19:20:00+07:00"),
        ("07/03/2026 08:01 GMT+7", "2026-03-07T08:01:00+07:00"),
        ("07-03-2026 - 00:01 AM", "2026-03-07T00:01:00+07:00"),
        ("07-03-2026 - 14:01 PM", "2026-03-07T14:01:00+07:00"),
        ("07-03-2026 - 02:01 PM", "2026-03-07T14:01:00+07:00"),
        ("07-03-2026 - 12:05 AM", "2026-03-07T00:05:00+07:00"),
        ("Thứ Bảy, 07/03/2026 - 08:52", "2026-03-07T08:52:00+07:00"),
        ("- 07/03/2026 08:47", "2026-03-07T08:47:00+07:00"),
        ("07/03/2026-08:52", "2026-03-07T08:52:00+07:00"),
        ("09:00 | 10/03/2021", "2021-03-10T09:00:00+07:00"),
        ("15:21 | 23/11/2020 GMT+7", "2020-11-23T15:21:00+07:00"),
        ("15:21 | 23/11/2020 GMT+07:00", "2020-11-23T15:21:00+07:00"),
        ("Chủ nhật - 20/07/2014 11:50", "2014-07-20T11:50:00+07:00"),
        ("12/05/2025 | 10:20", "2025-05-12T10:20:00+07:00"),
        ("Ngày đăng: 05.06.2026 | 08:30", "2026-06-05T08:30:00+07:00"),
        ("05/06/2026 8h30", "2026-06-05T08:30:00+07:00"),
        ("08:30 ngày 5 tháng 6 năm 2026", "2026-06-05T08:30:00+07:00"),
        ("Thứ Sáu, ngày 05 tháng 06 năm 2026, 8 giờ 30 phút", "2026-06-05T08:30:00+07:00"),
        ("5 Tháng Sáu, 2026 8:30", "2026-06-05T08:30:00+07:00"),
        ("2026-01-02T08:00:11+0700", "2026-01-02T08:00:11+07:00"),
        ("2026-07-30T16:47:54+07:00", "2026-07-30T16:47:54+07:00"),
        ("2026-03-07T08:52:11.000 +07:00", "2026-03-07T08:52:11+07:00"),
        ("2026-03-07 08:52:11.123456789+07", "2026-03-07T08:52:11.123456+07:00"),
        ("2026-03-07T00:01:00", "2026-03-07T00:01:00+07:00"),
        ("2026-03-07T00:01:00Z", "2026-03-07T00:01:00+00:00"),
        ("June 5, 2026 8:30 AM", "2026-06-05T08:30:00+07:00"),
        ("Jun 5, 2026, 08:30 (GMT+7)", "2026-06-05T08:30:00+07:00"),
        ("5 June 2026 08:30 UTC", "2026-06-05T08:30:00+00:00"),
        ("Fri, 05 Jun 2026 08:30:00 +0700", "2026-06-05T08:30:00+07:00"),
        ("Fri, 05 Jun 2026 08:30:00 GMT", "2026-06-05T08:30:00+00:00"),
        ("Fri, 05 Jun 2026 08:30:00 EST", "2026-06-05T08:30:00-05:00"),
    ],
)
def test_printed_moments_keep_their_offset(text, moment):
    assert parse_moment(text, offset=VIETNAM).isoformat() == moment


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2026-03-07", id="no time"),
        pytest.param("ngày 5 tháng 6 năm 2026", id="no time, in words"),
        pytest.param("ngày 13/6 08:00", id="no year"),
        pytest.param("22/10/25 19:00", id="two-digit year"),
        pytest.param("08:47", id="no date"),
        pytest.param("06/25/2026 10:00", id="month first"),
        pytest.param("32/01/2026 08:00", id="no such day"),
        pytest.param("05/06/2026 25:00", id="no such hour"),
        pytest.param("05/06/2026 00:30 PM", id="half day against the clock"),
        pytest.param("0001-01-01T00:00:00Z", id="zero date"),
        pytest.param("1970-01-01T00:00:00Z", id="epoch"),
        pytest.param("07/03/2026 08:47, cập nhật 07/03/2026 09:00", id="two moments"),
        pytest.param("08:00 - 09:30 07/03/2026", id="two times"),
        pytest.param("05 Jun 2026 08:30 CEST", id="zone that we do not know"),
        pytest.param("2026-03-07T08:00:00+25:00", id="no such offset"),
        pytest.param("07/03/2026 08:47 " + "x" * 300, id="a paragraph"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_not_stated_is_not_guessed(text):
    assert parse_moment(text, offset=VIETNAM) is None


def test_a_naive_time_without_an_offset_to_apply_is_refused():
    assert parse_moment("07/03/2026 08:47", offset=None) is None
    assert parse_moment("07/03/2026 08:47 GMT+7", offset=None) is not None


@given(st.text(max_size=120))
def test_any_text_gives_a_moment_or_none(text):
    moment = parse_moment(text, offset=VIETNAM)
    assert moment is None or moment.tzinfo is not None


@given(st.datetimes(min_value=FIRST, timezones=st.just(UTC)))
def test_iso_round_trip(moment):
    assert parse_moment(moment.isoformat(), offset=None) == moment
