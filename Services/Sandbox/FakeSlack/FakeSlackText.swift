import SymMessages

/// Text in Slack's markup (docs.slack.dev/messaging/formatting-message-text): `&amp; &lt; &gt;` stand for themselves, what
/// stands between `<` and `>` is a link, a mention or a date.
struct SlackText {
    enum Piece: Hashable {
        case plain(String)
        case mention(String)
        /// To everybody: `@channel`, `@here`, `@everyone`, or a user group.
        case broadcast(String)
        case link(url: String, label: String)
        case date(fallback: String)
    }

    let pieces: [Piece]

    /// Whether it calls everybody, or a whole group.
    var isBroadcast: Bool { pieces.contains { if case .broadcast = $0 { true } else { false } } }

    init(_ source: String) {
        var pieces: [Piece] = []
        var rest = source[...]
        while !rest.isEmpty {
            if rest.first == "<", let end = rest.firstIndex(of: ">") {
                pieces.append(Self.special(rest[..<end].dropFirst()))
                rest = rest[end...].dropFirst()
            } else {
                let end = rest.dropFirst().firstIndex(of: "<") ?? rest.endIndex
                pieces.append(.plain(Self.unescaped(rest[..<end])))
                rest = rest[end...]
            }
        }
        self.pieces = pieces
    }

    /// Without markup, for a terminal.
    ///
    /// - Parameter name: the name of a user, by id.
    func plain(_ name: (String) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .plain(let text), .date(let text): text
            case .mention(let id): "@\(name(id))"
            case .broadcast(let whom): "@\(whom)"
            case .link(let url, let label): label.isEmpty ? url : label
            }
        }.joined()
    }

    func html(_ name: (String) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .plain(let text): Self.styled(text.asHTML)
            case .date(let text): "<time>\(text.asHTML)</time>"
            case .mention(let id): "<b class=mention>@\(name(id).asHTML)</b>"
            case .broadcast(let whom): "<b class=broadcast>@\(whom.asHTML)</b>"
            case .link(let url, let label): "<u>\((label.isEmpty ? url : label).asHTML)</u>"
            }
        }.joined()
    }

    private static func special(_ source: Substring) -> Piece {
        let parts = source.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let target = parts.first ?? ""
        let label = unescaped(parts.dropFirst().first ?? "")
        if target.hasPrefix("@") { return .mention(String(target.dropFirst())) }
        if target.hasPrefix("#") { return .link(url: String(target), label: label) }
        guard target.hasPrefix("!") else { return .link(url: unescaped(target), label: label) }
        return target.hasPrefix("!date^") ? .date(fallback: label) : .broadcast(String(target.dropFirst()))
    }

    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }

    /// `*bold*` and `` `code` `` of text that is HTML already.
    private static func styled(_ html: String) -> String {
        var text = html
        for (mark, tag) in [("*", "b"), ("`", "code")] {
            let parts = text.split(separator: mark, omittingEmptySubsequences: false)
            guard parts.count > 2 else { continue }
            text = parts.enumerated().map { index, part in
                let isStyled = index % 2 == 1 && index < parts.count - 1
                let isLeftOver = index == parts.count - 1 && index % 2 == 1
                return isStyled ? "<\(tag)>\(part)</\(tag)>" : "\(isLeftOver ? mark : "")\(part)"
            }.joined()
        }
        return text
    }
}

extension SlackContent {
    /// Whether it calls everybody, or a whole group, in whatever part of it.
    var isBroadcast: Bool {
        let objects = (blocks ?? []).flatMap { block in
            [block["text"]].compactMap(\.self) + (block["fields"]?.elements ?? []) + (block["elements"]?.elements ?? [])
        }
        let texts = objects.filter { $0["type"]?.text == "mrkdwn" }.compactMap { $0["text"]?.text }
        return ([text] + texts).contains { SlackText($0).isBroadcast }
    }

    /// What a person reads, line by line; buttons in brackets.
    func plain(_ name: (String) -> String) -> String {
        guard let blocks, !blocks.isEmpty else { return SlackText(text).plain(name) }
        return blocks.map { block in
            let fields = (block["fields"]?.elements ?? []).compactMap { $0["text"]?.text?.replacing("\n", with: " ") }
            let texts = [block["text"]?["text"]?.text].compactMap(\.self) + fields
            let elements = (block["elements"]?.elements ?? []).compactMap { element in
                element["type"]?.text == "button"
                    ? element["text"]?["text"]?.text.map { "[\($0)]" } : element["text"]?.text
            }
            return (texts + (elements.isEmpty ? [] : [elements.joined(separator: " ")]))
                .map { SlackText($0).plain(name) }.joined(separator: "\n")
        }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

extension String {
    /// As text or as a quoted attribute of HTML.
    var asHTML: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
