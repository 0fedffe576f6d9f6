import SymMessages

/// One call of Slack's Web API that the core wants made.
enum SlackCall: Sendable, Equatable {
    case post(SlackMessage, channel: String)
    case update(SlackMessage, channel: String, ts: String)
    case openConversation(user: String)
    case findUser(PersonID)

    /// Calls of one lane are made one after the other, and Slack counts them together.
    var lane: SlackLanes.Lane {
        switch self {
        case .post(_, let channel): .init(method: .post, channel: channel)
        case .update(_, let channel, _): .init(method: .update, channel: channel)
        case .openConversation: .init(method: .openConversation, channel: nil)
        case .findUser: .init(method: .findUser, channel: nil)
        }
    }
}

/// What became of a call.
enum SlackResult: Sendable, Equatable {
    case posted(channel: String, ts: String)
    case updated
    case conversation(String)
    case user(String)
    case failed(SlackFailure)
}

/// Names one call, within this process.
struct SlackCallID: Hashable, Sendable {
    let number: UInt64
}

/// What a failed call means for the place it was made for.
enum SlackFault: Sendable, Equatable {
    /// The message to be changed is not there any more, or cannot be changed.
    case vanished
    /// Nothing can ever be shown there.
    case unreachable
    /// The operator has to do something; until then it is tried again, slowly.
    case operators
    /// Tried again, sooner at first.
    case passing

    private static let vanishedErrors: Set = ["message_not_found", "cant_update_message", "edit_window_closed"]
    private static let unreachableErrors: Set = [
        "channel_not_found", "is_archived", "not_in_channel", "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
        "channel_is_limited_access",
        "posting_to_general_channel_denied", "posting_to_channel_denied", "messages_tab_disabled",
        "cannot_reply_to_message", "users_not_found", "user_not_found", "user_disabled", "user_not_visible",
        "cannot_dm_bot", "invalid_user_combination", "cannot_dm_user",
        "team_not_found", "method_not_supported_for_channel_type", "not_allowed_token_type",
    ]
    private static let operatorsErrors: Set = [
        "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope",
        "no_permission", "org_login_required", "ekm_access_denied", "access_denied", "two_factor_setup_required",
        "team_access_not_granted", "accesslimited", "invalid_blocks", "invalid_arguments", "msg_too_long",
        "msg_blocks_too_long", "invalid_blocks_format", "invalid_arg_name", "no_text", "deprecated_endpoint",
    ]

    init(_ failure: SlackFailure) {
        guard case .refused(let name, _) = failure else {
            self = .passing
            return
        }
        if Self.vanishedErrors.contains(name) {
            self = .vanished
        } else if Self.unreachableErrors.contains(name) {
            self = .unreachable
        } else if Self.operatorsErrors.contains(name) {
            self = .operators
        } else {
            self = .passing
        }
    }
}
