"""What tests ask of the machine that they run on; who can't have it skips."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.launch import ROOT


def without_privileges(command: list[str]) -> list[str]:
    """Root writes anywhere; without capabilities its permissions are checked like anyone's."""
    if os.geteuid() != 0:
        return command
    if shutil.which("setpriv") is None:
        pytest.skip("run as root without setpriv: a read-only folder would be written all the same")
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]


def run(command: list[str]) -> tuple[int, str]:
    """Exit code and what it said."""
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def tiny_disk(folder: Path, size: str) -> None:
    """Mount a disk of so few bytes ("512k") in memory; its room grows by ``remount``."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or run(mount)[0] != 0:
        pytest.skip("a small disk can be mounted by root alone")
