"""From referral to first dose: which stage, whose move, how long, and what is still required. Rules without Django."""
