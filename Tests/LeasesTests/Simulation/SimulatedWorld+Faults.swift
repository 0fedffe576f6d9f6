import Leases
import SymMessages

/// What comes over the world.
extension SimulatedWorld {
    mutating func befall(_ fault: Fault) {
        switch fault {
        case .crash: crash(owner)
        case .pause: pause()
        case .takeOver: takeOver()
        case .clockJump: setClock(of: owner)
        case .outage:
            outageEnds = now + dice.roll(1_000...dice.pick([5_000, 70_000]))
        case .kafkaAway:
            loseKafka()
        case .cutOff: cutOff()
        case .compact where ownerHadTime:
            let dropsTombstones = dice.happens(drawn.tombstonesDropped)
            for partition: Int32 in [0, 1] {
                ledger[partition]?.compact(at: now, lag: Self.compactionLag, dropsTombstones: dropsTombstones)
            }
        case .compact: break
        case .configure:
            configured = dice.pick([nil, credential("TOKEN"), credential("NEW")])
            for process in processes.keys.sorted() { later(.input(.configured(configuration), process: process)) }
        case .expire:
            let secret = dice.pick(["TOKEN", "NEW"])
            if refusedSecrets.remove(secret) == nil { refusedSecrets.insert(secret) }
        case .othersAdd, .othersRemove, .othersAddOurs, .restore, .damage, .repair:
            edit(fault)
        }
    }

    /// What compaction may not take sooner than an owner can write it again: the topic's lag is an hour, and within it some
    /// owner has read it all, claimed it, and worked for a while.
    private var ownerHadTime: Bool {
        guard let owner, !isCut(owner), let process = processes[owner], !process.isPaused else { return false }
        return now - max(process.joinedAt, cutEnds(owner)) > 10_000
            && [0, 1].allSatisfy { ledger[$0]?.end == 0 || oracle.ledger.isHeld(by: owner, $0) }
    }

    /// Somebody else has an opinion about a file.
    mutating func edit(_ fault: Fault, of only: String? = nil) {
        let name = only ?? dice.pick(["a", "b", "c"])
        guard let before = tailnets[name] else { return }
        var groups = before.groups
        switch fault {
        case .othersAdd:
            groups[group("prod"), default: []].insert("other\(now)@example.com", at: 0)
        case .othersAddOurs:
            let login = dice.pick(["ana@example.com", "ben@example.com", "Ben@Example.com"])
            let place = dice.pick([group("prod"), group("db")])
            guard !(groups[place] ?? []).contains(where: { $0.lowercased() == login.lowercased() }) else { return }
            groups[place, default: []].append(login)
        case .othersRemove:
            guard let member = before.members.sorted().first else { return }
            for (place, logins) in groups {
                groups[place] = logins.filter { "\(place)/\($0.lowercased())" != member }
            }
        case .restore:
            groups = dice.pick(before.versions.map(\.groups))
        case .damage:
            tailnets[name]?.damage("does not parse")
            let repairedAt = now + dice.roll(100...dice.pick([5_000, 70_000]))
            oracle.trouble(until: repairedAt)
            events.add(.fault(.repair(name)), at: repairedAt)
            return
        case .repair(let name):
            tailnets[name]?.damage(nil)
            return
        default: return
        }
        guard groups != before.groups else { return }
        tailnets[name]?.replace(by: groups, at: now)
        guard let after = tailnets[name] else { return }
        var isOld = false
        if case .restore = fault { isOld = true }
        oracle.edited(before: before, after: after, isOld: isOld, at: now)
        // A text that changes under a write or a reading costs another round.
        oracle.trouble(until: now)
    }
}
