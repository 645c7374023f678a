"""What the tests of journals share: a journal with a bit of everything, and how its entries are shown."""

from conformance.live.journal import AccountIdentity, Journal, key_digest, list_journals

ACCOUNT = AccountIdentity("https://iai.example.com", "ap-guangzhou", key_digest("AKIDEXAMPLE"))
RUN = "confabcde"
# Instead of `database._FLUSHING`, where the point isn't what is on the disk: to flush takes long on some.
UNFLUSHED = ("PRAGMA synchronous = OFF",)


def only(folder):
    (one,) = list_journals(folder)
    return one


def states(entries):
    return {entry.group_id: str(entry.state) for entry in entries}


def write_sample(folder, groups=40):
    """A journal of some pages, with a bit of everything; its path."""
    with Journal.begin(folder, RUN, ACCOUNT) as journal:
        for number in range(groups):
            journal.creating(f"{RUN}{number}", f"name{number} {'中' * 60}")
            journal.created(f"{RUN}{number}")
        journal.renaming(f"{RUN}1", "renamed")
        journal.creating("7", "seven")
        journal.refused("7")
        journal.deleting(f"{RUN}2")
        journal.deleted(f"{RUN}2")
        journal.creating(f"{RUN}unanswered", None)
    return journal.path
