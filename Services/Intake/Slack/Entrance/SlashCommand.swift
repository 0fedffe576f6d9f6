import SymConfiguration
import SymMessages

/// What somebody typed after `/sym`.
enum SlashCommand: Sendable, Equatable {
    case request(AccessRequest)
    case list
    case help

    /// Why the text cannot be used, for whoever typed it.
    struct Mistake: Error, Equatable {
        var words: String
    }

    static let usage = """
        `/sym req <flow> [target] <duration> "reason"` asks for access, such as `/sym req ssh-access 30m "incident 4711"`; \
        a flow that only asks for a decision takes no duration
        `/sym list` shows the requests that concern you
        `/sym help` shows this
        """

    /// - Parameter text: as Slack hands it over.
    init(parsing text: String) throws(Mistake) {
        var words = try Self.words(SlackText.unescaped(text))
        guard case .plain(let verb)? = words.first else {
            guard words.isEmpty else {
                throw Mistake(words: "Begin with what you want, before any quotes.\n\(Self.usage)")
            }
            self = .help
            return
        }
        words.removeFirst()
        switch verb.lowercased() {
        case "req", "request": self = .request(try Self.request(words))
        case "list", "help":
            guard words.isEmpty else { throw Mistake(words: "Nothing follows `\(verb.lowercased())`.\n\(Self.usage)") }
            self = verb.lowercased() == "list" ? .list : .help
        default:
            let hint = NearestName.nearest(to: verb, among: ["req", "list", "help"])
                .map { " Did you mean `/sym \($0)`?" }
            throw Mistake(
                words: "There is no `/sym \(SlackText.line(verb, limit: 40))`.\(hint ?? "")\n\(Self.usage)")
        }
    }

    private enum Word: Equatable {
        case plain(String)
        case quoted(String)
    }

    private static func request(_ words: [Word]) throws(Mistake) -> AccessRequest {
        var plain: [String] = []
        var reason: String?
        for word in words {
            switch word {
            case .quoted(let text):
                guard reason == nil else {
                    throw Mistake(words: "There are two texts in quotes; put the whole reason into one pair.\n\(usage)")
                }
                reason = text
            case .plain(let text):
                guard reason == nil else {
                    throw Mistake(words: "Nothing may follow the reason. Put all of it into the quotes.\n\(usage)")
                }
                plain.append(text)
            }
        }
        guard let place = plain.firstIndex(where: { Seconds(parsing: $0.lowercased()) != nil }) else {
            // A flow that asks for a decision only takes no duration; whether this is one, its form says.
            if let reason, (1...2).contains(plain.count) {
                return AccessRequest(
                    flow: try name(plain[0], "flow"), target: plain.count == 2 ? try name(plain[1], "target") : nil,
                    duration: nil, reason: reason)
            }
            throw Mistake(
                words: plain.isEmpty
                    ? "Say which flow, and for how long.\n\(usage)"
                    : "There is no duration. Say for how long, such as `30m` or `1h`.\n\(usage)")
        }
        guard place == plain.count - 1 else {
            throw Mistake(words: "Put the reason into quotes, after the duration.\n\(usage)")
        }
        guard (1...2).contains(place), let duration = Seconds(parsing: plain[place].lowercased()) else {
            throw Mistake(
                words: place == 0
                    ? "Say which flow, before the duration.\n\(usage)"
                    : "Before the duration there is one flow and at most one target.\n\(usage)")
        }
        return AccessRequest(
            flow: try name(plain[0], "flow"), target: place == 2 ? try name(plain[1], "target") : nil,
            duration: duration, reason: reason)
    }

    private static func name(_ text: String, _ what: String) throws(Mistake) -> ResourceName {
        guard let name = ResourceName(rawValue: text) else {
            throw Mistake(
                words: "“\(SlackText.line(text, limit: 80))” cannot be the name of a \(what): those have letters, "
                    + "digits, - and _ only.")
        }
        return name
    }

    /// Splits at spaces; what stands in quotes, straight or curly, is one word.
    private static func words(_ text: String) throws(Mistake) -> [Word] {
        let opening: Set<Character> = ["\"", "“", "”", "„", "‟"]
        let closing: Set<Character> = ["\"", "“", "”", "‟"]
        var words: [Word] = []
        var rest = Substring(text)
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard let first = rest.first else { return words }
            if opening.contains(first) {
                let inside = rest.dropFirst()
                // The last quote ends it, so that a reason may have quotes in it.
                guard let end = inside.lastIndex(where: { closing.contains($0) }) else {
                    throw Mistake(words: "The closing quote is missing.\n\(usage)")
                }
                words.append(.quoted(String(inside[..<end])))
                rest = inside[inside.index(after: end)...]
            } else {
                let word = rest.prefix { !$0.isWhitespace && !opening.contains($0) }
                words.append(.plain(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
    }
}
