"""The programme catalogue: components, the kinds of interventions they bring, policies. Data, no tables."""
