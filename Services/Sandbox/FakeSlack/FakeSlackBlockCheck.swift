import SymMessages

/// What Slack checks before it takes a message's blocks. The limits are those of slack.md B4 (@slack/types, slackblocks,
/// docs.slack.dev/reference/block-kit), the messages are Slack's, with the JSON pointer of the place.
struct SlackBlockCheck {
    /// Characters of all texts together from which on Slack answers `msg_blocks_too_long`: undocumented, measured as about
    /// 13,200 (slackapi/bolt-js#2509).
    static let totalText = 13_200
    static let blocksPerMessage = 50

    private(set) var messages: [String] = []
    private(set) var characters = 0
    private var blockIDs: Set<String> = []

    init(_ blocks: [JSONValue]) {
        if blocks.count > Self.blocksPerMessage { note("no more than 50 items allowed", "/blocks") }
        for (index, block) in blocks.enumerated() { check(block, "/blocks/\(index)") }
    }

    private mutating func check(_ block: JSONValue, _ path: String) {
        guard case .object = block else { return note("must be an object", path) }
        if let id = block["block_id"] {
            checkText(id, "\(path)/block_id", limit: 255)
            if let id = id.text, !blockIDs.insert(id).inserted { note("`block_id` already exists", path) }
        }
        switch block["type"]?.text {
        case "section": checkSection(block, path)
        case "header": required(block, "text", path) { $0.checkObject($1, $2, limit: 150, kinds: ["plain_text"]) }
        case "context": checkContext(block, path)
        case "actions": checkActions(block, path)
        case "image":
            required(block, "image_url", path) { $0.checkText($1, $2, limit: 3000) }
            required(block, "alt_text", path) { $0.checkText($1, $2, limit: 2000) }
        case "markdown": required(block, "text", path) { $0.checkText($1, $2, limit: 12_000) }
        case "divider", "rich_text": break
        case let type?: note("unsupported type: \(type)", "\(path)/type")
        case nil: note("missing required field: type", path)
        }
    }

    private mutating func checkSection(_ block: JSONValue, _ path: String) {
        guard block["text"] != nil || block["fields"] != nil else {
            return note("missing required field: text", path)
        }
        if let text = block["text"] { checkObject(text, "\(path)/text", limit: 3000) }
        if let fields = block["fields"] {
            checkCount(fields, "\(path)/fields", 1...10)
            for (index, field) in fields.elements.enumerated() {
                checkObject(field, "\(path)/fields/\(index)", limit: 2000)
            }
        }
        if let accessory = block["accessory"] { checkElement(accessory, "\(path)/accessory") }
    }

    private mutating func checkContext(_ block: JSONValue, _ path: String) {
        required(block, "elements", path) { check, elements, path in
            check.checkCount(elements, path, 1...10)
            for (index, element) in elements.elements.enumerated() where element["type"]?.text != "image" {
                check.checkObject(element, "\(path)/\(index)", limit: 3000)
            }
        }
    }

    private mutating func checkActions(_ block: JSONValue, _ path: String) {
        required(block, "elements", path) { check, elements, path in
            check.checkCount(elements, path, 1...25)
            var actions: Set<String> = []
            for (index, element) in elements.elements.enumerated() {
                check.checkElement(element, "\(path)/\(index)")
                if let action = element["action_id"]?.text, !actions.insert(action).inserted {
                    check.note("`action_id` \"\(action)\" already exists", "\(path)/\(index)")
                }
            }
        }
    }

    private mutating func checkElement(_ element: JSONValue, _ path: String) {
        if let id = element["action_id"] { checkText(id, "\(path)/action_id", limit: 255) }
        switch element["type"]?.text {
        case "button":
            required(element, "text", path) { $0.checkObject($1, $2, limit: 75, kinds: ["plain_text"]) }
            if let value = element["value"] { checkText(value, "\(path)/value", limit: 2000) }
            if let url = element["url"] { checkText(url, "\(path)/url", limit: 3000) }
            if let style = element["style"], style != .string("primary"), style != .string("danger") {
                note("must be one of: primary, danger", "\(path)/style")
            }
        case "overflow": checkOptions(element, path, 1...5)
        case "radio_buttons", "checkboxes": checkOptions(element, path, 1...10)
        case "static_select", "multi_static_select":
            if let placeholder = element["placeholder"] {
                checkObject(placeholder, "\(path)/placeholder", limit: 150, kinds: ["plain_text"])
            }
            if element["option_groups"] == nil { checkOptions(element, path, 1...100) }
        case "users_select", "image", "datepicker": break
        case let type?: note("unsupported type: \(type)", "\(path)/type")
        case nil: note("missing required field: type", path)
        }
        if let confirm = element["confirm"] {
            for (name, limit) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
                if let text = confirm[name] { checkObject(text, "\(path)/confirm/\(name)", limit: limit) }
            }
        }
    }

    private mutating func checkOptions(_ element: JSONValue, _ path: String, _ counts: ClosedRange<Int>) {
        required(element, "options", path) { check, options, path in
            check.checkCount(options, path, counts)
            for (index, option) in options.elements.enumerated() {
                check.required(option, "text", "\(path)/\(index)") { $0.checkObject($1, $2, limit: 75) }
                // 150 by the documentation, 75 by @slack/types: the smaller keeps everybody safe.
                check.required(option, "value", "\(path)/\(index)") { $0.checkText($1, $2, limit: 75) }
            }
        }
    }

    /// A text object: `mrkdwn` or `plain_text`, at least one character.
    private mutating func checkObject(
        _ object: JSONValue, _ path: String, limit: Int, kinds: Set<String> = ["plain_text", "mrkdwn"]
    ) {
        guard let kind = object["type"]?.text, kinds.contains(kind) else {
            return note("must be one of: \(kinds.sorted().joined(separator: ", "))", "\(path)/type")
        }
        if kind == "mrkdwn", object["emoji"] != nil { note("invalid additional property: emoji", path) }
        required(object, "text", path) { $0.checkText($1, $2, limit: limit) }
        characters += object["text"]?.text?.unicodeScalars.count ?? 0
    }

    private mutating func checkText(_ value: JSONValue, _ path: String, limit: Int) {
        guard let text = value.text else { return note("must be a string", path) }
        if text.isEmpty { note("must be more than 0 characters", path) }
        if text.unicodeScalars.count > limit { note("must be less than \(limit + 1) characters", path) }
    }

    private mutating func checkCount(_ list: JSONValue, _ path: String, _ counts: ClosedRange<Int>) {
        guard case .array(let elements) = list else { return note("must be an array", path) }
        if elements.count < counts.lowerBound { note("no fewer than \(counts.lowerBound) items allowed", path) }
        if elements.count > counts.upperBound { note("no more than \(counts.upperBound) items allowed", path) }
    }

    private mutating func required(
        _ object: JSONValue, _ name: String, _ path: String,
        _ check: (inout SlackBlockCheck, JSONValue, String) -> Void
    ) {
        guard let value = object[name] else { return note("missing required field: \(name)", path) }
        check(&self, value, "\(path)/\(name)")
    }

    private mutating func note(_ message: String, _ pointer: String) {
        messages.append("[ERROR] \(message) [json-pointer:\(pointer)]")
    }
}
