/// `host:port`, as in a URL.
struct HostAndPort: Hashable, Sendable {
    /// In lower case, without a dot at the end, without brackets.
    let host: String
    let port: Int

    /// - Parameter defaultPort: for a text that names none; nil: then it must.
    init?(_ text: String, defaultPort: Int?) {
        var name = Substring(text)
        var port = defaultPort
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return nil }
            let rest = name[name.index(after: end)...]
            name = name[name.index(after: name.startIndex)..<end]
            guard IPAddress(String(name))?.bytes.count == 16 else { return nil }
            if !rest.isEmpty {
                guard rest.hasPrefix(":"), let number = Self.port(rest.dropFirst()) else { return nil }
                port = number
            }
        } else {
            if let colon = name.lastIndex(of: ":") {
                guard let number = Self.port(name[name.index(after: colon)...]) else { return nil }
                port = number
                name = name[..<colon]
            }
            guard Self.isHostName(name) else { return nil }
        }
        guard let port else { return nil }
        self.host = (name.hasSuffix(".") ? String(name.dropLast()) : String(name)).lowercased()
        self.port = port
    }

    static func port(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
            (1...65535).contains(number)
        else { return nil }
        return number
    }

    static func isHostName(_ text: Substring) -> Bool {
        let name = text.hasSuffix(".") ? text.dropLast() : text
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.allSatisfy { label in
                !label.isEmpty
                    && label.utf8.allSatisfy { byte in
                        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    }
            }
    }
}
