"""What a run against a real account needs besides: its key pair, a plan, a pace, a journal, and cleaning up."""
