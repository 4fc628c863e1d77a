"""A long list: wherever one looks, lines are drawn; only a few more are; and one comes back to where one was."""

from playwright.sync_api import expect

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.tablet import PHONE, Tablet, until

HOUSEHOLDS = 300
# of the heights at which the list is in sight, those where no line is: white
WHITE = """() => {
  const {top, bottom} = document.querySelector('ul.windowed').getBoundingClientRect();
  const foot = document.querySelector('.foot').getBoundingClientRect().top;
  const white = [];
  for (let y = Math.max(top, 60) + 4; y < Math.min(bottom, foot) - 4; y += 20)
    if (!document.elementsFromPoint(innerWidth / 2, y).some(one => one.matches('.windowed > li'))) white.push(y);
  return white;
}"""
# before the picture that follows a press, what is in it
IN_THE_PICTURE = """press => new Promise(told => {
  [...document.querySelectorAll('.tabs button')].find(one => one.textContent.startsWith(press)).click();
  requestAnimationFrame(() => told([(WHITE)(), document.querySelectorAll('.windowed > li').length]));
})""".replace("WHITE", WHITE)
FIRST_IN_SIGHT = "document.elementsFromPoint(180, 300).find(one => one.matches('a.line')).getAttribute('href')"


def lines(tablet: Tablet) -> int:
    return tablet.page.locator(".windowed > li").count()


def scroll(tablet: Tablet, to: int) -> None:
    tablet.page.evaluate("to => scrollTo(0, to)", to)
    until(lambda: tablet.page.evaluate(WHITE) == [], f"lines are drawn at {to}", tablet.page, 10)


def test_a_long_list_is_drawn_wherever_one_looks_and_no_further(new_tablet: NewTablet, commune: Commune) -> None:
    homes = commune.homes(HOUSEHOLDS)
    commune.round(homes[:5])
    tablet = new_tablet(size=PHONE)
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    page = tablet.page
    white, first_picture = page.evaluate(IN_THE_PICTURE, "Tất cả")
    assert (white, first_picture < 16) == ([], True)
    until(lambda: lines(tablet) > first_picture, "some beyond are drawn when there is time", page, 10)
    height = page.locator(".windowed > li").first.bounding_box()["height"]  # type: ignore[index]
    end = page.evaluate("document.documentElement.scrollHeight")
    assert end > height * HOUSEHOLDS
    for to in (100, 2_000, 2_050, end // 2, end, end - 900, 0, 9_000):
        scroll(tablet, to)
        assert lines(tablet) < 40
    left_at, at = page.evaluate(FIRST_IN_SIGHT), page.evaluate("scrollY")
    page.locator(f'a.line[href="{left_at}"]').click()
    expect(page.get_by_role("heading", name="Người trong hộ")).to_be_visible()
    page.go_back()
    until(lambda: page.locator("ul.windowed").count() and page.evaluate("scrollY") == at, "back at the place", page, 10)
    until(lambda: page.evaluate(WHITE) == [], "lines are drawn there", page, 10)
    assert page.evaluate(FIRST_IN_SIGHT) == left_at
    assert page.evaluate(IN_THE_PICTURE, "Chưa làm")[1] == 5
    until(lambda: page.evaluate(WHITE) == [], "the five are in sight", page, 10)
    page.get_by_role("searchbox").fill("234")
    expect(page.locator(".windowed > li")).to_have_count(0)
    page.get_by_role("button", name="Tất cả").click()
    expect(page.locator(".windowed > li")).to_have_count(1)
    assert tablet.complaints == []
