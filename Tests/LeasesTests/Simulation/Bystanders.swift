/// Who stands in the groups, or comes and goes, because of others than us; by place, as `a/group:prod/ana@example.com`.
struct Bystanders {
    /// There before us, or since long after us: never to be removed by us.
    private(set) var standing: Set<String>
    /// Added by others while a lease of ours was open: nobody can say whose it is, so we may remove it or not.
    private(set) var either: Set<String> = []
    /// Added by others soon after a lease of ours has ended: to be removed once it is seen, before this moment.
    private(set) var returned: [String: (until: Int64, seenAt: Int64?)] = [:]
    private(set) var everStanding: Set<String>
    private(set) var removedByOthers: Set<String> = []

    init(standing: Set<String>) {
        self.standing = standing
        everStanding = standing
    }

    /// What others make of a login that they add.
    enum Kind { case standing, either, returned(until: Int64) }

    mutating func added(_ place: String, as kind: Kind) {
        switch kind {
        case .standing:
            standing.insert(place)
            everStanding.insert(place)
        case .either:
            either.insert(place)
            everStanding.insert(place)
        case .returned(let until):
            returned[place] = (until, nil)
        }
    }

    mutating func removedByOther(_ place: String) {
        gone(place)
        removedByOthers.insert(place)
    }

    mutating func gone(_ place: String) {
        standing.remove(place)
        either.remove(place)
        returned[place] = nil
    }

    /// A working owner has read a text with these.
    mutating func seen(_ places: some Sequence<String>, at time: Int64) {
        for place in places where returned[place] != nil && returned[place]?.seenAt == nil {
            returned[place]?.seenAt = time
        }
    }

    /// Another lease begins on it, or nobody saw it in time.
    mutating func becomesEither(_ place: String) {
        guard returned.removeValue(forKey: place) != nil else { return }
        added(place, as: .either)
    }

    /// It stands in a text that was there before: nothing tells whether an older file was restored (design, section 7).
    mutating func standsInOldText(_ place: String) {
        if standing.remove(place) != nil { added(place, as: .either) }
    }

    func isNotOurs(_ place: String) -> Bool { standing.contains(place) || either.contains(place) }
}
