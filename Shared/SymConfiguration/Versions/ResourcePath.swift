/// One resource by its type and name, as sets and plans name it: `sym_flow.ssh`.
public struct ResourcePath: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let type: String
    public let name: String

    public init(type: String, name: String) {
        self.type = type
        self.name = name
    }

    public var description: String { "\(type).\(name)" }

    public static func < (a: Self, b: Self) -> Bool { (a.type, a.name) < (b.type, b.name) }
}
