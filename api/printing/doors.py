"""Who may print what. The doors of the procedure are those of its own routes."""

from typing import Annotated

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission

RequestPrinter = Annotated[Actor, allow(Permission.households_read)]
FormPrinter = Annotated[Actor, allow(Permission.reviews_write)]
# who decided, and who registered it; both also have to read households (complaint_papers.py)
ComplaintPrinter = Annotated[Actor, allow(Permission.complaints_decide, Permission.complaints_register)]
OpinionPrinter = Annotated[Actor, allow(Permission.rounds_approve, Permission.rounds_write)]
DecisionPrinter = Annotated[Actor, allow(Permission.recognitions_prepare, Permission.recognitions_sign)]
CertificatePrinter = Annotated[Actor, allow(Permission.certificates_print)]
SheetPrinter = Annotated[Actor, allow(Permission.deliveries_write, Permission.households_read)]
BudgetPrinter = Annotated[Actor, allow(Permission.budget_read)]
# the bank prints what the commune confirmed
LoanListPrinter = Annotated[Actor, allow(Permission.credit_amounts)]
