/// The way from the root of a document to a value in it.
///
///     document.value(at: ["groups", "group:prod", 0])
///     document.value(at: try HuJSONPath(pointer: "/groups/group:prod/0"))
public struct HuJSONPath: Hashable, Sendable {
    /// One step down.
    public enum Step: Hashable, Sendable {
        /// To the member of an object that is called this.
        case name(String)
        /// To the element of an array at this position, counted from 0; in an object, to the member that is called as the
        /// number is written, for a pointer does not say which of the two is meant.
        case position(Int)
    }

    /// The steps, outermost first; none lead to the root.
    public var steps: [Step]

    public init(_ steps: [Step] = []) { self.steps = steps }

    /// Reads a JSON pointer, RFC 6901: `/groups/group:prod/0`. In it `~1` stands for a slash and `~0` for a tilde.
    ///
    /// - Throws: what is wrong with it.
    public init(pointer: String) throws(HuJSONPathError) {
        let bytes = Array(pointer.utf8)
        steps = []
        guard let first = bytes.first else { return }
        guard first == Byte.slash else { throw .noSlash }
        var token: [UInt8] = []
        var position = 1
        while position <= bytes.count {
            if position == bytes.count || bytes[position] == Byte.slash {
                steps.append(Step(token: token))
                token = []
            } else if bytes[position] == UInt8(ascii: "~") {
                position += 1
                switch position < bytes.count ? bytes[position] : 0 {
                case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): token.append(Byte.slash)
                default: throw .badEscape(column: position)
                }
            } else {
                token.append(bytes[position])
            }
            position += 1
        }
    }

    /// The path as a JSON pointer.
    public var pointer: String {
        steps.reduce(into: "") { pointer, step in
            pointer += "/"
            for scalar in step.token.unicodeScalars {
                switch scalar {
                case "~": pointer += "~0"
                case "/": pointer += "~1"
                default: pointer.unicodeScalars.append(scalar)
                }
            }
        }
    }
}

extension HuJSONPath.Step {
    /// A number without leading zeros can be a position, whatever else it is.
    fileprivate init(token: [UInt8]) {
        let name = String(decoding: token, as: UTF8.self)
        if let position = Int(name), String(position) == name, position >= 0 {
            self = .position(position)
        } else {
            self = .name(name)
        }
    }

    /// How it is written in a pointer, before anything is escaped; and how a member is called.
    var token: String {
        switch self {
        case .name(let name): name
        case .position(let position): String(position)
        }
    }
}

extension HuJSONPath: ExpressibleByArrayLiteral {
    public init(arrayLiteral steps: Step...) { self.init(steps) }
}

extension HuJSONPath.Step: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral name: String) { self = .name(name) }
    public init(integerLiteral position: Int) { self = .position(position) }
}

extension HuJSONPath: CustomStringConvertible {
    public var description: String { pointer }
}

/// What is wrong with a JSON pointer.
public enum HuJSONPathError: Error, Hashable, Sendable {
    /// It is not empty and does not start with a slash.
    case noSlash
    /// A `~` is followed by neither `0` nor `1`; the column of the `~` in bytes, counted from 1.
    case badEscape(column: Int)
}

extension HuJSONPathError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSlash: "A path into the file starts with a slash, as in /groups/group:prod."
        case .badEscape(let column):
            "Column \(column) of the path: write ~0 for a tilde and ~1 for a slash that is part of a name."
        }
    }
}
