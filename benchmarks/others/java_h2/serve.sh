#!/bin/sh
# Starts the server: ./serve.sh --port 8080 [--mistake NAME]
cd "$(dirname "$0")" || exit 1
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -Xmx192m -jar target/iai-mock.jar "$@"
