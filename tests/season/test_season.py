"""A short field season: every promise holds after lost answers, crashes, killed workers and other people's edits."""

from tests.season import run
from tests.season.plan import Plan
from tests.season.reckoning import PROMISES

SHORT = Plan(seed=7, tablets=8, days=5)


def test_a_short_season_keeps_every_promise(database_url: str) -> None:
    ledger = run.play(SHORT, database_url)
    assert ledger.failures == {}
    unchecked = {promise for promise in PROMISES if not ledger.checks[promise]}
    assert unchecked <= {"revoked", "reused", "conflicts", "held-not-refused"}, "a promise that nobody looked at"
    assert ledger.outcomes["applied"] > 50
    assert len(ledger.faults) > 4, "too calm to prove anything"


def test_the_same_seed_makes_the_same_season() -> None:
    same, other = Plan(SHORT.seed, SHORT.tablets, SHORT.days), Plan(8, SHORT.tablets, SHORT.days)
    assert same.digest() == SHORT.digest() != other.digest()
    assert [same.tablet_days(n) for n in range(8)] == [SHORT.tablet_days(n) for n in range(8)]


def test_the_plan_has_homes_and_troubles_for_two_hundred_tablets() -> None:
    plan = Plan(1, 200, 60)
    posts = plan.posts()
    assert len({post.username for post in posts}) == 200
    assert max(sum(one.hamlet == post.hamlet for one in posts) for post in posts) == 2
    days = [day for post in posts for day in plan.tablet_days(post.number)]
    assert all(any(getattr(day, trouble) for day in days) for trouble in ("loses_tablet", "changes_hamlet", "online"))
    assert max(abs(plan.skew_seconds(post.number)) for post in posts) > 365 * 86400
    assert any(plan.kill_after(day) for day in range(60))
