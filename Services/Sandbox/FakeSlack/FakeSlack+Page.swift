import SymMessages

/// The page for a person who tries the sandbox: without anything from elsewhere, everything that is shown escaped.
extension FakeSlack {
    mutating func page(_ request: SlackRequest, at now: Int64) -> SlackOutcome {
        let form = request.method == "POST" ? URLEncodedForm(encoded: request.body) : request.query
        let user = form["as"].flatMap(workspace.somebody) ?? workspace.users[0]
        switch (request.method, request.path.joined(separator: "/")) {
        case ("GET", ""): return .answer(.text(document(user), as: "text/html"))
        case ("GET", "page/messages"): return .answer(.text(conversations(user), as: "text/html"))
        case ("GET", "page.css"): return .answer(.text(Self.style, as: "text/css"))
        case ("GET", "page.js"): return .answer(.text(Self.script, as: "text/javascript"))
        case ("POST", "page/slash"):
            let text = form["text"] ?? ""
            let words = text.hasPrefix("/sym") ? text.dropFirst(4).drop { $0 == " " } : text[...]
            guard let channel = workspace.channel(SlackWorkspace.homeChannel) else {
                return .answer(.text("the channel is gone", status: 404))
            }
            var gesture = SlackGesture(user: user, kind: .command(channel: channel, text: String(words)))
            gesture.page = "/?as=\(user.id)"
            return outcome(of: gesture, at: now)
        case ("POST", "page/click"):
            guard let message = message(form["ts"] ?? "", in: form["channel"] ?? "") else {
                return .answer(.text("there is no such message any more", status: 404))
            }
            var gesture = SlackGesture(
                user: user, kind: .click(message: message, action: form["action_id"] ?? "", value: nil))
            gesture.page = "/?as=\(user.id)"
            return outcome(of: gesture, at: now)
        default: return .answer(.text("there is nothing here", status: 404))
        }
    }

    private func document(_ user: SlackUser) -> String {
        let choices = workspace.users.filter { $0.id != SlackWorkspace.appUser }.map {
            "<option value=\"\($0.id.asHTML)\"\($0.id == user.id ? " selected" : "")>\($0.realName.asHTML)</option>"
        }.joined()
        return """
            <!doctype html><html lang=en><meta charset=utf-8><title>Sandbox Slack</title>
            <meta name=viewport content="width=device-width"><link rel=stylesheet href=/page.css>
            <script src=/page.js defer></script>
            <header><h1>Sandbox Slack</h1>
            <form method=get action=/><label>You are <select name=as>\(choices)</select></label>
            <button>Change</button></form></header>
            <form method=post action=/page/slash class=command><input type=hidden name=as value="\(user.id.asHTML)">
            <label>Command <input name=text size=70 autofocus value="/sym "></label> <button>Send</button></form>
            <p class=hint>Such as <code>/sym req tailscale-ssh-access 30m "deploy 42"</code>, or <code>/sym help</code></p>
            <main id=messages data-as="\(user.id.asHTML)">\(conversations(user))</main></html>
            """
    }

    /// What this user sees.
    private func conversations(_ user: SlackUser) -> String {
        workspace.channels.filter { channel in
            channel.members.contains(user.id)
        }.map { channel in
            let seen = messages.filter {
                $0.channel == channel.id && !$0.isDeleted && ($0.onlyFor ?? user.id) == user.id
            }
            let archived = channel.isArchived ? " (archived)" : ""
            let title = channel.name.map { "#\($0)\(archived)" } ?? "Direct messages from Sym"
            let items = seen.reversed().map { article($0, user) }.joined()
            return
                "<section><h2>\(title.asHTML)</h2>\(items.isEmpty ? "<p class=hint>Nothing yet.</p>" : items)</section>"
        }.joined()
    }

    private func article(_ message: SlackMessage, _ user: SlackUser) -> String {
        let author = message.author == .app ? "Sym" : "Slackbot"
        let note = (message.onlyFor == nil ? "" : " · only you see this") + (message.edited == nil ? "" : " · edited")
        let blocks = message.content.blocks ?? []
        let body = blocks.isEmpty ? paragraph(message.content.text) : blocks.map { html($0, message, user) }.joined()
        return "<article><p class=author><b>\(author)</b>\(note)</p>\(body)</article>"
    }

