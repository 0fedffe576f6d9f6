/// Writes random documents around one array, in any style and with comments in every place.
struct RandomText {
    var random: SeededGenerator
    private let lineBreak: String
    private var comments = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        lineBreak = random.next() % 3 == 0 ? "\r\n" : "\n"
    }

    /// A document with the array at `groups` → `g`, or as its only value.
    mutating func document() -> String {
        let array = self.array()
        if chance(4) { return trivia() + array + trivia() }
        let before = chance(2) ? "\"acls\":" + trivia() + value(depth: 2) + trivia() + "," + trivia() : ""
        let after = chance(2) ? "," + trivia() + "\"h\":" + value(depth: 2) : ""
        return trivia() + "{" + trivia() + before + "\"groups\":" + trivia() + "{" + trivia() + "\"g\":" + trivia()
            + array
            + trivia() + after + trivia() + "}" + trivia() + (chance(2) ? "," + trivia() : "") + "}" + trivia()
    }

    private mutating func array() -> String {
        let count = Int.random(in: 0...5, using: &random)
        let style = Int.random(in: 0...3, using: &random)
        var text = "[" + space(style, first: true)
        for index in 0..<count {
            text += value(depth: 1) + (chance(5) ? trivia() : "")
            if index < count - 1 { text += "," + space(style, first: false) } else if chance(2) { text += "," }
        }
        return text + (style == 0 ? "" : space(style, first: true)) + "]"
    }

    /// Style 0: in one line; 1: one element a line; 2: the same with comments; 3: anything.
    private mutating func space(_ style: Int, first: Bool) -> String {
        switch style {
        case 0: return first ? "" : " "
        case 1: return lineBreak + "\t"
        case 2:
            let trailing = chance(3) ? " " + lineComment() : lineBreak
            let leading = chance(3) ? "  " + lineComment() : ""
            return trailing + (chance(6) ? lineBreak : "") + leading + "  "
        default: return trivia()
        }
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0...9, using: &random) {
        case 0: return "17"
        case 1: return "null"
        case 2 where depth > 0: return "[" + trivia() + value(depth: depth - 1) + trivia() + "]"
        case 3 where depth > 0: return "{" + trivia() + "\"k\":" + trivia() + value(depth: depth - 1) + trivia() + "}"
        case 4: return #""\u0061\"\\ // no, /* no ""#
        default: return "\"" + String(repeating: "é", count: Int.random(in: 0...2, using: &random)) + "a@x\""
        }
    }

    private mutating func trivia() -> String {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            switch Int.random(in: 0...7, using: &random) {
            case 0, 1: " "
            case 2: "\t"
            case 3, 4: lineBreak
            case 5: lineComment()
            default: "/* \(nextComment())\(chance(4) ? lineBreak : "") **/"
            }
        }.joined()
    }

    private mutating func lineComment() -> String { "// ü \(nextComment())" + lineBreak }

    private mutating func nextComment() -> Int {
        comments += 1
        return comments
    }

    mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
}
