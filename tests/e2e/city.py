"""A whole city in its own process, and people who walk through it with a browser."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Cookie, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
_WATCH = "window.violations = []; addEventListener('securitypolicyviolation', e => window.violations.push(e.violatedDirective));"


class City:
    """`tongban run --demo` on a port of its own, with its data in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.signed_in: dict[str, list[Cookie]] = {}
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = (folder / "city.log").open("w")
        command = [sys.executable, "-m", "tongban", "run", "--demo", "--port", str(self.port)]
        environment = {**os.environ, "TONGBAN_DATA": str(folder / "var")}
        self._process = subprocess.Popen(command, env=environment, stdout=self._log, stderr=subprocess.STDOUT)
        self._wait(60)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                with urlopen(f"{self.address}/readyz", timeout=2):
                    return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError(f"the city did not start: {Path(self._log.name).read_text('utf-8')}")

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self._process.terminate()
        code = self._process.wait(timeout=20)
        self._log.close()
        return code


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Person:
    """Somebody at a browser. complaints: what the browser's console and the content security policy had to say."""

    context: BrowserContext
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Opens a page of the city; a server error fails at once."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status < 500, f"{path} answered {answer.status}"

    def begin(self, service: str) -> None:
        """Opens the form of a service that asks about the situation first; the answers are left open."""
        self.go(f"/services/{service}")
        self.page.get_by_role("link", name="在线办理", exact=True).first.click()
        self.press("开始填写")

    def press(self, name: str) -> None:
        """Presses the button of this name and waits for the page that follows."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        """Follows the link of this name."""
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    @property
    def text(self) -> str:
        """The page's own text, without header and footer."""
        return self.page.locator("main").inner_text()

    def violations(self) -> list[str]:
        """Breaches of the content security policy on this page."""
        found: list[str] = self.page.evaluate("window.violations")
        return found


def _is_refusal(text: str) -> bool:
    """The console also notes each answer of 4xx; those are what a test asks for."""
    return re.search(r"responded with a status of 4\d\d", text) is not None


def arrive(
    browser: Browser,
    city: City,
    who: str | None = None,
    *,
    language: str = "zh-CN",
    size: dict[str, int] = DESK,
    is_back: bool = False,
) -> Person:
    """A person with a browser of their own, signed in by one click when `who` is named; who is back has signed in before."""
    context = browser.new_context(
        locale=language,
        timezone_id="Asia/Shanghai",
        viewport=size,  # type: ignore[arg-type]  # a plain dictionary of the two numbers
        reduced_motion="reduce",
    )
    context.add_init_script(_WATCH)
    context.set_default_timeout(15_000)
    page = context.new_page()
    person = Person(context, page, city.address)
    page.on("console", lambda m: person.complaints.append(m.text) if m.type == "error" and not _is_refusal(m.text) else None)
    page.on("pageerror", lambda e: person.complaints.append(str(e)))
    if who is not None and is_back and who in city.signed_in:
        context.add_cookies(city.signed_in[who])  # type: ignore[arg-type]  # what cookies() gave
    elif who is not None:
        person.go("/login")
        page.locator(f"button.person:has(b:text-is('{who}'))").click()
        page.wait_for_load_state()
        if is_back:
            city.signed_in[who] = context.cookies()
    return person
