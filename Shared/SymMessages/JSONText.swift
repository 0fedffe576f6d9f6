/// A JSON text that is being written: no white space, least escaping, the members of each object in the order of their
/// names.
struct JSONText {
    /// How names are compared, code unit by code unit. Only beyond the Basic Multilingual Plane does it make a difference.
    enum NameOrder {
        /// As Foundation's encoder has it, and so our messages.
        case utf8
        /// As RFC 8785 has it, and so our hashes.
        case utf16
    }

    /// By the bracket that opens it.
    enum Container: UInt8 {
        case array = 0x5B
        case object = 0x7B
    }

    /// Where a value begins.
    struct Place {
        fileprivate let start: Int
        fileprivate let members: Int
    }

    private struct Member {
        let name: String
        let value: Range<Int>
        /// The first eight bytes of the name: in most cases they tell which of two is first.
        let lead: UInt64

        init(name: String, value: Range<Int>) {
            self.name = name
            self.value = value
            var lead: UInt64 = 0
            var shift: UInt64 = 64
            for byte in name.utf8.prefix(8) {
                shift -= 8
                lead |= UInt64(byte) << shift
            }
            self.lead = lead
        }
    }

    private(set) var bytes: [UInt8] = []
    /// How many arrays and objects are not complete yet.
    private(set) var depth = 0
    private let order: NameOrder
    /// Of the objects that are not complete yet, the innermost one's last. The names are not in the text so far.
    private var members: [Member] = []
    private var ordered: [UInt8] = []

    init(order: NameOrder) {
        self.order = order
        bytes.reserveCapacity(1_024)
    }

    /// Where the next value will begin.
    var place: Place { Place(start: bytes.count, members: members.count) }

    /// Whether nothing was written there.
    func isEmpty(_ place: Place) -> Bool { place.start == bytes.count }

    mutating func writeNull() { bytes += "null".utf8 }

    mutating func write(_ flag: Bool) { bytes += (flag ? "true" : "false").utf8 }

    mutating func write(_ number: some FixedWidthInteger) { bytes += String(number).utf8 }

    mutating func write(_ text: String) { Self.append(text, to: &bytes) }

    /// The value that begins there is of such a kind, or goes on as one.
    ///
    /// - Returns: `false` if it is something else already.
    @discardableResult
    mutating func open(_ container: Container, at place: Place) -> Bool {
        guard isEmpty(place) else { return bytes[place.start] == container.rawValue }
        bytes.append(container.rawValue)
        depth += 1
        return true
    }

    /// Another element of the array that was opened last follows.
    ///
    /// - Returns: where.
    mutating func beginElement() -> Place {
        // No value ends with a bracket that opens.
        if bytes.last != Container.array.rawValue { bytes.append(UInt8(ascii: ",")) }
        return place
    }

    /// The value that begins there is complete.
    mutating func end(_ place: Place) {
        switch isEmpty(place) ? nil : Container(rawValue: bytes[place.start]) {
        case .array: bytes.append(UInt8(ascii: "]"))
        case .object: closeObject(place)
        case nil: return
        }
        depth -= 1
    }

    /// The value that begins there is complete, and is a member of the object that was opened last. Of two members with
    /// one name the later one counts.
    mutating func endMember(_ name: String, _ place: Place) {
        end(place)
        members.append(Member(name: name, value: place.start..<bytes.count))
    }

    private mutating func closeObject(_ place: Place) {
        let sorted = members[place.members...].sorted(by: precedes)
        ordered.removeAll(keepingCapacity: true)
        for (index, member) in sorted.enumerated() {
            if index + 1 < sorted.count, !precedes(member, sorted[index + 1]) { continue }
            if !ordered.isEmpty { ordered.append(UInt8(ascii: ",")) }
            Self.append(member.name, to: &ordered)
            ordered.append(UInt8(ascii: ":"))
            ordered += bytes[member.value]
        }
        ordered.append(UInt8(ascii: "}"))
        bytes.replaceSubrange((place.start + 1)..., with: ordered)
        members.removeSubrange(place.members...)
    }

    private func precedes(_ a: Member, _ b: Member) -> Bool {
        let isASCII = (a.lead | b.lead) & 0x8080_8080_8080_8080 == 0
        if a.lead != b.lead, isASCII || order == .utf8 { return a.lead < b.lead }
        return switch order {
        case .utf8: a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
        case .utf16: a.name.utf16.lexicographicallyPrecedes(b.name.utf16)
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if utf8.allSatisfy(isPlain) {
                bytes.append(contentsOf: utf8)
            } else {
                for byte in utf8 { append(escaping: byte, to: &bytes) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func append(escaping byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case _ where isPlain(byte): bytes.append(byte)
        case UInt8(ascii: "\""): bytes += "\\\"".utf8
        case UInt8(ascii: "\\"): bytes += "\\\\".utf8
        case 0x08: bytes += "\\b".utf8
        case 0x09: bytes += "\\t".utf8
        case 0x0A: bytes += "\\n".utf8
        case 0x0C: bytes += "\\f".utf8
        case 0x0D: bytes += "\\r".utf8
        default: bytes += "\\u00\(Hex.text(of: CollectionOfOne(byte)))".utf8
        }
    }
}
