"""What the emulator's server takes of its clients, in one place: nobody may hold it, or fill it."""

from __future__ import annotations

__all__ = [
    "ANSWER_SECONDS", "BODY_SECONDS", "HEAD_SECONDS", "IDLE_SECONDS", "IN_WORDS", "LARGEST_BODY", "LARGEST_HEAD",
    "MOST_CONNECTIONS", "MOST_KEPT",
]  # fmt: skip

# Seconds for the head of a request, for its body, and to take an answer; and between requests.
HEAD_SECONDS, BODY_SECONDS, ANSWER_SECONDS, IDLE_SECONDS = 20, 60, 60, 5
# Bytes of a request's line and headers.
LARGEST_HEAD = 128 * 1024
# Bytes of its body. The platform takes 10 MB; the emulator itself refuses what is larger.
LARGEST_BODY = 12 * 1024 * 1024
# Bytes of all bodies that are still coming in; the next one is told to come again.
MOST_KEPT = 10 * LARGEST_BODY
MOST_CONNECTIONS = 200

IN_WORDS = (
    f"A request's head must be whole within {HEAD_SECONDS} s and {LARGEST_HEAD // 1024} KB, its body within "
    f"{BODY_SECONDS} s and {LARGEST_BODY >> 20} MB; an answer must be taken within {ANSWER_SECONDS} s; between "
    f"requests a connection is kept for {IDLE_SECONDS} s; there are {MOST_CONNECTIONS} connections and "
    f"{MOST_KEPT >> 20} MB of bodies at a time, and whoever comes then gets 503."
)
