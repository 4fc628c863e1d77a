"""Imports every table once, so that Alembic and the tests see the whole schema."""

from sqlmodel import SQLModel

from api import audit
from api.accounts import tables as accounts
from api.areas import tables as areas
from api.attachments import tables as attachments
from api.backups import tables as backups
from api.budgets import tables as budgets
from api.changes import tables as changes
from api.credit import tables as credit
from api.deliveries import tables as deliveries
from api.eligibility import tables as eligibility
from api.fund import tables as fund
from api.hamlet_plans import tables as hamlet_plans
from api.households import tables as households
from api.indicators import tables as indicators
from api.insurance import tables as insurance
from api.interventions import tables as interventions
from api.plans import tables as plans
from api.procedure import tables as procedure
from api.recognitions import tables as recognitions
from api.report_submissions import tables as report_submissions
from api.reports import tables as reports
from api.reviews import tables as reviews
from api.standards import tables as standards
from api.workbooks import tables as workbooks
from mobile_sync import tables as journal

FEATURES = (
    areas, accounts, audit, backups, households, changes, standards, attachments, reviews, procedure, recognitions,
    plans, interventions, deliveries, budgets, credit, insurance, fund, hamlet_plans, report_submissions,
    eligibility, indicators, workbooks, reports, journal,
)  # fmt: skip

metadata = SQLModel.metadata
