import SymMessages

/// A message for Slack: blocks, and a text for notifications and screen readers.
struct SlackMessage: Sendable, Equatable {
    var text: String
    var blocks: [JSONValue]

    var fields: [String: JSONValue] { ["text": .string(text), "blocks": .array(blocks)] }

    /// Names the content: the same in every process.
    var digest: String { String(JSONValue.object(fields).sha256.prefix(16)) }
}

/// Block Kit's parts, as far as they are used here.
enum SlackBlock {
    /// Slack's limit is 3000 characters.
    static let longestText = 3_000

    static func section(_ text: String) -> JSONValue {
        .object(["type": .string("section"), "text": mrkdwn(text)])
    }

    /// - Parameter fields: at most 10, each at most 2000 characters.
    static func fields(_ fields: [String]) -> JSONValue {
        .object(["type": .string("section"), "fields": .array(fields.prefix(10).map { mrkdwn($0) })])
    }

    static func context(_ text: String) -> JSONValue {
        .object(["type": .string("context"), "elements": .array([mrkdwn(text)])])
    }

    static func actions(_ buttons: [JSONValue]) -> JSONValue {
        .object(["type": .string("actions"), "elements": .array(buttons)])
    }

    static func button(_ action: SlackAction, value: String, style: String, asks question: String? = nil) -> JSONValue {
        var button: [String: JSONValue] = [
            "type": .string("button"), "action_id": .string(action.rawValue), "value": .string(value),
            "text": plain(action.label), "style": .string(style),
        ]
        if let question {
            button["confirm"] = .object([
                "title": plain(action.label), "text": plain(question), "confirm": plain(action.label),
                "deny": plain("Keep it"), "style": .string(style),
            ])
        }
        return .object(button)
    }

    private static func mrkdwn(_ text: String) -> JSONValue {
        // User text is cut long before; this is the last fence against a message that Slack would refuse.
        let fitting = text.utf16.count <= longestText ? text : SlackText.escaped(text, limit: longestText)
        return .object(["type": .string("mrkdwn"), "text": .string(fitting)])
    }

    private static func plain(_ text: String) -> JSONValue {
        .object(["type": .string("plain_text"), "text": .string(text), "emoji": .bool(false)])
    }
}

/// A button of ours; the raw value is its `action_id`.
enum SlackAction: String, Sendable {
    case approve, deny, end

    var label: String {
        switch self {
        case .approve: "Approve"
        case .deny: "Deny"
        case .end: "End now"
        }
    }

    /// A button's value: which request, and what of it was shown. No authority: both are looked up.
    static func value(_ request: RequestID, offer: String) -> String { "\(request)|\(offer)" }

    static func parse(value: String) -> (request: RequestID, offer: String)? {
        let parts = value.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 2, let request = RequestID(rawValue: String(parts[0])), !parts[1].isEmpty,
            parts[1].utf8.count <= 64
        else { return nil }
        return (request, String(parts[1]))
    }
}
