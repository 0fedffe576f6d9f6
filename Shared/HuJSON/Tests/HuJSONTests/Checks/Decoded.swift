import HuJSON

/// What a value says, comments, spacing and spelling left out.
indirect enum Decoded: Equatable {
    case object([Member])
    case array([Decoded])
    case string([UInt8])
    case other([UInt8])

    struct Member: Equatable {
        var name: [UInt8]
        var value: Decoded
    }

    init(_ value: HuJSONValue, of document: HuJSONDocument) {
        switch value.kind {
        case .object:
            self = .object(
                document.members(of: value).map {
                    Member(name: Array(document.name(of: $0).utf8), value: Decoded($0.value, of: document))
                })
        case .array: self = .array(document.elements(of: value).map { Decoded($0, of: document) })
        case .string: self = .string(Array((document.string(value) ?? "").utf8))
        default: self = .other(Array(document.bytes(in: value.range)))
        }
    }

    init(_ literal: HuJSONLiteral) throws {
        let document = try HuJSONDocument(literal.bytes)
        self.init(document.root, of: document)
    }
}

/// A document and everything in it, for walking about.
struct Tree {
    let value: HuJSONValue
    let path: HuJSONPath
    let name: [UInt8]?
    /// The name, or the value, up to the end of the value.
    let range: Range<Int>
    let children: [Tree]

    /// Nil if it is nested more deeply than these checks can walk.
    init?(_ value: HuJSONValue, of document: HuJSONDocument, path: [HuJSONPath.Step] = [], member: HuJSONMember? = nil)
    {
        guard path.count < 100 else { return nil }
        self.value = value
        self.path = HuJSONPath(path)
        name = member.map { Array(document.name(of: $0).utf8) }
        range = (member?.nameRange.lowerBound ?? value.range.lowerBound)..<value.range.upperBound
        var children: [Tree] = []
        for member in document.members(of: value) {
            let step = HuJSONPath.Step.name(document.name(of: member))
            guard let child = Tree(member.value, of: document, path: path + [step], member: member) else { return nil }
            children.append(child)
        }
        for (index, element) in document.elements(of: value).enumerated() {
            guard let child = Tree(element, of: document, path: path + [.position(index)]) else { return nil }
            children.append(child)
        }
        self.children = children
    }

    /// This and all in it, in the order they stand.
    var all: [Tree] { [self] + children.flatMap(\.all) }
}
