/// `sym-embedded-broker [--port N] --topic name:partitions …`
struct BrokerOptions {
    static let usage = "usage: sym-embedded-broker [--port <1-65535>] --topic <name>:<partitions> ..."

    private(set) var topics: [(name: String, partitions: Int32)] = []
    private(set) var port: UInt16?

    /// - Throws: a sentence for the person who typed it.
    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var arguments = arguments.makeIterator()
        while let option = arguments.next() {
            switch option {
            case "--topic":
                topics.append(try Self.topic(arguments.next()))
            case "--port":
                guard let port = arguments.next().flatMap({ UInt16($0) }), port > 0 else {
                    throw UsageError("--port wants a number from 1 to 65535.")
                }
                self.port = port
            default:
                throw UsageError("\"\(option)\" is not an option.")
            }
        }
    }

    private static func topic(_ text: String?) throws(UsageError) -> (name: String, partitions: Int32) {
        let parts = (text ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let partitions = Int32(parts[1]), (1...1000).contains(partitions)
        else {
            throw UsageError("--topic wants <name>:<partitions>, with 1 to 1000 partitions, not \"\(text ?? "")\".")
        }
        return (String(parts[0]), partitions)
    }
}

struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
