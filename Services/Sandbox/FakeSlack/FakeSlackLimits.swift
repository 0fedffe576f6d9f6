/// How many calls Slack takes (slack.md B3; docs.slack.dev/apis/web-api/rate-limits).
struct SlackLimits: Hashable, Sendable {
    /// A bucket of calls that fills with time.
    struct Bucket: Hashable, Sendable {
        /// How many calls may come at once.
        let capacity: Double
        /// Calls a second.
        let rate: Double
        private var level: Double
        private var filledAt: Int64?

        init(capacity: Double, rate: Double) {
            self.capacity = capacity
            self.rate = rate
            level = capacity
        }

        /// Takes one call, or tells in how many whole seconds there is room for one.
        mutating func take(at now: Int64) -> Int? {
            let elapsed = Double(max(0, now - (filledAt ?? now))) / 1000
            level = min(capacity, level + elapsed * rate)
            filledAt = now
            guard level < 1 else {
                level -= 1
                return nil
            }
            return max(1, Int(((1 - level) / rate).rounded(.up)))
        }
    }

    private enum Key: Hashable {
        case posts(channel: String)
        case method(String)
    }

    /// About one message a second and channel; "short bursts" are tolerated, without a published number: ours is 5.
    private static let posts = Bucket(capacity: 5, rate: 1)

    /// Tiers: calls a minute, for each method and workspace, that Slack grants at least.
    private static let perMinute: [String: Double] = [
        // Tier 2.
        "conversations.list": 20,
        // Tier 3.
        "chat.update": 50, "conversations.open": 50, "conversations.info": 50, "users.lookupByEmail": 50,
        // Tier 4.
        "chat.postEphemeral": 100, "users.info": 100,
        // "Special": hundreds a minute.
        "auth.test": 600,
    ]

    private var buckets: [Key: Bucket] = [:]

    /// Counts a call of a method with a tier. Returns after how many seconds to come again, nil if it may pass.
    mutating func call(_ method: String, at now: Int64) -> Int? {
        guard let perMinute = Self.perMinute[method] else { return nil }
        return take(.method(method), Bucket(capacity: perMinute, rate: perMinute / 60), at: now)
    }

    /// Counts a message to a channel.
    mutating func post(to channel: String, at now: Int64) -> Int? {
        take(.posts(channel: channel), Self.posts, at: now)
    }

    private mutating func take(_ key: Key, _ fresh: Bucket, at now: Int64) -> Int? {
        var bucket = buckets[key] ?? fresh
        defer { buckets[key] = bucket }
        return bucket.take(at: now)
    }
}
