/// Something wrong in an expression.
struct ConditionProblem: Error, Hashable {
    /// From 0, in Unicode scalars of the expression.
    var position: Int
    var message: String

    init(at position: Int, _ message: String) {
        self.position = position
        self.message = message
    }
}

/// A text written out in an expression.
struct WrittenText: Sendable, Hashable {
    var value: String
    /// Of the opening quote.
    var position: Int
    /// Where each scalar of the value stands, and last the closing quote.
    var positions: [Int]
}

struct ConditionToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case name(String)
        case integer(Int64)
        case text(WrittenText)
        case sign(Sign)
        case end
    }

    /// Longer ones first: `<=` is not `<`.
    enum Sign: String, Sendable, CaseIterable {
        case or = "||"
        case and = "&&"
        case equal = "=="
        case unequal = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
        case not = "!"
        case open = "("
        case close = ")"
        case openList = "["
        case closeList = "]"
        case comma = ","
        case dot = "."
    }

    var kind: Kind
    var position: Int

    /// For error texts.
    var cited: String {
        switch kind {
        case .name(let name): String(name.prefix(60))
        case .integer(let integer): String(integer)
        case .text(let text): "\"\(text.value.prefix(60))\""
        case .sign(let sign): sign.rawValue
        case .end: "the end"
        }
    }
}

/// Splits an expression into words. Linear in its length.
struct ConditionLexer {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// All tokens, the last of them `end`.
    static func tokens(of text: String) throws(ConditionProblem) -> [ConditionToken] {
        var lexer = ConditionLexer(text)
        var tokens: [ConditionToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(ConditionProblem) -> ConditionToken {
        while let scalar = peek(), scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { position += 1 }
        let start = position
        guard let scalar = peek() else { return ConditionToken(kind: .end, position: start) }
        if scalar.isNameStart { return ConditionToken(kind: .name(take(while: \.isNamePart)), position: start) }
        if scalar.isDigit || scalar == "-" && peek(1)?.isDigit == true {
            return ConditionToken(kind: .integer(try integer()), position: start)
        }
        if scalar == "\"" || scalar == "'" {
            return ConditionToken(kind: .text(try text(quote: scalar)), position: start)
        }
        for sign in ConditionToken.Sign.allCases where startsHere(sign) {
            position += sign.rawValue.unicodeScalars.count
            return ConditionToken(kind: .sign(sign), position: start)
        }
        throw ConditionProblem(at: start, Self.complaint(about: scalar))
    }

    private static func complaint(about scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "=": "= is not an operator; write =="
        case "&": "& is not an operator; write &&"
        case "|": "| is not an operator; write ||"
        case "+", "-", "*", "/", "%": "\(scalar) is not an operator; nothing is calculated here"
        case "{", "}", ";", ":", "?", "#": "\(scalar) has no meaning here"
        case _ where scalar.isControl: "a control character has no meaning here"
        default: "\"\(scalar)\" has no meaning outside of a text in quotes"
        }
    }

    private func startsHere(_ sign: ConditionToken.Sign) -> Bool {
        sign.rawValue.unicodeScalars.enumerated().allSatisfy { peek($0.offset) == $0.element }
    }

    private mutating func integer() throws(ConditionProblem) -> Int64 {
        let start = position
        position += 1
        let digits = String(scalars[start]) + take(while: \.isDigit)
        if let scalar = peek(), scalar.isNameStart || scalar == "." {
            let word = digits + take { $0.isNamePart || $0 == "." }
            throw ConditionProblem(
                at: start, "\(word.prefix(60)) is no whole number; write durations as duration(\"30m\")")
        }
        guard let integer = Int64(digits) else {
            throw ConditionProblem(at: start, "\(digits.prefix(60)) does not fit into 64 bits")
        }
        return integer
    }

    private mutating func text(quote: Unicode.Scalar) throws(ConditionProblem) -> WrittenText {
        let start = position
        position += 1
        var value = String.UnicodeScalarView()
        var positions: [Int] = []
        while let scalar = peek(), scalar != quote {
            guard !scalar.isControl else {
                throw ConditionProblem(
                    at: position, "a text holds no control character or line end; write \\n, \\t or \\u and four digits"
                )
            }
            positions.append(position)
            value.append(scalar == "\\" ? try escape() : scalar)
            position += 1
        }
        guard peek() == quote else { throw ConditionProblem(at: start, "the text that begins here is not closed") }
        positions.append(position)
        position += 1
        return WrittenText(value: String(value), position: start, positions: positions)
    }

    /// Reads an escape up to its last character.
    private mutating func escape() throws(ConditionProblem) -> Unicode.Scalar {
        let start = position
        position += 1
        switch peek() {
        case "\\": return "\\"
        case "\"": return "\""
        case "'": return "'"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            var code: UInt32 = 0
            for offset in 1...4 {
                guard let digit = peek(offset), digit.isASCII, let value = Character(digit).hexDigitValue else {
                    throw ConditionProblem(at: start, "\\u takes four hexadecimal digits, such as \\u00e9")
                }
                code = code * 16 + UInt32(value)
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw ConditionProblem(at: start, "this \\u is half of a character; write the character itself")
            }
            position += 4
            return scalar
        case .some(let scalar) where !scalar.isControl:
            throw ConditionProblem(at: start, "\\\(scalar) is no escape; write \\\\ for a backslash")
        default: throw ConditionProblem(at: start, "nothing follows this \\")
        }
    }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    private mutating func take(while belongs: (Unicode.Scalar) -> Bool) -> String {
        var word = String.UnicodeScalarView()
        while let scalar = peek(), belongs(scalar) {
            word.append(scalar)
            position += 1
        }
        return String(word)
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }
    var isNameStart: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }
    var isNamePart: Bool { isNameStart || isDigit || self == "-" }
    /// Of ASCII and Latin-1, and Unicode's two line ends.
    var isControl: Bool { properties.generalCategory == .control || self == "\u{2028}" || self == "\u{2029}" }
}
