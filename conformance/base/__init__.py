"""What every part may need: errors, words, files that a user names, sockets, signals, the environment."""
