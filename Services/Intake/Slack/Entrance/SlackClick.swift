import SymMessages

/// A press on one of our buttons.
struct SlackClick: Sendable, Equatable {
    var user: String
    var workspace: String
    var action: SlackAction
    /// The button's value; it says what was shown, and is no authority.
    var value: String
    /// Slack's name of this press: a redelivery has the same.
    var actionTS: String
    var responseURL: String?

    /// `nil` for a payload that is not about a button of ours.
    init?(payload: [UInt8]) throws(MessageError) {
        let kind = try WireFormat.decode(Kind.self, from: payload)
        guard kind.type == "block_actions" else { return nil }
        let body = try WireFormat.decode(Payload.self, from: payload)
        guard let pressed = body.actions.first, let action = SlackAction(rawValue: pressed.actionID) else { return nil }
        user = body.user.id
        workspace = body.team?.id ?? body.user.teamID ?? ""
        self.action = action
        value = pressed.value ?? ""
        actionTS = pressed.actionTS ?? body.triggerID ?? ""
        responseURL = body.responseURL
    }

    private struct Kind: Decodable {
        var type: String
    }

    private struct Payload: Decodable {
        struct User: Decodable {
            var id: String
            var teamID: String?

            enum CodingKeys: String, CodingKey {
                case id
                case teamID = "team_id"
            }
        }

        struct Team: Decodable { var id: String }

        struct Action: Decodable {
            var actionID: String
            var value: String?
            var actionTS: String?

            enum CodingKeys: String, CodingKey {
                case value
                case actionID = "action_id"
                case actionTS = "action_ts"
            }
        }

        var user: User
        var team: Team?
        var triggerID: String?
        var responseURL: String?
        var actions: [Action]

        enum CodingKeys: String, CodingKey {
            case user, team, actions
            case triggerID = "trigger_id"
            case responseURL = "response_url"
        }
    }
}
