import FoundationEssentials
import SymMessages

extension SymClient {
    /// How long a change may take until it is read back.
    private static let patienceOfChanges = 30

    func get(_ path: String) async throws -> Reply { try await send(Call(method: .get, path: path)) }

    /// Asks something that takes a body, and changes nothing.
    func ask(_ path: String, _ body: some Encodable) async throws -> Reply {
        try await send(Call(method: .post, path: path, body: try WireFormat.encode(body)))
    }

    /// Has something recorded, and waits until it was read back.
    ///
    /// - Throws: also outcome unknown, when it was not read back in time.
    func change(_ method: Call.Method, _ path: String, _ body: [UInt8] = []) async throws -> Reply {
        try await change(Call(method: method, path: path, body: body))
    }

    func change(_ method: Call.Method, _ path: String, _ body: some Encodable) async throws -> Reply {
        try await change(method, path, try WireFormat.encode(body))
    }

    func change(_ call: Call) async throws -> Reply {
        var call = call
        call.key = call.key ?? UUID().uuidString.lowercased()
        call.wait = Self.patienceOfChanges
        let reply = try await send(call)
        guard !reply.isPending else {
            throw Failure(
                .outcomeUnknown,
                "Kafka has the change, but it was not read back in time. Run the same command again to see.")
        }
        return reply
    }
}

/// A path from parts that people gave.
func route(_ parts: String...) -> String {
    "/v1/" + parts.map(\.percentEncoded).joined(separator: "/")
}

extension String {
    /// As one segment of a path (RFC 3986): everything but unreserved characters is encoded.
    var percentEncoded: String {
        utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.utf8.count == 1 ? "0" + digits : digits)
            }
        }.joined()
    }
}
