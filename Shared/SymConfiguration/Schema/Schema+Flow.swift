import SymMessages

extension Schema {
    static let flow = ResourceSchema(
        type: .flow, standing: .asInSym, meaning: "is what people ask for, and who decides",
        attributes: [
            name, label(),
            AttributeSchema(
                "implementation", .text(atMost: 200_000), .optional,
                .withoutEffect(
                    "held Python, which is not run; write rules (a flow without rules refuses every request)"),
                "is the Python that decides"),
            AttributeSchema(
                "environment_id", .reference(.environment), .optional, .withOurMeaning("may be left out"),
                "names the sym_environment"),
            AttributeSchema("vars", .texts, "holds texts that conditions read as flow.vars.<key>"),
            AttributeSchema(
                "params", .block(params), .defaulted(.object([:])), "says what the flow gives and what it asks"),
            AttributeSchema(
                "rules", .blocks(rule), .optional, .ours,
                "says who may ask for what and who decides; stands in the place of implementation"),
        ])

    private static let params: [AttributeSchema] = [
        AttributeSchema(
            "strategy_id", .reference(.strategy), "names the sym_strategy; without it the flow only asks for approval"),
        AttributeSchema(
            "allow_revoke", .flag, .defaulted(.bool(true)),
            "lets requester and approvers end access early; administrators always may"),
        AttributeSchema(
            "schedule_deescalation", .onlyFlag(true, otherwise: "false is refused: every lease ends"),
            .defaulted(.bool(true)), .withOurMeaning("false is refused"), "ends access after its duration"),
        AttributeSchema(
            "include_decision_message", .flag, .defaulted(.bool(false)),
            "offers approvers a text to go with their decision"),
        AttributeSchema(
            "allowed_sources",
            .choices([
                Choice("slack", "from Slack"), Choice("api", "over HTTP, and symflow"),
                Choice("kafka", .ours, "from other systems, through their submission topics"),
            ]), .defaulted(.array([.string("slack"), .string("api")])),
            .withOurMeaning("kafka is added, and never a default"), "lists the ways in; empty: none"),
        AttributeSchema(
            "additional_header_text", .text(atMost: 3_000), "is shown above the form"),
        AttributeSchema(
            "allow_guest_interaction", .flag, .defaulted(.bool(false)), "lets guests use the buttons of a request"),
        AttributeSchema("prompt_field", .blocks(promptField), "lists what is asked, in the order of the form"),
    ]

    private static let promptField: [AttributeSchema] = [
        AttributeSchema(
            "name", .fieldName, .required,
            "names the field; reason, duration and target_id are parts of every request"),
        AttributeSchema(
            "type",
            .choice([
                Choice("string", "a text"), Choice("int", "a whole number"), Choice("bool", "yes or no"),
                Choice("duration", "a duration"), Choice("slack_user", "a person, by e-mail"),
                Choice("slack_user_list", "people, by e-mail"), Choice("str_list", "texts"),
                Choice("int_list", "whole numbers"),
            ]), .required, "says what is answered"),
        AttributeSchema(
            "label", .line, "is shown with the field; by default the name (Reason, Duration, Target for the three)"),
        AttributeSchema(
            "required", .flag, .defaulted(.bool(true)),
            "says that a visible field must be filled in; duration and target_id always must"),
        AttributeSchema(
            "visible", .flag, .defaulted(.bool(true)), "says whether the field is shown; duration always is"),
        AttributeSchema(
            "default", .answer,
            "is the answer where none is given; not for lists, slack_user and target_id, and one of the allowed_values"),
        AttributeSchema(
            "allowed_values", .answers,
            "lists the answers to choose from, at most 100 of at most 55 characters; duration needs it (a flow without "
                + "a duration field offers 30s, 10m and 1h), slack_user and slack_user_list cannot have it, and for "
                + "target_id it is not used"),
        AttributeSchema(
            "prefetch",
            .onlyFlag(
                false, otherwise: "true is not supported: it needed Python, which is not run; list allowed_values"),
            .defaulted(.bool(false)), .withOurMeaning("true is refused"), "takes the choices from Python"),
        AttributeSchema(
            "on_change", .text(atMost: 200_000), .optional,
            .withoutEffect("held Python, which is not run: the form does not change while it is filled in"),
            "is the Python that changes the form"),
    ]
}
