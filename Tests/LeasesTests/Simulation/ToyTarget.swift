import Leases
import SymMessages

/// Groups as plain data, with a version: the least a lease can be granted on.
enum ToyTarget: LeaseTarget {
    struct Document: Sendable, Equatable {
        var version = "v0"
        var groups: [GroupName: [String]] = [:]
        /// Cannot be edited safely, for this reason.
        var damage: String?
    }

    struct Draft: Sendable, Equatable {
        let base: String
        let groups: [GroupName: [String]]
    }

    static func version(of document: Document) -> String { document.version }

    static func members(of group: GroupName, in document: Document) throws(TargetRefusal) -> Set<String> {
        if let damage = document.damage { throw TargetRefusal(damage) }
        return Set((document.groups[group] ?? []).map { $0.lowercased() })
    }

    static func draft(_ changes: [MembershipChange], on document: Document) throws(TargetRefusal) -> Draft? {
        if let damage = document.damage { throw TargetRefusal(damage) }
        var groups = document.groups
        for change in changes {
            guard var members = groups[change.group] else {
                throw TargetRefusal("there is no group \(change.group)")
            }
            switch change.action {
            case .add where !members.contains { $0.lowercased() == change.login.key }:
                members.append(change.login.rawValue)
            case .add: break
            case .remove: members.removeAll { $0.lowercased() == change.login.key }
            }
            groups[change.group] = members
        }
        return groups == document.groups ? nil : Draft(base: document.version, groups: groups)
    }

    static func isResult(_ document: Document, of draft: Draft) -> Bool {
        document.damage == nil && document.groups == draft.groups
    }
}

typealias Service = LeaseService<ToyTarget>

func group(_ name: String) -> GroupName { GroupName(rawValue: "group:\(name)") ?? required() }
func login(_ name: String) -> Login { Login(rawValue: name) ?? required() }
func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_800_000_000_000 + milliseconds) }

/// Lease `number` of the tests, round 1.
func leaseID(_ number: Int) -> LeaseID {
    LeaseID(
        request: RequestID(caller: .bot(BotName(rawValue: "t") ?? required()), source: "test", id: "\(number)"),
        round: 1)
}

func required<Value>() -> Value { preconditionFailure("a constant of the tests is malformed") }

/// A lease of an hour for Ana in group:prod, unless said otherwise.
func terms(
    _ number: Int, login name: String = "ana@example.com", group groupName: String = "prod",
    tailnet: String = "example.com",
    secret: String = "TOKEN", seconds: Int64 = 3_600, startBy: Timestamp = at(900_000)
) -> LeaseTerms {
    LeaseTerms(
        leaseID: leaseID(number), integration: ResourceName(rawValue: "main") ?? required(), tailnet: tailnet,
        group: group(groupName), login: login(name), credential: .apiToken(SecretReference(source: .env, path: secret)),
        duration: Seconds(seconds), startBy: startBy)
}

extension LeaseRecord.Result {
    var ended: Fact.Ended? { if case .ended(let ended) = self { ended } else { nil } }
    var failed: Fact.Failed? { if case .failed(let failed) = self { failed } else { nil } }
}

extension Outcome {
    var confirmed: Fact.Active? { if case .confirmed(let active) = self { active } else { nil } }
    var ended: Fact.Ended? { if case .ended(let ended) = self { ended } else { nil } }
    var failed: Fact.Failed? { if case .failed(let failed) = self { failed } else { nil } }
}
