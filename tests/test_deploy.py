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
