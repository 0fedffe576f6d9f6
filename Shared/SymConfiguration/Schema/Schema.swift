import SymMessages

/// What the table says of one resource type.
struct ResourceSchema: Sendable {
    let type: ResourceType
    let standing: Standing
    /// Completes "it …", without a full stop.
    let meaning: String
    let attributes: [AttributeSchema]

    func attribute(_ name: String) -> AttributeSchema? { attributes.first { $0.name == name } }
}

/// The table: every resource type and attribute of Sym's provider 3.6.0, and ours, with how this version stands to each.
///
/// The reader, its messages, `docs/configuration.md`, the order in which configurations are written and many tests come
/// from it.
enum Schema {
    /// In the order of `ResourceType`.
    static let resources: [ResourceSchema] = [
        environment, runtime, integration, errorLogger, logDestination, secretSource, secret, target, strategy, group,
        flowsFilter, flow,
    ]

    static func resource(_ type: ResourceType) -> ResourceSchema? { resources.first { $0.type == type } }

    /// The longest access that can be asked for.
    static let maximumDuration = Seconds(180 * 86_400)
    /// The longest time that a request can wait for a decision.
    static let maximumPending = Seconds(30 * 86_400)
    static let maximumGrantWithin = Seconds(86_400)

    static let name = AttributeSchema(
        "name", .line, .optional, .withOurMeaning("the resource's key is its name; if written it must be the same"),
        "is the resource's name")

    static func label(_ standing: Standing = .asInSym) -> AttributeSchema {
        AttributeSchema("label", .line, .optional, standing, "is shown to people; by default the name")
    }

    /// For the types of resource that have no name or label of their own in Sym.
    static let ourName = AttributeSchema("name", .line, .optional, .ours, "is the resource's key; if written, the same")
}
