extension String {
    /// One line of at most `limit` characters, without control characters: fit to stand in a sentence of ours.
    func asPhrase(limit: Int = 300) -> String {
        let line = String(
            unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
        let words = line.split(separator: " ").joined(separator: " ")
        let phrase = words.count > limit ? words.prefix(limit) + "…" : words[...]
        return phrase.hasSuffix(".") ? String(phrase.dropLast()) : String(phrase)
    }

    /// The text as one segment of a URL's path, or as a value in its query. A segment of dots only would climb the path, so
    /// its dots are escaped.
    var asPathSegment: String {
        let isDots = allSatisfy { $0 == "." }
        var segment = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                segment.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ".") where !isDots:
                segment.append(".")
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                segment += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return segment
    }
}
