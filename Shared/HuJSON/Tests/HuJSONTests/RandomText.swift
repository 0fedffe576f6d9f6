/// Writes random documents, in any style and with comments in every place.
struct RandomText {
    private var choices: Choices
    private let lineBreak: String
    private let mixesLineBreaks: Bool
    private var comments = 0

    /// How a container is laid out.
    private enum Style: Int {
        case inline, oneALine, commented, severalALine, commaFirst, anything
    }

    init(seed: UInt64) {
        choices = Choices(seed: seed)
        lineBreak = choices.oneIn(3) ? "\r\n" : "\n"
        mixesLineBreaks = choices.oneIn(6)
    }

    mutating func document() -> String {
        trivia() + container(depth: choices.below(4)) + trivia()
    }

    private mutating func container(depth: Int) -> String {
        let isObject = choices.oneIn(2)
        let style = Style(rawValue: choices.below(6)) ?? .anything
        let count = choices.below(5)
        var text = (isObject ? "{" : "[") + opening(style)
        for index in 0..<count {
            if index > 0 { text += separator(style) }
            if isObject { text += "\"" + name() + "\"" + colon(style) }
            text += value(depth: depth - 1)
            if style == .anything, choices.oneIn(4) { text += trivia() }
        }
        if count > 0, choices.oneIn(3) { text += "," }
        return text + closing(style) + (isObject ? "}" : "]")
    }

    private mutating func opening(_ style: Style) -> String {
        switch style {
        case .inline: choices.oneIn(4) ? " " : ""
        case .oneALine, .severalALine: newLine() + "\t"
        case .commented: trailing() + block()
        case .commaFirst: trailing() + "    "
        case .anything: trivia()
        }
    }

    private mutating func separator(_ style: Style) -> String {
        switch style {
        case .inline: choices.oneIn(8) ? ", /* \(nextComment()) */ " : ", "
        case .oneALine: "," + newLine() + "\t"
        case .severalALine: "," + (choices.oneIn(2) ? " " : trailing() + "\t")
        case .commented: (choices.oneIn(8) ? " /* \(nextComment()) */" : "") + "," + trailing() + block()
        case .commaFirst: trailing() + block() + ", "
        case .anything: trivia() + "," + trivia()
        }
    }

    private mutating func closing(_ style: Style) -> String {
        switch style {
        case .inline: choices.oneIn(4) ? " " : ""
        case .oneALine, .severalALine: newLine()
        case .commented, .commaFirst: trailing() + (choices.oneIn(4) ? block() : "")
        case .anything: trivia()
        }
    }

    private mutating func colon(_ style: Style) -> String {
        style == .anything ? trivia() + ":" + trivia() : choices.oneIn(6) ? " :  " : ": "
    }

    /// The end of a line.
    private mutating func trailing() -> String {
        choices.oneIn(3) ? " " + lineComment() : (choices.oneIn(6) ? " " : "") + newLine()
    }

    /// What stands above an element.
    private mutating func block() -> String {
        var text = ""
        while choices.oneIn(3) {
            text += choices.oneIn(3) ? newLine() : "  " + lineComment()
        }
        return text + "  "
    }

    private mutating func value(depth: Int) -> String {
        switch choices.below(10) {
        case 0: "17"
        case 1: "null"
        case 2...4 where depth > 0: container(depth: depth)
        case 5: #""\u0061\"\\ // no, /* no ""#
        default: "\"" + String(repeating: "é", count: choices.below(3)) + "a@x\""
        }
    }

    private mutating func name() -> String {
        ["a", "b", "\\u0061", "c/~", "7", "group:é"][choices.below(6)]
    }

    private mutating func trivia() -> String {
        (0..<choices.below(4)).map { _ in
            switch choices.below(9) {
            case 0, 1: " "
            case 2: "\t"
            case 3, 4: newLine()
            case 5, 6: lineComment()
            case 7 where choices.oneIn(6): "\r"
            default: "/* \(nextComment())\(choices.oneIn(4) ? newLine() : "") **/"
            }
        }.joined()
    }

    private mutating func newLine() -> String {
        mixesLineBreaks ? (choices.oneIn(2) ? "\r\n" : "\n") : lineBreak
    }

    private mutating func lineComment() -> String { "// ü \(nextComment())" + newLine() }

    private mutating func nextComment() -> Int {
        comments += 1
        return comments
    }
}
