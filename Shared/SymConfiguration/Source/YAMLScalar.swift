/// What an unquoted word means in YAML 1.2's core schema (§10.3.2), without its fractions and its other spellings of
/// whole numbers: `yes` is text here, and `0x1` or `1e3` is asked about rather than guessed.
enum YAMLScalar: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case text
    /// Looks like a number and is not a plain decimal one.
    case unusual
    /// A plain decimal number that does not fit into 64 bits.
    case tooLarge

    init(plain word: String) {
        switch word {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        case ".nan", ".NaN", ".NAN": self = .unusual
        default: self = Self.number(Array(word.utf8), word)
        }
    }

    private static func number(_ word: [UInt8], _ text: String) -> YAMLScalar {
        let isSigned = word.first == UInt8(ascii: "-") || word.first == UInt8(ascii: "+")
        let unsigned = word[(isSigned ? 1 : 0)...]
        guard let first = unsigned.first, isDigit(first) || first == UInt8(ascii: ".") else { return .text }
        if unsigned.allSatisfy(isDigit) {
            guard word.first != UInt8(ascii: "+"), unsigned.count == 1 || first != UInt8(ascii: "0") else {
                return .unusual
            }
            return Int64(text).map { .integer($0) } ?? .tooLarge
        }
        if !isSigned, first == UInt8(ascii: "0"), unsigned.count > 2 {
            let digits = unsigned.dropFirst(2)
            if unsigned[unsigned.startIndex + 1] == UInt8(ascii: "x"), digits.allSatisfy(isHexDigit) { return .unusual }
            if unsigned[unsigned.startIndex + 1] == UInt8(ascii: "o"), digits.allSatisfy({ (48...55).contains($0) }) {
                return .unusual
            }
        }
        return isFraction(unsigned) ? .unusual : .text
    }

    /// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, or `.inf`.
    private static func isFraction(_ word: ArraySlice<UInt8>) -> Bool {
        if [".inf", ".Inf", ".INF"].contains(String(decoding: word, as: UTF8.self)) { return true }
        var rest = word
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !whole.isEmpty || !fraction.isEmpty else { return false }
            rest = rest.dropFirst(1 + fraction.count)
        } else if whole.isEmpty {
            return false
        }
        guard let exponent = rest.first else { return true }
        guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (97...102).contains(byte) || (65...70).contains(byte)
    }
}
