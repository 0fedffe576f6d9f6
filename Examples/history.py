#!/usr/bin/env python3
"""Reads events of sym.events from its beginning, one JSON object a line in the order of their partition, such as from
    kcat -C -b HOST:PORT -t sym.events -p 0 -o beginning -e
and prints those that count, as `<request id> <sequence or -> <type> <state>`. All others take no effect, for any reader."""
import json
import sys

last, refused = {}, set()


def counts(event):
    request, sequence, cause = event["subject"], event.get("sequence"), event["causeid"]
    if sequence is None:  # A refusal about a request without any event: outside the rule, and counts once.
        return (request, cause) not in refused and not refused.add((request, cause))
    follows = int(sequence) == last.get(request, 0) + 1
    last[request] = int(sequence) if follows else last.get(request, 0)
    return follows


for line in sys.stdin:
    event = json.loads(line)
    if counts(event):
        print(event["subject"], event.get("sequence", "-"), event["type"], event["state"])
