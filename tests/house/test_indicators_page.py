"""docs/indicators.md is the catalogue of indicators, and the catalogue is whole."""

import re
from pathlib import Path

from typer.testing import CliRunner

from api.indicators.catalogue import INDICATORS
from api.indicators.cli import app
from api.indicators.page import markdown

PAGE = Path(__file__).parents[2] / "docs" / "indicators.md"
TONED = re.compile(r"[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)


def test_the_page_is_that_of_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: giamngheo indicators > docs/indicators.md"


def test_the_command_prints_the_page() -> None:
    run = CliRunner().invoke(app)
    assert (run.exit_code, run.output) == (0, markdown())


def test_every_entry_says_in_both_languages_what_it_is_and_where_it_comes_from() -> None:
    for one in INDICATORS.values():
        for said in (one.vi, one.vi_definition):
            assert TONED.search(said), one.code
        for said in (one.en, one.en_definition):
            assert said, one.code
            assert not TONED.search(said.split("«")[0]), one.code
        assert one.vi_definition.endswith("."), one.code
        assert one.en_definition.endswith("."), one.code
        assert one.source, one.code
        assert "area" in one.breakdowns, one.code


def test_all_of_section_ii_of_the_plan_is_there() -> None:
    """Section II line by line, and what plan-coverage adds to it."""
    wanted = {
        "multidimensional_poverty_rate", "multidimensional_poverty_change", "relapse_rate", "new_poor_rate",
        "criterion_11_poverty", "access_to_services_and_policies", "preferential_credit", "preferential_credit_of_need",
        "models_started", "models_replicated", "models_alive_at_12_months", "sustainable_job_in_household",
        "officers_trained", "job_support", "health_insurance", "premium_support", "school_attendance",
        "school_benefits", "vocational_training", "safe_housing", "clean_water", "hygienic_toilet", "telecom_service",
    }  # fmt: skip
    assert wanted <= INDICATORS.keys()
    deprivations = [one for code, one in INDICATORS.items() if code.startswith("deprived_")]
    assert len(deprivations) == 12
    assert all("class" in one.breakdowns for one in deprivations)
