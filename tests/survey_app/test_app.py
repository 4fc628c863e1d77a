"""A surveyor's first hour with the app."""

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune, head_name


def test_a_tablet_is_enrolled_and_works_without_a_network(new_tablet: NewTablet, commune: Commune) -> None:
    homes = commune.homes(3)
    commune.round(homes[:2])
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.tab("Chưa làm", 2)
    tablet.tab("Tất cả", 3)
    tablet.network(False)
    tablet.off()
    tablet.on()
    tablet.unlock()
    tablet.sees(head_name(1))
    tablet.tab("Tất cả", 3)
    assert tablet.complaints == []
