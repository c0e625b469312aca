"""Before a registration: suitability, choice, consent, what children need, accessible information, the charter."""
