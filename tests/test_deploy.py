"""What operators copy works as it stands."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.launch import ROOT

HOME = "/srv/csco_spider"


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    scrapy = tmp_path / ".venv" / "bin" / "scrapy"
    scrapy.parent.mkdir(parents=True)
    scrapy.write_text("#!/bin/sh\n")
    scrapy.chmod(0o755)
    units = []
    for unit in sorted((ROOT / "deploy").glob("csco-spider.*")):
        copy = tmp_path / unit.name
        copy.write_text(unit.read_text().replace(HOME, str(tmp_path)))
        units.append(str(copy))
    assert len(units) == 2
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    assert "csco-spider" not in said


def test_cron_s_line_has_a_time_and_names_the_command() -> None:
    lines = [line for line in (ROOT / "deploy" / "crontab").read_text().splitlines() if line[0] != "#"]
    assert len(lines) == 1
    assert lines[0].split(maxsplit=5)[:5] == ["30", "2", "*", "*", "*"]
    assert "scrapy nightly" in lines[0]


@pytest.mark.parametrize(("code", "mailed"), [(0, ""), (1, "nightly was begun\n")])
def test_cron_s_line_begins_a_night_in_a_fresh_clone(tmp_path: Path, code: int, mailed: str) -> None:
    scrapy = tmp_path / ".venv" / "bin" / "scrapy"
    scrapy.parent.mkdir(parents=True)
    scrapy.write_text(f"#!/bin/sh\necho $1 was begun\nexit {code}\n")
    scrapy.chmod(0o755)
    line = (ROOT / "deploy" / "crontab").read_text().splitlines()[-1].split(maxsplit=5)[5]
    words = ["sh", "-c", line.replace(HOME, str(tmp_path))]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == (mailed, "")
    assert (tmp_path / "var" / "night.log").read_text() == "nightly was begun\n"
