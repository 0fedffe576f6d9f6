#!/bin/sh
# Says who is on call: puts the members of a sym_group with `source: directory`, for as long as they are said to be.
#
#   oncall.sh GROUP [E-MAIL…]     without e-mails: one a line on standard input
#
#   SYM_URL           of sym-intake, such as http://127.0.0.1:8080
#   SYM_TOKEN         of a bot whose entry names the group: PUT /v1/bots/oncall {"groups":["GROUP"]}, POST /v1/tokens
#   SYM_VALID_UNTIL   until when the list counts, such as 2026-01-31T09:00:00Z; default: in 2 hours (with GNU date)
#
# Run it more often than the list is valid, from cron for example:
#
#   */30 * * * *  your-schedule --now | SYM_URL=… SYM_TOKEN=… oncall.sh sre-on-call
#
# When the schedule cannot be read, nothing is put: the list ages, and at its end nobody counts as on call.
set -eu

usage() {
    sed -n 's/^# \{0,1\}//p' "$0" | sed -n '2,9p' >&2
    exit 64
}

[ $# -ge 1 ] || usage
: "${SYM_URL:?set SYM_URL to the address of sym-intake}"
: "${SYM_TOKEN:?set SYM_TOKEN to the token of a bot that may put the group}"
group=$1
shift
valid_until=${SYM_VALID_UNTIL:-$(date -u -d '+2 hours' '+%Y-%m-%dT%H:%M:%SZ')}

# An e-mail in quotes; whatever would need escaping in JSON is none.
quoted() {
    while IFS= read -r line; do
        email=$(printf '%s' "$line" | tr -d '[:space:]')
        case $email in
        '') continue ;;
        *[\"\\]* | *@*@* | @* | *@) echo "oncall.sh: not an e-mail: $email" >&2; return 1 ;;
        *@*) printf '"%s"\n' "$email" ;;
        *) echo "oncall.sh: not an e-mail: $email" >&2; return 1 ;;
        esac
    done
}

if [ $# -gt 0 ]; then
    members=$(printf '%s\n' "$@" | quoted)
else
    members=$(quoted)
fi
if [ -z "$members" ]; then
    echo "oncall.sh: nobody is on call? Nothing is put; the list that stands ages." >&2
    exit 1
fi
members=$(printf '%s\n' "$members" | paste -s -d , -)

# The token goes in by a file of curl's, not as an argument that everybody on the machine can read.
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
status=$(printf 'header = "Authorization: Bearer %s"\n' "$SYM_TOKEN" |
    curl --silent --show-error --config - --max-time 60 --output "$answer" --write-out '%{http_code}' \
        --request PUT --header 'Content-Type: application/json' \
        --data "{\"members\":[$members],\"valid_until\":\"$valid_until\"}" \
        "$SYM_URL/v1/groups/$group/members")
case $status in
200) echo "$group until $valid_until: $members" ;;
*)
    echo "oncall.sh: intake answered $status" >&2
    cat "$answer" >&2
    echo >&2
    exit 2
    ;;
esac
