import HuJSON

/// What a document says, for comparing; comments, spacing and spelling left out.
indirect enum Model: Hashable {
    case object([Member])
    case array([Model])
    case string(String)
    case other(String)

    struct Member: Hashable {
        var name: String
        var value: Model
    }

    init(_ value: HuJSONValue, of document: HuJSONDocument) {
        switch value.kind {
        case .object:
            self = .object(
                document.members(of: value).map {
                    Member(name: document.name(of: $0), value: Model($0.value, of: document))
                })
        case .array:
            self = .array(document.elements(of: value).map { Model($0, of: document) })
        case .string:
            self = .string(document.string(value) ?? "not a string")
        default:
            self = .other(String(decoding: document.bytes(in: value.range), as: UTF8.self))
        }
    }
}

extension HuJSONDocument {
    init(text: String) throws { try self.init(Array(text.utf8)) }

    var model: Model { Model(root, of: self) }
}

/// SplitMix64: the same numbers for the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
