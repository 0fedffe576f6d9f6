extension String {
    /// The text with every secret in it replaced that can be told by its pattern, and `secret`, of whatever form: as it is,
    /// percent-encoded, as a form has it, in base64 alone or with others (`user:secret`). What a sentence of ours quotes goes
    /// through here.
    ///
    /// The patterns: Tailscale's and headscale's keys (`tskey-…`, `hskey-…`), JSON Web Tokens, what follows `Bearer` and
    /// `Basic`, the values of fields that are called like secrets (`client_secret=…`, `"access_token": "…"`, lists of such), and the user
    /// part of URLs. In doubt a harmless word is replaced. A text of more than 8 KiB is cut between two words.
    func redacted(_ secret: String = "") -> String {
        SecretScan(self.cutBetweenWords(8192), known: secret).redacted
    }

    /// At most so many bytes of the text. No word is cut in two: half of a secret would not be known for one.
    func cutBetweenWords(_ limit: Int) -> String {
        let bytes = utf8
        guard let end = bytes.index(bytes.startIndex, offsetBy: limit, limitedBy: bytes.endIndex), end != bytes.endIndex
        else { return self }
        let lastSpace = bytes[..<end].lastIndex { $0 <= 0x20 }
        return String(decoding: bytes[..<(lastSpace ?? bytes.startIndex)], as: UTF8.self) + " …"
    }
}

/// Finds the secrets in a text. Every pattern is looked for in the text as it is, so that none hides another.
private struct SecretScan {
    private let bytes: [UInt8]
    /// The letters in lower case, for names in whatever case.
    private let lowered: [UInt8]
    private var secrets: [Range<Int>] = []

