extension YAMLScalar {
    /// A text as a plain word where that is surely read as this text, by older readers too; otherwise in double quotes.
    static func spelling(of text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    private static let wordsOfOldReaders: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null",
    ]

    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, first != space, last != space,
            isLetter(first) || first == 95
        else { return isDuration(bytes) }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || "_-./@ ".utf8.contains($0) }
            && !wordsOfOldReaders.contains(text.lowercased())
    }

    /// Such as `30m`: the only words with a digit at the front that stay without quotes.
    private static func isDuration(_ bytes: [UInt8]) -> Bool {
        let unit = bytes.drop(while: isDigit)
        return (1...10).contains(bytes.count - unit.count)
            && ["s", "m", "h", "d", "mo"].contains(String(decoding: unit, as: UTF8.self))
    }

    private static func quoted(_ text: String) -> String {
        // The reader refuses what looks like nesting without an end, and anchors, wherever they stand.
        let hidesBrackets = !hasBalancedBrackets(text)
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "&": quoted += "\\x26"
            case "[" where hidesBrackets: quoted += "\\x5B"
            case "{" where hidesBrackets: quoted += "\\x7B"
            case _ where isShown(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += escape(scalar)
            }
        }
        return quoted + "\""
    }

    /// Whether a text can stand in a block of lines as it is, under `|`.
    static func canStandInLines(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first != " ", first != "\n", !text.hasSuffix("\n\n"),
            text.unicodeScalars.contains("\n"), hasBalancedBrackets(text)
        else { return false }
        // A line of spaces only would be taken for indentation.
        guard !text.split(separator: "\n").contains(where: { $0.allSatisfy { $0 == " " } }) else { return false }
        return text.unicodeScalars.allSatisfy { $0 != "&" && ($0 == "\n" || isShown($0)) }
    }

    private static func hasBalancedBrackets(_ text: String) -> Bool {
        var open = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): open -= 1
            default: continue
            }
            if open < 0 || open > 20 { return false }
        }
        return open == 0
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: true
        case 0xA0...0xD7FF: scalar.value != 0x2028 && scalar.value != 0x2029
        case 0xE000...0xFFFD: scalar.value != 0xFEFF
        default: scalar.value >= 0x10000
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        return "\\\(letter)\(String(repeating: "0", count: width - digits.utf8.count))\(digits)"
    }

    private static let space = UInt8(ascii: " ")

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (65...90).contains(byte) }
}
