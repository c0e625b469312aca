"""One patient on one page: who, treatments and their cover with its reasons, and all that was done for them."""
