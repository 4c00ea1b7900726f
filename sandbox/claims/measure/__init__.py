"""What each claim measures.  A change here causes kept results to be measured again."""
