import SymMessages

extension Schema {
    static let rule: [AttributeSchema] = [
        ours("name", .line, .required, "is cited by events; any text that is unique in the flow"),
        ours(
            "requesters", audience(requesterRoles), .optional,
            "says who may ask: the union of groups, users and roles; absent: every member. Guests only where named"),
        ours("targets", .references(.target), .optional, "lists targets of the strategy; absent: all of them"),
        ours("when", .condition, .optional, "is a condition that must hold too (docs/when.md)"),
        ours("deny", .line, .optional, "refuses, with this sentence; not with approve or stages"),
        ours(
            "approve", .choice([Choice("automatically", .ours, "nobody is asked")]), .optional,
            "approves at once; not with deny or stages"),
        ours("stages", .blocks(stage), .optional, "says who decides, in order; not with deny or approve"),
        ours(
            "max_duration", .duration(atMost: maximumDuration), .defaulted(.string("24h")),
            "refuses longer requests; it does not cut"),
        ours(
            "grant_within", .duration(atMost: maximumGrantWithin), .defaulted(.string("15m")),
            "is the time from approval in which access must be in place; later: failed"),
        ours(
            "pending_for", .duration(atMost: maximumPending), .defaulted(.string("24h")),
            "is the time in which a decision must come; later: unanswered. Only with stages"),
        ours(
            "allow_self_approval", .flag, .defaulted(.bool(false)),
            "lets people decide on requests of their own. Only with stages"),
        ours(
            "require_decision_message",
            .choices([Choice("approve", .ours, "a yes"), Choice("deny", .ours, "a no")]), .optional,
            "lists the decisions that must say why. Only with stages"),
        ours(
            "extend",
            .block([
                ours("times", .whole(1...100), .required, "says how often access can be extended"),
                ours("by", .duration(atMost: maximumDuration), .required, "says for how long each time"),
                ours(
                    "approve",
                    .choice([
                        Choice("again", .ours, "by the stages of the rule"),
                        Choice("automatically", .ours, "nobody is asked"),
                    ]), .defaulted(.string("again")), "says who approves it"),
            ]), .optional, "lets access be extended; absent: not"),
    ]

    private static let stage: [AttributeSchema] = [
        ours("name", .line, .required, "is shown with votes and cited by events; unique in the rule"),
        ours("when", .condition, .optional, "leaves the stage out where it does not hold"),
        ours("approvers", audience(approverRoles), .required, "says who decides: groups, users, roles"),
        ours("required", .whole(1...100), .defaulted(.integer(1)), "is how many different people must say yes"),
        ours(
            "notify",
            .block([
                slackChannels,
                ours("direct", .flag, .defaulted(.bool(false)), "tells each approver directly"),
                ours(
                    "remind_after", .duration(atMost: maximumPending), .optional,
                    "is the time without a decision after which approvers are reminded"),
            ]), .optional, "says who is told of a request"),
        ours(
            "escalate",
            .blocks([
                ours("after", .duration(atMost: maximumPending), .required, "counts from the begin of the stage"),
                ours("add", audience(approverRoles), .required, "says who may decide then, too"),
                ours("notify", .block([slackChannels]), .optional, "says who is told then"),
            ]), .optional, "adds people while nobody decides; it never approves and never skips"),
    ]

    private static let slackChannels = ours("slack", .channels, .optional, "lists Slack channels")

    private static let requesterRoles = [
        Choice("admin", .ours, "administrators"), Choice("member", .ours, "members who are no administrators"),
        Choice("guest", .ours, "guests"),
    ]

    private static let approverRoles = [
        Choice("admin", .ours, "administrators"), Choice("member", .ours, "members who are no administrators"),
        Choice("guest", .refused("is not possible here: guests never decide"), "guests"),
    ]

    private static func audience(_ roles: [Choice]) -> ValueKind {
        .block([
            ours("groups", .references(.group), .optional, "lists sym_groups"),
            ours("users", .people, .optional, "lists people by e-mail"),
            ours("roles", .choices(roles), .optional, "lists roles of the directory"),
        ])
    }

    private static func ours(
        _ name: String, _ kind: ValueKind, _ presence: AttributeSchema.Presence, _ meaning: String
    ) -> AttributeSchema {
        AttributeSchema(name, kind, presence, .ours, meaning)
    }
}
