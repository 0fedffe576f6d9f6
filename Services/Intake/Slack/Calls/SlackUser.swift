/// Somebody in Slack, as `users.info` tells it.
struct SlackUser: Sendable, Equatable, Decodable {
    struct Profile: Sendable, Equatable, Decodable {
        var email: String?
    }

    var id: String
    var team: String?
    var isDeleted: Bool?
    var isBot: Bool?
    /// A guest of several channels.
    var isRestricted: Bool?
    /// A guest of one channel.
    var isUltraRestricted: Bool?
    /// Of another workspace, in a shared channel.
    var isStranger: Bool?
    var isEmailConfirmed: Bool?
    var profile: Profile?

    enum CodingKeys: String, CodingKey {
        case id, profile
        case team = "team_id"
        case isDeleted = "deleted"
        case isBot = "is_bot"
        case isRestricted = "is_restricted"
        case isUltraRestricted = "is_ultra_restricted"
        case isStranger = "is_stranger"
        case isEmailConfirmed = "is_email_confirmed"
    }
}
