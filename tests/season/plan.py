"""What happens in a season, drawn from the seed alone: the same seed, the same plan, whatever the server answers."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from api import clock

HAMLETS_PER_COMMUNE = 8  # as many as Trực Thái has
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Post:
    """Where a tablet works: the surveyor's account, the commune, the hamlet at the start."""

    number: int
    username: str
    commune: str
    hamlet: str  # code

    @property
    def reviews(self) -> bool:
        """Trực Thái has a training round open, so its tablets bring reviews too."""
        return self.commune == "14080"


@dataclass(frozen=True)
class TabletDay:
    """One day of one tablet."""

    visits: int
    online: bool
    loses_tablet: bool
    changes_hamlet: bool
    odd: float  # below 0.1 something odd is done: a bad submission, a child before its parent


@dataclass(frozen=True)
class Plan:
    """`tablets` tablets for `days` days. Every other hamlet has two of them."""

    seed: int
    tablets: int
    days: int

    def luck(self, *of: object) -> random.Random:
        """A source of chance of its own for everything that is named: threads do not disturb each other's."""
        return random.Random("/".join(str(part) for part in (self.seed, *of)))

    @property
    def first_day(self) -> date:
        return clock.today() - timedelta(days=self.days)

    def today(self, day: int) -> date:
        return self.first_day + timedelta(days=day)

    def posts(self) -> list[Post]:
        """The tablets' places: Trực Thái first, then made-up communes of eight hamlets."""
        found: list[Post] = []
        hamlet = 0
        while len(found) < self.tablets:
            commune, place = divmod(hamlet, HAMLETS_PER_COMMUNE)
            code = "14080" if commune == 0 else f"{91000 + commune}"
            for twin in range(2 if hamlet % 2 == 0 else 1):
                username = f"xom-{place + 1}" if commune == 0 and twin == 0 else f"rsv-{code}-{place + 1}-{twin}"
                found.append(Post(len(found), username, code, f"{code}-{place + 1:02d}"))
            hamlet += 1
        return found[: self.tablets]

    def communes(self) -> list[str]:
        return list(dict.fromkeys(post.commune for post in self.posts()))

    def skew_seconds(self, tablet: int) -> int:
        """How wrong the tablet's clock is, from the first day to the last: minutes, hours, days, years."""
        luck = self.luck("clock", tablet)
        unit = luck.choice([0, 0, _MINUTE, _MINUTE, _HOUR, _DAY, 365 * _DAY])
        return unit * luck.randint(-20, 20)

    def offline(self, tablet: int) -> set[int]:
        """The days on which the tablet has no line: one absence of days to weeks, and many single days."""
        luck = self.luck("offline", tablet)
        long = luck.choice([0, 3, 7, 14, 25])
        begin = luck.randrange(max(1, self.days))
        away = set(range(begin, min(begin + long, self.days)))
        return away | {day for day in range(self.days) if luck.random() < 0.6}

    def tablet_days(self, tablet: int) -> list[TabletDay]:
        luck, offline = self.luck("days", tablet), self.offline(tablet)
        lost = luck.randrange(2, max(3, self.days)) if luck.random() < 0.08 else None
        moves = luck.randrange(2, max(3, self.days)) if luck.random() < 0.12 else None
        return [
            TabletDay(
                visits=luck.choice([0, 0, 1, 2, 3, 5]),
                online=day not in offline,
                loses_tablet=day == lost,
                changes_hamlet=day == moves,
                odd=luck.random(),
            )
            for day in range(self.days)
        ]

    def kill_after(self, day: int) -> int | None:
        """After so many requests of the day one worker of the server is killed with -9; None: not on this day."""
        luck = self.luck("kill", day)
        return luck.randrange(5, 60) if luck.random() < (0.2 if self.days > 20 else 0.4) else None

    def digest(self) -> str:
        """Tells one plan from another: printed in the report."""
        import hashlib

        parts = [(post, self.skew_seconds(post.number), self.tablet_days(post.number)) for post in self.posts()]
        return hashlib.sha256(repr((parts, [self.kill_after(day) for day in range(self.days)])).encode()).hexdigest()[
            :12
        ]
