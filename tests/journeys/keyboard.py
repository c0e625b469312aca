"""A person at the keyboard alone: what they press is counted, what they wait for is timed, and how long it takes told.

The estimate is the keystroke-level model's (Card, Moran and Newell, "The keystroke-level model for user performance
time with interactive systems", Communications of the ACM 23(7), 1980): 0.28 s a key for an average typist who is no
secretary (40 words a minute), 1.35 s to make up one's mind before each step. To it come the pages' own times, as
measured here. A capital letter is two keys. What is read out to the technician, or waited for on the telephone, is not
in it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page

KEY_SECONDS, MIND_SECONDS = 0.28, 1.35
FARTHEST = 60  # tabs to one field: more means that it cannot be reached
NAME = """() => {
  const here = document.activeElement
  if (!here || here === document.body) return ''
  const label = here.labels && here.labels.length ? here.labels[0].innerText : ''
  const group = here.type === 'radio' ? here.closest('fieldset').querySelector('legend').innerText + ': ' : ''
  return (group + (label || here.getAttribute('aria-label') || here.innerText || '')).trim()
}"""


@dataclass
class Keyboard:
    """What one person pressed on the way, step by step, and how long each page took to come."""

    page: Page
    keys: int = 0
    steps: int = 0
    pages: list[tuple[str, float]] = field(default_factory=list)

    def press(self, key: str, times: int = 1) -> None:
        """Press a key."""
        for _ in range(times):
            self.page.keyboard.press(key)
        self.keys += times

    def write(self, words: str) -> None:
        """Type words where the cursor is."""
        self.page.keyboard.type(words)
        self.keys += len(words) + sum(letter.isupper() for letter in words)

    def name(self) -> str:
        """Return what the place where the cursor is is called."""
        found: str = self.page.evaluate(NAME)
        return found

    def to(self, name: str) -> None:
        """Press Tab until the cursor is at what is called so; one step of the person's mind."""
        self.steps += 1
        passed = []
        while not self.name().startswith(name):
            passed.append(self.name())
            assert len(passed) < FARTHEST, f"{name} is not reached by Tab on {self.page.url}; passed {passed}"
            self.press("Tab")

    def fill(self, name: str, words: str) -> None:
        """Go to a field and type."""
        self.to(name)
        self.write(words)

    def pick(self, name: str, words: str) -> None:
        """Go to a list and type the first letters of what is wanted."""
        self.fill(name, words)

    def tick(self, name: str) -> None:
        """Go to a box or a choice and mark it."""
        self.to(name)
        self.press("Space")

    def enter(self, name: str = "") -> None:
        """Press Enter where the cursor is, or at what is called so, and wait for the page that comes."""
        if name:
            self.to(name)
        with self.waiting():
            self.press("Enter")

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for the page that a key brings, and keep how long it took."""
        begun = time.perf_counter()
        with self.page.expect_navigation(wait_until="load"):
            yield
        self.pages.append((self.page.url, time.perf_counter() - begun))

    @property
    def seconds(self) -> float:
        """Return how long an average typist takes, with thinking and waiting."""
        waited = sum(took for _, took in self.pages)
        return self.keys * KEY_SECONDS + self.steps * MIND_SECONDS + waited

    def said(self, what: str) -> str:
        """Say what was counted, and how the seconds come together."""
        waited = sum(took for _, took in self.pages)
        return (
            f"{what}: {self.keys} keys, {self.steps} steps, {len(self.pages)} pages. "
            f"{self.keys * KEY_SECONDS:.0f} s of typing + {self.steps * MIND_SECONDS:.0f} s of thinking "
            f"+ {waited:.1f} s of waiting = {self.seconds:.0f} s"
        )
