"""How long the medicine at home lasts: regimen, supply facts, what the prescription still gives, the dates."""
