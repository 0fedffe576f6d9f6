/// A checked string with a meaning: a name that was parsed at the edge and is passed inwards as its own type.
public protocol Name: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible
where RawValue == String {
    /// `nil` if the text is not such a name.
    init?(rawValue: String)
}

extension Name {
    public var description: String { rawValue }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = Self(rawValue: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is not a valid \(Self.self)"))
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// A person, by their Slack e-mail in lower case.
public struct PersonID: Name {
    public let rawValue: String

    /// Takes an e-mail in any case; `nil` unless it is of the form `local@domain`, without spaces or control characters.
    public init?(rawValue: String) {
        let parts = rawValue.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), rawValue.utf8.count <= 254,
            rawValue.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { return nil }
        self.rawValue = rawValue.lowercased()
    }
}

/// A bot: another system that submits requests. Also the last part of its topic, hence the narrow alphabet.
public struct BotName: Name {
    public let rawValue: String

    /// `nil` unless 1–64 characters of `a-z 0-9 - _`, beginning with a letter.
    public init?(rawValue: String) {
        guard rawValue.isSlug(maximum: 64), let first = rawValue.utf8.first, (97...122).contains(first) else {
            return nil
        }
        self.rawValue = rawValue
    }
}

/// A configured resource's name (the key in `sym.yaml`), such as a flow's or a target's.
public struct ResourceName: Name {
    public let rawValue: String

    /// `nil` unless 1–128 characters of `a-z A-Z 0-9 - _`.
    public init?(rawValue: String) {
        guard rawValue.lowercased().isSlug(maximum: 128) else { return nil }
        self.rawValue = rawValue
    }
}

/// A user of a tailnet by login name, such as `ana@example.com` or `ana@github`.
public struct Login: Name {
    public let rawValue: String

    /// Keeps the spelling. `nil` unless it is of the form `name@provider`, in ASCII without spaces, quotes or control
    /// characters; what the policy file reads as something else (`group:x`, `user:*@domain`, `tag:x`) is no login. Beyond
    /// ASCII, Tailscale, Swift and the readers of a policy file differ in which spellings are one login.
    public init?(rawValue: String) {
        let parts = rawValue.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), rawValue.utf8.count <= 254,
            rawValue.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"\\:*".utf8.contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }

    /// Two logins are the same user when their keys are equal: Tailscale compares them without regard to case.
    public var key: String { rawValue.lowercased() }
}

/// A group of the policy file, with its prefix: `group:prod`.
public struct GroupName: Name {
    public let rawValue: String

    /// `nil` unless `group:` and 1–128 characters of letters, digits, `-`, `_`, `.`. A group with `@` comes from an
    /// identity provider and cannot be edited in the file.
    public init?(rawValue: String) {
        guard rawValue.hasPrefix("group:") else { return nil }
        let name = rawValue.dropFirst(6)
        guard (1...128).contains(name.utf8.count),
            name.utf8.allSatisfy({
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || "-_.".utf8.contains($0)
            })
        else { return nil }
        self.rawValue = rawValue
    }
}

extension String {
    fileprivate func isSlug(maximum: Int) -> Bool {
        (1...maximum).contains(utf8.count)
            && utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
    }
}
