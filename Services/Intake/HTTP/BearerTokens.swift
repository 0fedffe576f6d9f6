import Crypto
import SymMessages

/// Who calls, by bearer token. Only the tokens' SHA-256 is ever known here.
struct BearerTokens: Sendable {
    private struct Entry: Sendable {
        var digest: [UInt8]
        var caller: Caller
    }

    private var entries: [Entry] = []

    /// What is wrong with a tokens file. Names the line, never what stands in it.
    struct FileError: Error, Equatable, CustomStringConvertible {
        var line: Int
        var reason: String

        var description: String { "line \(line) of the tokens file \(reason)" }
    }

    /// - Parameter text: one `<sha256 hex> person:<e-mail>` or `<sha256 hex> bot:<name>` a line; `#` begins a comment
    ///   line.
    init(parsing text: String) throws(FileError) {
        for (index, rawLine) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = rawLine.last == "\r" ? rawLine.dropLast() : rawLine
            let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if parts.isEmpty || line.first == "#" { continue }
            func wrong(_ reason: String) -> FileError { FileError(line: index + 1, reason: reason) }
            guard parts.count == 2 else {
                throw wrong("is not a SHA-256 in hex, a space, and person:<e-mail> or bot:<name>")
            }
            guard let digest = Self.bytes(hex: parts[0]) else {
                throw wrong("does not begin with a SHA-256 in hex (64 digits): put in the token's hash, not the token")
            }
            guard let caller = Caller(String(parts[1])) else {
                throw wrong("does not end with person:<e-mail> or bot:<name>")
            }
            guard !entries.contains(where: { $0.digest == digest }) else {
                throw wrong("has a token that an earlier line has too")
            }
            entries.append(Entry(digest: digest, caller: caller))
        }
    }

    /// Compares with every entry in constant time, so that the time taken tells nothing about them.
    func caller(of token: some StringProtocol) -> Caller? {
        let digest = Array(SHA256.hash(data: Array(token.utf8)))
        var found: Caller?
        for entry in entries {
            var difference: UInt8 = 0
            for (a, b) in zip(entry.digest, digest) { difference |= a ^ b }
            if difference == 0 { found = entry.caller }
        }
        return found
    }

    private static func bytes(hex: Substring) -> [UInt8]? {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[index].hexDigit, let low = digits[index + 1].hexDigit else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
