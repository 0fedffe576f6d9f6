/// An expression as it is written, not yet checked for meaning.
struct ConditionSyntax: Sendable {
    indirect enum Kind: Sendable {
        case flag(Bool)
        case integer(Int64)
        case text(WrittenText)
        case list([ConditionToken])
        case path(Path)
        case call(String, [ConditionSyntax])
        case method(ConditionSyntax, Part, [ConditionSyntax])
        case not(ConditionSyntax)
        case relation(ConditionSyntax, Relation, at: Int, ConditionSyntax)
        case all([ConditionSyntax])
        case any([ConditionSyntax])
    }

    /// `request.reason`, `request.fields.ticket`.
    struct Path: Sendable {
        var root: Part
        var name: Part
        var member: Part?
    }

    struct Part: Sendable {
        var name: String
        var position: Int
    }

    enum Relation: String, Sendable, Hashable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="
        case contained = "in"
    }

    var kind: Kind
    /// Where it begins.
    var position: Int
}
