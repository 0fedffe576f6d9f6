/// An expression as it is written, not yet checked for meaning.
struct ConditionSyntax: Sendable {
    indirect enum Kind: Sendable {
        case flag(Bool)
        case integer(Int64)
        case text(WrittenText)
        case list([ConditionToken])
        /// `request.fields.ticket`: at least two parts, at most three.
        case path([Part])
        case call(String, [ConditionSyntax])
        case method(ConditionSyntax, Part, [ConditionSyntax])
        case not(ConditionSyntax)
        case relation(ConditionSyntax, Relation, at: Int, ConditionSyntax)
        case all([ConditionSyntax])
        case any([ConditionSyntax])
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
