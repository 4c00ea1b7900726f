"""What each claim measures.  A change in here makes kept results be measured anew."""
