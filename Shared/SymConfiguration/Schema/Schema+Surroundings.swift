extension Schema {
    static let environment = ResourceSchema(
        type: .environment, standing: .asInSym, meaning: "is what flows share",
        attributes: [
            name, label(),
            AttributeSchema(
                "runtime_id", .reference(.runtime), .optional,
                .withOurMeaning("kept for its label; services run where the operator puts them"),
                "names the sym_runtime"),
            AttributeSchema(
                "integrations", .referenceMap(.integration),
                "names integrations by kind; the keys are the kinds, such as slack_id"),
            AttributeSchema(
                "error_logger_id", .reference(.errorLogger), "names the sym_error_logger for problems of its flows"),
            AttributeSchema(
                "log_destination_ids", .anything, .optional,
                .refused("is not supported; every event is in the topic sym.events, where any consumer can read it"),
                "names where events are sent"),
        ])

    static let runtime = ResourceSchema(
        type: .runtime, standing: .withOurMeaning("kept for its label; services run where the operator puts them"),
        meaning: "says where flows are run",
        attributes: [
            name, label(),
            AttributeSchema(
                "context_id", .reference(.integration), .optional,
                .withoutEffect("is kept and not used: services run where the operator puts them, with no role in AWS"),
                "names the permission_context integration to work under"),
        ])

    static let errorLogger = ResourceSchema(
        type: .errorLogger, standing: .asInSym, meaning: "says where problems of flows are told",
        attributes: [
            ourName, label(.ours),
            AttributeSchema(
                "integration_id", .reference(.integration), .required,
                "names the sym_integration of the Slack workspace"),
            AttributeSchema("destination", .line, .required, "names a channel, such as \"#sym-errors\""),
        ])

    static let logDestination = ResourceSchema(
        type: .logDestination,
        standing: .refused(
            "is not supported; every event is in the topic sym.events, where any consumer can read it"),
        meaning: "says where events are sent",
        attributes: [
            name, label(),
            AttributeSchema(
                "type", .anything, .required,
                "is kinesis_firehose, kinesis_data_stream, segment, http or datadog"),
            AttributeSchema("integration_id", .anything, "names the integration to send with"),
            AttributeSchema("settings", .anything, "holds stream_name or url"),
        ])

    static let flowsFilter = ResourceSchema(
        type: .flowsFilter,
        standing: .refused("is not supported: it held Python, which is not run; say in rules who may ask for what"),
        meaning: "decides which flows a person is shown",
        attributes: [
            AttributeSchema("implementation", .anything, .required, "is the Python that decides"),
            AttributeSchema("vars", .anything, "holds texts for it"),
            AttributeSchema("integrations", .anything, "names integrations for it"),
        ])

    static let group = ResourceSchema(
        type: .group, standing: .ours, meaning: "is people under a name, for rules; it has members or a source",
        attributes: [
            ourName, label(.ours),
            AttributeSchema("members", .people, .optional, .ours, "lists people by e-mail"),
            AttributeSchema(
                "source",
                .choice([
                    Choice("directory", .ours, "other systems put its members, with PUT /v1/groups/{name}/members")
                ]),
                .optional, .ours, "says where its members are kept instead"),
        ])
}
