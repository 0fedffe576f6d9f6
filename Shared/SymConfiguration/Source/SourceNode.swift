import SymMessages

/// A value of a configuration with the line it was written on.
struct SourceNode: Sendable {
    struct Member: Sendable {
        var key: String
        var line: Int?
        var value: SourceNode
    }

    enum Content: Sendable {
        case null
        case bool(Bool)
        case integer(Int64)
        case text(String)
        case list([SourceNode])
        case map([Member])
        /// Reported already.
        case unreadable
    }

    var content: Content
    var line: Int?

    init(_ content: Content, line: Int?) {
        self.content = content
        self.line = line
    }

    init(_ value: JSONValue) {
        line = nil
        content =
            switch value {
            case .null: .null
            case .bool(let bool): .bool(bool)
            case .integer(let integer): .integer(integer)
            case .string(let string): .text(string)
            case .array(let array): .list(array.map(SourceNode.init))
            case .object(let object):
                .map(
                    object.sorted { $0.key < $1.key }.map {
                        Member(key: $0.key, line: nil, value: SourceNode($0.value))
                    })
            }
    }

    var json: JSONValue {
        switch content {
        case .null, .unreadable: .null
        case .bool(let bool): .bool(bool)
        case .integer(let integer): .integer(integer)
        case .text(let text): .string(text)
        case .list(let list): .array(list.map(\.json))
        case .map(let members):
            .object(Dictionary(members.map { ($0.key, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}