    private func html(_ block: JSONValue, _ message: SlackMessage, _ user: SlackUser) -> String {
        switch block["type"]?.text {
        case "header": return "<h3>\((block["text"]?["text"]?.text ?? "").asHTML)</h3>"
        case "section":
            let text = block["text"].map(text) ?? ""
            let fields = (block["fields"]?.elements ?? []).map { "<div>\(self.text($0))</div>" }.joined()
            return text + (fields.isEmpty ? "" : "<div class=fields>\(fields)</div>")
        case "context":
            return "<div class=context>" + (block["elements"]?.elements ?? []).map(text).joined(separator: " ")
                + "</div>"
        case "actions":
            return "<div class=actions>"
                + (block["elements"]?.elements ?? []).map { button($0, message, user) }.joined() + "</div>"
        case "divider": return "<hr>"
        default: return ""
        }
    }

    private func text(_ object: JSONValue) -> String {
        guard let text = object["text"]?.text else { return "" }
        return object["type"]?.text == "mrkdwn" ? paragraph(text) : "<p>\(text.asHTML)</p>"
    }

    private func paragraph(_ text: String) -> String {
        "<p>\(SlackText(text).html(name).replacing("\n", with: "<br>"))</p>"
    }

    private func button(_ element: JSONValue, _ message: SlackMessage, _ user: SlackUser) -> String {
        guard element["type"]?.text == "button", let action = element["action_id"]?.text else { return "" }
        let fields = [("as", user.id), ("channel", message.channel), ("ts", message.ts), ("action_id", action)].map {
            "<input type=hidden name=\($0.0) value=\"\($0.1.asHTML)\">"
        }.joined()
        let style = element["style"]?.text ?? "plain"
        let label = element["text"]?["text"]?.text ?? action
        let confirm =
            element["confirm"].map {
                " data-confirm=\"\(($0["text"]?["text"]?.text ?? "Sure?").asHTML)\""
            } ?? ""
        return "<form method=post action=/page/click\(confirm)>\(fields)"
            + "<button class=\"\(style.asHTML)\">\(label.asHTML)</button></form>"
    }

    private static let style = """
        body { font: 15px/1.4 system-ui, sans-serif; max-width: 60em; margin: 0 auto; padding: 1em; color: #1d1c1d }
        header { display: flex; justify-content: space-between; align-items: center }
        h1 { font-size: 1.2em } h2 { font-size: 1em; border-bottom: 1px solid #ddd } h3 { margin: .3em 0; font-size: 1em }
        p { margin: .2em 0 } article { border-left: 3px solid #ddd; margin: .8em 0; padding-left: .8em }
        .author, .hint, .context { color: #616061; font-size: .87em } .context p { display: inline }
        .fields { display: grid; grid-template-columns: 1fr 1fr; gap: .2em 1em }
        .actions form { display: inline-block; margin: .4em .5em 0 0 } button { font: inherit; padding: .2em .9em }
        button.primary { background: #007a5a; color: #fff; border: 1px solid #007a5a; border-radius: 4px }
        button.danger { background: #fff; color: #b3123d; border: 1px solid #b3123d; border-radius: 4px }
        .mention { color: #1264a3 } .broadcast { background: #fbe3a6 } code { background: #f4f4f4; padding: 0 .2em }

        """

    private static let script = """
        const list = document.getElementById("messages");
        setInterval(async () => {
            const answer = await fetch("/page/messages?as=" + encodeURIComponent(list.dataset.as)).catch(() => null);
            if (!answer || !answer.ok) return;
            const text = await answer.text();
            if (list.dataset.shown !== text) { list.dataset.shown = text; list.innerHTML = text; }
        }, 1000);
        document.addEventListener("submit", event => {
            const question = event.target.dataset.confirm;
            if (question && !confirm(question)) event.preventDefault();
        });

        """
}
