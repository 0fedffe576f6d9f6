"""Slack's own Python packages as judges of our Slack: of intake's signatures and blocks, and of the sandbox's fake.

Run by `make slack-check`. Prints every failed check, and at the end 'N passed, N failed'.
"""

import contextlib
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.signature import SignatureVerifier

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SANDBOX = os.path.join(ROOT, ".build/debug/sym-sandbox")
SYMFLOW = os.path.join(ROOT, ".build/debug/symflow")
FLOW = "tailscale-ssh-access"

passed, failed = 0, 0


def check(claim, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {claim}\n        {str(detail)[:2000]}")


def call(method, url, body=None, headers=None):
    """Returns status and text, whatever the status is."""
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def post(url, body):
    status, text = call("POST", url, body)
    assert status == 200, f"{url}: {status} {text}"
    return json.loads(text)


def eventually(claim, probe, seconds=30):
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found or time.monotonic() > end:
            check(claim, found)
            return found
        time.sleep(0.1)


@contextlib.contextmanager
def fake_slack(token, secret):
    environment = {"SYM_SLACK_BOT_TOKEN": token, "SYM_SLACK_SIGNING_SECRET": secret, "SYM_STOP_WITH_STDIN": "1"}
    process = subprocess.Popen(
        [SANDBOX, "slack"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert "listening on" in line, line
        yield line.split()[-1]
    finally:
        process.stdin.close()
        process.wait(10)


def bolt_receives(token, secret):
    """(a) An app made with slack_bolt takes what our fake sends, and refuses what is forged or late."""
    with fake_slack(token, secret) as slack:
        app = App(client=WebClient(token=token, base_url=f"{slack}/api/"), signing_secret=secret)
        seen = []

        @app.command("/sym")
        def command(ack, command):
            seen.append(command)
            ack(f"You said {command['text']}")

        @app.action("approve")
        def action(ack, body, respond):
            seen.append(body)
            ack()
            respond("counted", replace_original=False)

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = app.dispatch(BoltRequest(body=raw, headers=dict(self.headers.items())))
                self.send_response(answer.status)
                for name, values in answer.headers.items():
                    for value in values:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write((answer.body or "").encode())

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        post(f"{slack}/sandbox/app", {"url": f"http://127.0.0.1:{server.server_port}"})

        words = 'req flow 30m "größe & <b> 100% + =?"'
        answer = post(f"{slack}/sandbox/slash", {"user": "ana", "text": words})["answers"][0]
        check("bolt takes our command", answer.get("status") == 200, answer)
        check("bolt reads its text as it was typed", bool(seen) and seen[-1]["text"] == words, seen)
        wanted = {"team_id", "channel_id", "user_id", "command", "response_url", "trigger_id", "api_app_id"}
        check("the command has Slack's fields", bool(seen) and wanted <= set(seen[-1]), seen)
        shown = json.loads(call("GET", f"{slack}/sandbox/messages")[1])["messages"]
        check("its answer is shown to who asked", shown[-1].get("only_for") == "U0ANA00001", shown)

        message = app.client.chat_postMessage(channel="#sym-requests", text="card", blocks=[{
            "type": "actions", "block_id": "b", "elements": [{
                "type": "button", "action_id": "approve", "value": "req|offer",
                "text": {"type": "plain_text", "text": "Approve"}}]}])
        click = {"user": "ben", "channel": message["channel"], "ts": message["ts"], "action_id": "approve"}
        answer = post(f"{slack}/sandbox/click", click)["answers"][0]
        check("bolt takes our click", answer.get("status") == 200, answer)
        pressed = seen[-1].get("actions", [{}])[0] if seen else {}
        check("bolt reads the button's value", pressed.get("value") == "req|offer", seen[-1:])
        check("a click tells message and container", bool(seen) and seen[-1].get("container", {}).get("message_ts")
              == seen[-1].get("message", {}).get("ts") == message["ts"], seen[-1:])
        eventually("bolt's respond() reaches who clicked", lambda: any(
            message["text"] == "counted" and message.get("only_for") == "U0BEN00001"
            for message in json.loads(call("GET", f"{slack}/sandbox/messages")[1])["messages"]))

        before = len(seen)
        for name, deviation in {
            "forged": {"forged": True}, "unsigned": {"unsigned": True}, "too late": {"skew_seconds": -310},
            "too early": {"skew_seconds": 310},
        }.items():
            for kind, body in (("slash", {"user": "ana", "text": "x"}), ("click", click)):
                answer = post(f"{slack}/sandbox/{kind}", {**body, **deviation})["answers"][0]
                check(f"bolt refuses our {kind} that is {name}", answer.get("status") == 401, answer)
        check("none of those reached the app", len(seen) == before, seen[before:])
        server.shutdown()


def sdk_calls(token, secret):
    """(d) slack_sdk's WebClient works against our fake, and gets Slack's errors."""
    with fake_slack(token, secret) as slack:
        client = WebClient(token=token, base_url=f"{slack}/api/")
        who = client.auth_test()
        check("auth.test", who["team_id"] == "T0SANDBOX")
        check("the scopes stand in a header", "chat:write" in who.headers.get("x-oauth-scopes", ""), who.headers)
        check("users.info", client.users_info(user="U0ANA00001")["user"]["profile"]["email"] == "ana@example.com")
        check("users.lookupByEmail", client.users_lookupByEmail(email="ben@example.com")["user"]["id"] == "U0BEN00001")
        direct = client.conversations_open(users="U0ANA00001")["channel"]["id"]
        check("conversations.open", direct.startswith("D"), direct)
        sent = client.chat_postMessage(channel=direct, text="hello")
        check("chat.postMessage", sent["channel"] == direct and sent["message"]["text"] == "hello", sent.data)
        edited = client.chat_update(channel=direct, ts=sent["ts"], text="changed")
        check("chat.update", edited["ts"] == sent["ts"] and edited["text"] == "changed", edited.data)
        check("conversations.info", client.conversations_info(channel="C0REQUESTS")["channel"]["name"] == "sym-requests")
        listed = client.conversations_list(limit=1)
        check("conversations.list has pages", listed["response_metadata"]["next_cursor"] != "", listed.data)
        whisper = client.chat_postEphemeral(channel="C0REQUESTS", user="U0ANA00001", text="psst")
        check("chat.postEphemeral", whisper["message_ts"] != "", whisper.data)

        def refused(name, error, do):
            try:
                check(f"{name}: {error}", False, do().data)
            except SlackApiError as problem:
                check(f"{name}: {error}", problem.response["error"] == error, problem.response.data)
                return problem.response

        long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
        response = refused("a section of 3001", "invalid_blocks",
                           lambda: client.chat_postMessage(channel=direct, text="x", blocks=[long]))
        check("the place is named", "json-pointer:/blocks/0/text/text" in str(response and response.data), response)
        full = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 5
        refused("15,000 characters", "msg_blocks_too_long",
                lambda: client.chat_postMessage(channel=direct, text="x", blocks=full))
        refused("nothing said", "no_text", lambda: client.api_call("chat.postMessage", json={"channel": direct}))
        refused("an archived channel", "is_archived", lambda: client.chat_postMessage(channel="#sym-old", text="x"))
        refused("no such channel", "channel_not_found", lambda: client.chat_postMessage(channel="#nowhere", text="x"))
        refused("a private channel", "channel_not_found", lambda: client.chat_postMessage(channel="#sym-secret", text="x"))
        refused("no such message", "message_not_found", lambda: client.chat_update(channel=direct, ts="1.1", text="x"))
        refused("an ephemeral message", "message_not_found",
                lambda: client.chat_update(channel="C0REQUESTS", ts=whisper["message_ts"], text="x"))
        refused("no such user", "user_not_found", lambda: client.users_info(user="U0NOBODY01"))
        refused("no such address", "users_not_found", lambda: client.users_lookupByEmail(email="x@example.com"))
        refused("JSON where a form is wanted", "invalid_arguments",
                lambda: client.api_call("users.info", json={"user": "U0ANA00001"}))
        refused("another token", "invalid_auth", lambda: WebClient(token="xoxb-no", base_url=f"{slack}/api/").auth_test())
        response = refused("ten posts at once", "ratelimited",
                           lambda: [client.chat_postMessage(channel="#sym-requests", text="x") for _ in range(10)][-1])
        check("429 with Retry-After", response is not None and response.status_code == 429
              and int(response.headers["Retry-After"]) >= 1, response and response.headers)


@contextlib.contextmanager
def whole_sandbox():
    folder = tempfile.mkdtemp(prefix="sym-slack-check-")
    process = subprocess.Popen(
        [SANDBOX, "up", "--folder", folder, "--config", "Examples/demo.yaml"], cwd=ROOT, stdout=subprocess.PIPE,
        text=True)
    try:
        for line in process.stdout:
            if "Slack: open" in line:
                break
        else:
            raise SystemExit(f"the sandbox did not start; its logs are in {folder}/logs")
        threading.Thread(target=process.stdout.read, daemon=True).start()
        pairs = [line.removeprefix("export ").rstrip("\n").split("=", 1) for line in open(f"{folder}/env")]
        yield dict(pairs)
    finally:
        process.terminate()
        process.wait(30)


def intake_judged(environment):
    """(b) Intake takes what slack_sdk signs and refuses the rest. Returns the messages that intake sent meanwhile."""
    intake, slack = environment["SYM_URL"], environment["SYM_SLACK"]
    signer = SignatureVerifier(environment["SYM_SLACK_SIGNING_SECRET"])

    def signed(path, form, at=0, by=signer, tampered=b""):
        body = urllib.parse.urlencode(form)
        timestamp = str(int(time.time()) + at)
        signature = by.generate_signature(timestamp=timestamp, body=body)
        return call("POST", f"{intake}{path}", body.encode() + tampered, {
            "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature})

    form = {
        "command": "/sym", "text": "help", "team_id": "T0SANDBOX", "user_id": "U0ANA00001", "channel_id": "C0REQUESTS",
        "response_url": f"{slack}/commands/T0SANDBOX/none", "trigger_id": "1.1.a"}
    status, text = signed("/slack/commands", form)
    check("intake takes a command that slack_sdk signed", status == 200 and "/sym req" in text, (status, text))
    other = SignatureVerifier("another-signing-secret-0123456789")
    for name, answer in {
        "forged": signed("/slack/commands", form, by=other), "late": signed("/slack/commands", form, at=-310),
        "early": signed("/slack/commands", form, at=310), "tampered with": signed("/slack/commands", form, tampered=b"&x=1"),
        "unsigned": call("POST", f"{intake}/slack/commands", urllib.parse.urlencode(form).encode(),
                         {"Content-Type": "application/x-www-form-urlencoded"}),
        "a forged click": signed("/slack/interactions", {"payload": "{}"}, by=other),
    }.items():
        check(f"intake refuses a call that is {name}", answer[0] == 401, answer)
    status, text = signed("/slack/commands", {**form, "team_id": "T0ELSEWHERE", "text": "list", "trigger_id": "1.1.b"})
    check("intake does nothing for another workspace", status == 200 and "workspace" in text, (status, text))

    # A story, so that there are cards of every state to look at.
    began = time.monotonic()
    status, text = signed("/slack/commands", {
        **form, "text": f'req {FLOW} 4s "<!channel> & <https://example.com|x> *bold* ' + "long " * 300 + '"',
        "trigger_id": "1.1.c"})
    check("intake answers a request within 3 s", status == 200 and time.monotonic() - began < 3, (status, text))

    def messages():
        return json.loads(call("GET", f"{slack}/sandbox/messages")[1])["messages"]

    def button(action):
        for message in messages():
            for block in message["blocks"]:
                for element in block.get("elements", []):
                    if element.get("action_id") == action:
                        return message, element

    card = eventually("a card with Approve", lambda: button("approve"))
    if card:
        def click(user, action="approve"):
            message, element = card
            payload = {
                "type": "block_actions", "team": {"id": "T0SANDBOX"}, "user": {"id": user, "team_id": "T0SANDBOX"},
                "api_app_id": "A0SYM00001", "trigger_id": f"1.2.{user}", "channel": {"id": message["channel"]},
                "container": {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"]},
                "response_url": f"{slack}/actions/T0SANDBOX/none", "message": {"ts": message["ts"]},
                "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": element["value"],
                             "action_ts": f"{time.time():.6f}"}]}
            return signed("/slack/interactions", {"payload": json.dumps(payload)})

        check("intake takes a click that slack_sdk signed", click("U0BEN00001")[0] == 200)
        eventually("the card changes in place until it says ended", lambda: any(
            message["ts"] == card[0]["ts"] and "Ended" in message["shown"] for message in messages()))
        eventually("the requester is told directly", lambda: any(
            message.get("direct_with") == "U0ANA00001" for message in messages()))
    return messages()


def symflow_checks(environment):
    slack = environment["SYM_SLACK"]
    variables = {name: environment[name] for name in ("SYM_SLACK_API_URL", "SYM_SLACK_BOT_TOKEN")}

    def run(**changes):
        done = subprocess.run(
            [SYMFLOW, "slack", "check", "Examples/demo.yaml"], cwd=ROOT, env={**variables, **changes},
            capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    code, text = run()
    check("symflow slack check finds nothing missing", code == 0, text)
    scopes = ["chat:write", "commands", "users:read", "users:read.email", "channels:read", "groups:read", "im:write"]
    post(f"{slack}/sandbox/app", {"scopes": scopes})
    post(f"{slack}/sandbox/channels", {"channel": "#sym-requests", "archived": True})
    code, text = run()
    check("symflow slack check names what is missing", code == 2 and "✗ the scope chat:write.public" in text
          and "#sym-requests is archived" in text, (code, text))
    code, text = run(SYM_SLACK_BOT_TOKEN="xoxb-wrong-token")
    check("symflow slack check says that the token is wrong, without showing it",
          code == 77 and "xoxb-wrong" not in text, (code, text))
    code, text = run(SYM_SLACK_API_URL="http://127.0.0.1:1/api/")
    check("symflow slack check says that Slack is away", code == 69, (code, text))


def validate(part):
    """A block validates itself only, not what stands in it."""
    if isinstance(part, (list, tuple)):
        for element in part:
            validate(element)
    elif isinstance(part, JsonObject):
        part.validate_json()
        for inner in vars(part).values():
            validate(inner)


def blocks_judged(messages):
    """(c) Every block that intake sends is valid by slack_sdk's models, and stays below limits that those do not check."""
    cards = [(message["ts"], version) for message in messages if message["author"] == "app"
             for version in message["versions"]]
    written = os.path.join(ROOT, ".build/slack-cards.json")
    if os.path.exists(written):
        cards += [("slack-cards.json", card) for card in json.load(open(written))]
    check("there are cards to judge", len(cards) >= 4, len(cards))
    for name, card in cards:
        check("a message has a text for notifications", bool(card.get("text")), (name, card))
        blocks = card.get("blocks") or []
        check("at most 50 blocks", len(blocks) <= 50, len(blocks))
        for block in blocks:
            try:
                parsed = Block.parse(block)
                check(f"{name}: slack_sdk knows the block", parsed is not None and parsed.type == block["type"], block)
                validate(parsed)
            except SlackObjectFormationError as problem:
                check(f"{name}: a valid block", False, f"{problem}: {block}")
            fields, elements = block.get("fields", []), block.get("elements", [])
            check("fields and elements within limits that slack_sdk leaves to others",
                  len(fields) <= 10 and all(1 <= len(field["text"]) <= 2000 for field in fields)
                  and len(elements) <= (25 if block["type"] == "actions" else 10), block)
            check("nobody is called by a message", "<!channel>" not in json.dumps(block), block)


def main():
    for program in (SANDBOX, SYMFLOW):
        if not os.access(program, os.X_OK):
            raise SystemExit(f"{program} is not there: run `make build` first")
    token, secret = "xoxb-check-0123456789", "a-signing-secret-0123456789"
    with whole_sandbox() as environment:
        messages = intake_judged(environment)
        symflow_checks(environment)
    blocks_judged(messages)
    bolt_receives(token, secret)
    sdk_calls(token, secret)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
