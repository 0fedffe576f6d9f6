/// A frame of the Kafka protocol as a test needs it.
struct Frame {
    var body: [UInt8] = []

    /// With the length before it.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: Int32(body.count))
        return bytes + body
    }

    init(request: Int16, version: Int16, id: Int32, _ rest: (inout [UInt8]) -> Void) {
        body.append(number: request)
        body.append(number: version)
        body.append(number: id)
        body.append(text: "test")
        rest(&body)
    }

    init(answer id: Int32, _ rest: (inout [UInt8]) -> Void) {
        body.append(number: id)
        rest(&body)
    }

    func cut(to length: Int) -> Frame {
        var frame = self
        frame.body = Array(body[..<length])
        return frame
    }

    /// Asks for all topics when there are none.
    static func metadata(_ version: Int16, id: Int32, _ topics: [String]?) -> Frame {
        Frame(request: 3, version: version, id: id) { body in
            body.append(number: Int32(topics?.count ?? (version == 0 ? 0 : -1)))
            for topic in topics ?? [] { body.append(text: topic) }
        }
    }

    /// Two partitions a topic.
    static func metadataAnswer(
        _ version: Int16, id: Int32, ports: [Int32], _ topics: [String], unknown: [String] = []
    ) -> Frame {
        Frame(answer: id) { body in
            body.append(number: Int32(ports.count))
            for (index, port) in ports.enumerated() {
                body.append(number: Int32(index + 1))
                body.append(text: "127.0.0.1")
                body.append(number: port)
                if version >= 1 { body.append(number: Int16(-1)) }
            }
            if version >= 2 { body.append(text: "cluster") }
            if version >= 1 { body.append(number: Int32(1)) }
            body.append(number: Int32(topics.count + unknown.count))
            for topic in topics + unknown {
                let isKnown = topics.contains(topic)
                body.append(number: Int16(isKnown ? 0 : 3))
                body.append(text: topic)
                if version >= 1 { body.append(0) }
                body.append(number: Int32(isKnown ? 2 : 0))
                for partition in Int32(0)..<(isKnown ? 2 : 0) {
                    body.append(number: Int16(0))
                    for number: Int32 in [partition, 1, 2, 1, 2, 2, 1, 2] { body.append(number: number) }
                }
            }
        }
    }

    static func findCoordinator(_ version: Int16, id: Int32) -> Frame {
        Frame(request: 10, version: version, id: id) { body in
            body.append(text: "group")
            if version >= 1 { body.append(0) }
        }
    }

    static func coordinator(_ version: Int16, id: Int32, broker: Int32, port: Int32) -> Frame {
        Frame(answer: id) { body in
            if version >= 1 { body.append(number: Int32(0)) }
            body.append(number: Int16(0))
            if version >= 1 { body.append(number: Int16(-1)) }
            body.append(number: broker)
            body.append(text: "127.0.0.1")
            body.append(number: port)
        }
    }

    /// One assignor, whatever number it says.
    static func joinGroup(
        _ version: Int16, protocols: Int32, member: String = "", assignor: String = "range"
    ) -> Frame {
        Frame(request: 11, version: version, id: 1) { body in
            body.append(text: "group")
            body.append(number: Int32(6000))
            if version >= 1 { body.append(number: Int32(6000)) }
            body.append(text: member)
            if version >= 5 { body.append(number: Int16(-1)) }
            body.append(text: "consumer")
            body.append(number: protocols)
            body.append(text: assignor)
            body.append(number: Int32(-1))
        }
    }

    /// A batch of one record, or what the mock takes for one.
    static func produce(id: Int32, _ topic: String, _ partition: Int32, batch count: Int = 80) -> Frame {
        Frame(request: 0, version: 2, id: id) { body in
            body.append(number: Int16(1))
            body.append(number: Int32(1000))
            body.append(number: Int32(1))
            body.append(text: topic)
            body.append(number: Int32(1))
            body.append(number: partition)
            var batch = [UInt8](repeating: 0, count: count)
            if count > 60 { (batch[16], batch[60]) = (2, 1) }
            body.append(number: Int32(batch.count))
            body += batch
        }
    }

    static func offsetCommit(id: Int32, _ topic: String, _ partition: Int32, version: Int16 = 7) -> Frame {
        Frame(request: 8, version: version, id: id) { body in
            body.append(text: "group")
            if version >= 1 {
                body.append(number: Int32(1))
                body.append(text: "member")
            }
            if version >= 7 { body.append(number: Int16(-1)) }
            body.append(number: Int32(1))
            body.append(text: topic)
            body.append(number: Int32(1))
            body.append(number: partition)
            body.append(number: Int64(0))
            if version >= 6 { body.append(number: Int32(-1)) }
            body.append(number: Int16(-1))
        }
    }

    static func fetch(id: Int32, _ topic: String, _ partition: Int32) -> Frame {
        Frame(request: 1, version: 0, id: id) { body in
            for number: Int32 in [-1, 0, 1, 1] { body.append(number: number) }
            body.append(text: topic)
            body.append(number: Int32(1))
            body.append(number: partition)
            body.append(number: Int64(0))
            body.append(number: Int32(1 << 20))
        }
    }

    static func listOffsets(id: Int32, _ topic: String, _ partition: Int32) -> Frame {
        Frame(request: 2, version: 1, id: id) { body in
            for number: Int32 in [-1, 1] { body.append(number: number) }
            body.append(text: topic)
            body.append(number: Int32(1))
            body.append(number: partition)
            body.append(number: Int64(-1))
        }
    }
}

extension [UInt8] {
    mutating func append(number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    mutating func append(text: String) {
        append(number: Int16(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}

/// Random numbers that come again with the seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func version() -> Int16 { .random(in: 0...6, using: &self) }

    /// One of the frames with some bytes replaced, or random bytes of its length; the length before it is right.
    mutating func spoiled(_ frames: [Frame]) -> [UInt8] {
        var frame = frames.randomElement(using: &self) ?? Frame(answer: 0) { _ in }
        let replaced = Bool.random(using: &self) ? Int.random(in: 0...3, using: &self) : frame.body.count
        for _ in 0..<replaced {
            frame.body[.random(in: frame.body.indices, using: &self)] = .random(in: .min ... .max, using: &self)
        }
        return frame.bytes
    }
}