    init(_ text: String, known secret: String) {
        bytes = Array(text.utf8)
        lowered = bytes.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }
        let known = KnownSecret(secret)
        for start in bytes.indices {
            if let range = known.range(at: start, in: bytes) { secrets.append(range) }
            findKey(at: start)
            findCredentials(at: start)
            findField(at: start)
            findUser(at: start)
        }
        findWebTokens()
    }

    var redacted: String {
        guard !secrets.isEmpty else { return String(decoding: bytes, as: UTF8.self) }
        var text: [UInt8] = []
        var position = 0
        var open: Range<Int>?
        for secret in secrets.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = open, secret.lowerBound <= last.upperBound {
                open = last.lowerBound..<max(last.upperBound, secret.upperBound)
                continue
            }
            if let last = open { close(last, &position, &text) }
            open = secret
        }
        if let last = open { close(last, &position, &text) }
        return String(decoding: text + bytes[position...], as: UTF8.self)
    }

    private func close(_ secret: Range<Int>, _ position: inout Int, _ text: inout [UInt8]) {
        text += bytes[position..<secret.lowerBound]
        text += "[secret]".utf8
        position = secret.upperBound
    }

    /// `tskey-api-k1-abc`; the kind of key is told by its first word only.
    private mutating func findKey(at start: Int) {
        guard has("tskey-", at: start) || has("hskey-", at: start) else { return }
        add(start + 6..<end(of: start + 6) { $0.isBase64URL })
    }

    /// `Bearer abc`. The words that follow in ordinary sentences stay.
    private mutating func findCredentials(at start: Int) {
        guard let scheme = ["bearer", "basic"].first(where: { has($0, at: start) }) else { return }
        var value = start + scheme.utf8.count
        while value < bytes.count {
            if bytes[value].isBlank || ":+=".utf8.contains(bytes[value]) {
                value += 1
            } else if has("%20", at: value) {
                value += 3
            } else {
                break
            }
        }
        guard value > start + scheme.utf8.count else { return }
        let range = value..<end(of: value) { !$0.endsWord }
        let word = lowered[range].filter { $0 &- UInt8(ascii: "a") < 26 }
        let isOrdinary = ["token", "tokens", "auth", "authentication", "authorization", "scheme"].contains {
            word.elementsEqual($0.utf8) && range.count <= word.count + 2
        }
        if !isOrdinary { add(range) }
    }

    /// `client_secret=abc`, `"access_token": "abc"`, `Authorization: Bearer abc`.
    private mutating func findField(at separator: Int) {
        let separators = ["=", ":", "%3d", "%3a"]
        guard let found = separators.first(where: { has($0, at: separator) }) else { return }
        var nameEnd = separator
        var isQuoted = false
        for _ in 0..<3 where nameEnd > 0 && bytes[nameEnd - 1].isBlank { nameEnd -= 1 }
        for _ in 0..<2 where nameEnd > 0 && (bytes[nameEnd - 1].isQuote || bytes[nameEnd - 1] == UInt8(ascii: "\\")) {
            nameEnd -= 1
            isQuoted = true
        }
        let name = lowered[..<nameEnd]
        // Sentences write "token: it is wrong"; fields, "token=abc" or "token": "abc".
        let isField =
            Self.names.contains { name.endsWith($0) }
            || (isQuoted || found == "=" || found == "%3d") && Self.quietNames.contains { name.endsWith($0) }
        guard isField else { return }
        var start = end(of: separator + found.utf8.count) { $0.isBlank }
        if start < bytes.count, bytes[start] == UInt8(ascii: "\\") { start += 1 }
        guard start < bytes.count else { return }
        if bytes[start] == UInt8(ascii: "["), !has("[secret]", at: start) {
            add(start + 1..<endOfList(from: start + 1))
        } else if bytes[start].isQuote {
            add(start + 1..<endOfString(from: start))
        } else {
            var end = end(of: start) { !$0.endsWord && $0 != UInt8(ascii: "&") }
            if name.endsWith("authorization"), end < bytes.count, bytes[end].isBlank {
                end = self.end(of: self.end(of: end) { $0.isBlank }) { !$0.endsWord }
            }
            add(start..<end)
        }
    }

    /// Where the string ends whose quote stands here; the end of the text, if it does not.
    private func endOfString(from quote: Int) -> Int {
        // In JSON that is itself quoted, both quotes have a backslash before them.
        let isNested = quote > 0 && bytes[quote - 1] == UInt8(ascii: "\\")
        var end = quote + 1
        while end < bytes.count, bytes[end] != bytes[quote] {
            end += bytes[end] == UInt8(ascii: "\\") && !isNested ? 2 : 1
        }
        return min(end, bytes.count)
    }

    private func endOfList(from start: Int) -> Int {
        var end = start
        var depth = 1
        while end < bytes.count {
            switch bytes[end] {
            case UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "]"): depth -= 1
            case let byte where byte.isQuote: end = endOfString(from: end)
            default: break
            }
            if depth == 0 { return end }
            end += 1
        }
        return bytes.count
    }

    private static let names = [
        "client_secret", "client-secret", "access_token", "refresh_token", "id_token", "client_assertion", "password",
        "authorization", "api_key", "apikey",
    ]
    private static let quietNames = ["token", "jwt", "assertion", "secret", "key"]

    /// `https://ana:secret@proxy`.
    private mutating func findUser(at start: Int) {
        guard has("://", at: start) else { return }
        let rest = start + 3..<end(of: start + 3) { !$0.endsWord }
        guard let at = bytes[rest].lastIndex(of: UInt8(ascii: "@")) else { return }
        add(rest.lowerBound..<at)
    }

    /// Three parts in base64url, of which the first begins as the base64 of `{"` does. A cut one is known as well.
    private mutating func findWebTokens() {
        var position = 0
        while position < bytes.count {
            let run = position..<end(of: position) { $0.isBase64URL || $0 == UInt8(ascii: ".") }
            position = max(run.upperBound, position + 1)
            var part = run.lowerBound
            while part < run.upperBound {
                let partEnd = end(of: part) { $0.isBase64URL }
                let start = (part..<partEnd).first { beginsJSON(at: $0) }
                if let start, partEnd - start >= (partEnd < run.upperBound ? 10 : 20) {
                    add(start..<run.upperBound)
                    break
                }
                part = partEnd + 1
            }
        }
    }

    private mutating func add(_ range: Range<Int>) {
        if !range.isEmpty { secrets.append(range) }
    }

    /// Whether the base64 of `{"`, or of `{` and white space, stands here.
    private func beginsJSON(at position: Int) -> Bool {
        guard position + 2 < bytes.count, bytes[position] == UInt8(ascii: "e") else { return false }
        return switch bytes[position + 1] {
        case UInt8(ascii: "y"): "JA".utf8.contains(bytes[position + 2])
        case UInt8(ascii: "w"): "ok0".utf8.contains(bytes[position + 2])
        default: false
        }
    }

    /// - Parameter text: in lower case.
    private func has(_ text: String, at position: Int) -> Bool {
        position < lowered.count && lowered[position...].starts(with: text.utf8)
    }

    private func end(of start: Int, while belongs: (UInt8) -> Bool) -> Int {
        var end = min(start, bytes.count)
        while end < bytes.count, belongs(bytes[end]) { end += 1 }
        return end
    }
}

extension UInt8 {
    fileprivate var isBase64URL: Bool {
        (self | 0x20) &- UInt8(ascii: "a") < 26 || isASCIIDigit || self == UInt8(ascii: "-")
            || self == UInt8(ascii: "_")
    }
    fileprivate var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    fileprivate var isBlank: Bool { self <= 0x20 }
    fileprivate var isQuote: Bool {
        self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") || self == UInt8(ascii: "`")
    }
    /// Where a word that is not quoted ends.
    fileprivate var endsWord: Bool { isBlank || isQuote || self == UInt8(ascii: "<") }
}

extension ArraySlice<UInt8> {
    fileprivate func endsWith(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
