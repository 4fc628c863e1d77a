"""What is done for households and people: interventions with steps and participants, and needs."""
