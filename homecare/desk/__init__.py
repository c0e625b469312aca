"""Where it all comes together: the register import, Today, the patient page, deeds that span apps."""
