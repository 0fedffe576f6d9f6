/// What goes wrong in a run. Each element comes or stays away by itself; all are per thousand, of what the comment says.
struct Weather {
    /// Of the seconds: the process dies.
    var crashes: Int64 = 0
    /// Of the inputs: the process dies after it, having begun only some of what it was to do.
    var crashesInside: Int64 = 0
    /// Of the seconds: the process stands still for a while; long enough, another takes over.
    var pauses: Int64 = 0
    /// Of the seconds: another process takes over and the old one does not know.
    var overlaps: Int64 = 0
    /// Of the seconds: the machine's wall clock is set, or set right again.
    var clockJumps: Int64 = 0

    /// Of the appends: not acknowledged, and half of them in the ledger all the same, seconds later.
    var appendsLost: Int64 = 0
    /// Of the appends: in the ledger twice, the second one up to half a minute late.
    var appendsTwice: Int64 = 0
    /// Of the outcomes and dead letters: not acknowledged, and half of them in their topic all the same.
    var publishesLost: Int64 = 0
    /// Of the seconds: Kafka stops for a while; what was sent meanwhile lands when it is back.
    var kafkaAway: Int64 = 0
    /// Of those: the owner dies meanwhile, and is started without Kafka.
    var restartsAway: Int64 = 0
    /// Of the seconds: the owner's machine does not reach Kafka for a while; another takes over.
    var cutOffs: Int64 = 0
    /// Of the processes that lost their partitions: they go on, with their copy, and may get them again.
    var idlers: Int64 = 0
    /// Of the starts: on a new disk.
    var copiesLost: Int64 = 0
    /// Of the seconds: the ledger is compacted.
    var compactions: Int64 = 0
    /// Of those: tombstones go too.
    var tombstonesDropped: Int64 = 0
    /// Of the starts: no committed offset, so all orders come again.
    var offsetsLost: Int64 = 0

    /// Of the seconds: the tailnets stop answering for a while.
    var outages: Int64 = 0
    /// Of the readings: fail.
    var readsFail: Int64 = 0
    /// Of the calls: status 429, with a time to wait.
    var tooMany: Int64 = 0
    /// Of the calls: status 500; half of such writes take effect.
    var serverErrors: Int64 = 0
    /// Of the writes: the answer is lost, half of them take effect.
    var answersLost: Int64 = 0
    /// Of the calls: no answer until the client gives up; some such writes take effect.
    var hangs: Int64 = 0
    /// Of the writes without an answer: take effect seconds later.
    var landsLate: Int64 = 0
    /// Of the writes: somebody else's comes first.
    var conflicts: Int64 = 0
    /// Of the seconds: the integration names another credential, or goes from the configuration, or comes back.
    var configures: Int64 = 0
    /// Of the seconds: a credential is not accepted any more, or is again.
    var expires: Int64 = 0

    /// Of the seconds: somebody adds a login of no concern to us.
    var othersAdd: Int64 = 0
    /// Of the seconds: somebody removes a login, whoever's.
    var othersRemove: Int64 = 0
    /// Of the seconds: somebody adds a login that we put in and take out.
    var othersAddOurs: Int64 = 0
    /// Of the seconds: somebody puts an older file back.
    var restores: Int64 = 0
    /// Of the seconds: somebody leaves a file behind that cannot be edited safely, for a while.
    var damages: Int64 = 0

    /// A text that comes back has the version it had, as with Tailscale; otherwise every version is new.
    var versionsAreHashes = true
    /// Some logins are such that the service refuses them.
    var hasPoison = false
    /// 45 days go by afterwards.
    var retires = false
    /// Nobody keeps a copy of the ledger.
    var isStateless = false
    /// The most milliseconds an effect takes.
    var slow: Int64 = 20

    static let calm = Weather()

    /// Name, place, and how much of it there is at most.
    static var elements: [(name: String, place: WritableKeyPath<Weather, Int64>, most: Int64)] {
        [
            ("crashes", \.crashes, 30), ("crashesInside", \.crashesInside, 8), ("pauses", \.pauses, 40),
            ("overlaps", \.overlaps, 40), ("clockJumps", \.clockJumps, 30), ("appendsLost", \.appendsLost, 200),
            ("appendsTwice", \.appendsTwice, 200), ("publishesLost", \.publishesLost, 300),
            ("kafkaAway", \.kafkaAway, 20), ("restartsAway", \.restartsAway, 1_000), ("cutOffs", \.cutOffs, 20),
            ("idlers", \.idlers, 1_000), ("copiesLost", \.copiesLost, 600), ("compactions", \.compactions, 300),
            ("tombstonesDropped", \.tombstonesDropped, 1_000), ("offsetsLost", \.offsetsLost, 1_000),
            ("outages", \.outages, 20), ("readsFail", \.readsFail, 300), ("tooMany", \.tooMany, 200),
            ("serverErrors", \.serverErrors, 200), ("answersLost", \.answersLost, 300), ("hangs", \.hangs, 200),
            ("landsLate", \.landsLate, 1_000), ("conflicts", \.conflicts, 400), ("configures", \.configures, 30),
            ("expires", \.expires, 30), ("othersAdd", \.othersAdd, 60), ("othersRemove", \.othersRemove, 40),
            ("othersAddOurs", \.othersAddOurs, 40), ("restores", \.restores, 20), ("damages", \.damages, 15),
        ]
    }

    static func drawn(_ dice: inout Dice) -> Weather {
        var weather = Weather()
        // From fair to everything at once.
        let density: Int64 = dice.pick([0, 60, 120, 120, 250, 250, 600])
        // What only shows together is drawn together more often: of one kind, neighbours in the table.
        let favourite = Int(dice.roll(0...Int64(elements.count - 1)))
        for (index, element) in elements.enumerated() {
            let isNear = density > 0 && abs(index - favourite) <= 3
            guard dice.happens(isNear ? max(density, 500) : density) else { continue }
            weather[keyPath: element.place] = dice.roll(1...element.most)
        }
        weather.versionsAreHashes = dice.happens(600)
        weather.hasPoison = dice.happens(400)
        weather.retires = dice.happens(100)
        weather.isStateless = dice.happens(100)
        weather.slow = density == 0 ? 20 : dice.pick([5, 50, 50, 500, 2_000])
        return weather
    }

    /// Nothing goes wrong, apart from logins that are refused.
    var isFair: Bool { slow <= 20 && Self.elements.allSatisfy { self[keyPath: $0.place] == 0 } }
}

extension Weather: CustomStringConvertible {
    var description: String {
        var words = Self.elements.filter { self[keyPath: $0.place] > 0 }.map { "\($0.name) \(self[keyPath: $0.place])" }
        if versionsAreHashes { words.append("versionsAreHashes") }
        if hasPoison { words.append("hasPoison") }
        if isStateless { words.append("isStateless") }
        if retires { words.append("retires") }
        words.append("slow \(slow)")
        return words.joined(separator: ", ")
    }
}
