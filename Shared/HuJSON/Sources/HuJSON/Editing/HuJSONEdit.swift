/// What to change in one place of a document.
public struct HuJSONEdit: Hashable, Sendable {
    /// The value that is edited.
    public let target: HuJSONValue
    let change: Change

    enum Change: Hashable, Sendable {
        case elements(removing: Set<Int>, appending: [HuJSONLiteral])
        case strings(removing: Set<Int>, appending: [String])
        case members(removing: Set<Int>, appending: [HuJSONNewMember])
        case replacement(HuJSONLiteral)

        var isAppending: Bool {
            switch self {
            case .elements(_, let literals): !literals.isEmpty
            case .strings(_, let strings): !strings.isEmpty
            case .members(_, let members): !members.isEmpty
            case .replacement: false
            }
        }

        /// How many bytes it can add, about.
        var growth: Int {
            switch self {
            case .elements(_, let literals): literals.reduce(0) { $0 + $1.bytes.count + 32 }
            case .strings(_, let strings): strings.reduce(0) { $0 + $1.utf8.count + 34 }
            case .members(_, let members): members.reduce(0) { $0 + $1.name.utf8.count + $1.value.bytes.count + 48 }
            case .replacement(let literal): literal.bytes.count
            }
        }
    }

    /// Takes elements out of an array and adds others at its end.
    ///
    /// - Parameters:
    ///   - array: of the document that is edited.
    ///   - removing: the positions of the elements to take out, with the comments that belong to them.
    ///   - appending: what to add at the end.
    public static func array(
        _ array: HuJSONValue, removing: Set<Int> = [], appending: [HuJSONLiteral] = []
    ) -> HuJSONEdit {
        HuJSONEdit(target: array, change: .elements(removing: removing, appending: appending))
    }

    /// The same with strings, which become literals when they are written only.
    init(_ edit: HuJSONArrayEdit) {
        target = edit.array
        change = .strings(removing: edit.removing, appending: edit.appending)
    }

    private init(target: HuJSONValue, change: Change) {
        self.target = target
        self.change = change
    }

    /// Takes members out of an object and adds others at its end.
    ///
    /// - Parameters:
    ///   - object: of the document that is edited.
    ///   - removing: the positions of the members to take out, with the comments that belong to them;
    ///     ``HuJSONDocument/positions(of:in:)`` finds them by name.
    ///   - appending: what to add at the end. The object must not have members called so, unless they are taken out.
    public static func object(
        _ object: HuJSONValue, removing: Set<Int> = [], appending: [HuJSONNewMember] = []
    ) -> HuJSONEdit {
        HuJSONEdit(target: object, change: .members(removing: removing, appending: appending))
    }

    /// Puts a value in the place of another one, with whatever comments stand in it; those beside it stay.
    public static func replacing(_ value: HuJSONValue, with literal: HuJSONLiteral) -> HuJSONEdit {
        HuJSONEdit(target: value, change: .replacement(literal))
    }
}

/// Why an edit cannot be made.
public enum HuJSONEditError: Error, Hashable, Sendable {
    /// The value to edit is not an array of this document.
    case notAnArray
    /// The value to edit is not an object of this document.
    case notAnObject
    /// The value to replace is not one of this document.
    case notAValue
    /// The container has no element or member at this position.
    case noSuchElement(Int)
    /// The object has a member of this name already, or two of the new ones have it.
    case nameTaken(String)
    /// Two edits concern the same value, or one is inside what another takes out or replaces.
    case overlappingEdits
}

extension HuJSONEditError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAnArray: "What is to be edited as an array is not an array of this document."
        case .notAnObject: "What is to be edited as an object is not an object of this document."
        case .notAValue: "What is to be replaced is not a value of this document."
        case .noSuchElement(let position): "There is nothing to take out at position \(position), counted from 0."
        case .nameTaken(let name): "The object has a member \"\(name)\" already, and a second one could mean either."
        case .overlappingEdits: "Two edits concern the same value, or one is inside what another takes out."
        }
    }
}
