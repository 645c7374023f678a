"""Answers held against predictions, and what they tell of the account and of the page's ambiguities."""
