"""From referral to first dose on screen: an enrolment's own page, its clock, and the board of who has not started."""
