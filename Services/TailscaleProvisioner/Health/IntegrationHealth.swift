import Leases
import ServiceRuntime
import SymConfiguration
import SymMessages

/// Whether the integrations work whose partitions this provisioner has: checks them when the configuration changes and from
/// time to time, and tells what it found.
///
/// A value. It gates nothing: leases keep their place whatever it says.
struct IntegrationHealth: ServiceCore {
    enum Input: Sendable {
        /// These partitions of the orders are ours now, and with them their integrations.
        case assigned([Int32])
        case revoked([Int32])
        case configuration(ConfigRecord)
        /// Read back from `sym.<p>.health`; `nil`: it was removed.
        case recorded(ResourceName, HealthRecord?)
        /// Read up to where the topic ended when we began.
        case read(Topic)
        /// - Parameter report: `nil`: there is no credential to check with.
        case checked(ResourceName, Int, HealthReport?)
        case published(ResourceName, acknowledged: Bool)
        /// A lease could not be served: the credential was refused, or does not suffice.
        case suspected(ResourceName)
        case tick
    }

    enum Topic: Sendable, CaseIterable { case configuration, health }

    enum Effect: Sendable, Equatable {
        case check(HealthSubject, Int)
        case publish(HealthRecord)
        /// The configuration does not have this integration any more.
        case forget(ResourceName)
        case log(LogLine)
    }

    static let tick = Input.tick
    /// Milliseconds until a check that found something wrong is made again, at most.
    private static let retry: Int64 = 30_000
    /// Milliseconds between two checks because of leases.
    private static let suspicionPause: Int64 = 5_000

    private let provisioner: ResourceName
    private let topics: ProvisionerTopics
    /// Milliseconds from one check to the next.
    private let period: Int64
    private let isDryRun: Bool
    private var history = ConfigHistory()
    /// As the topic has them, of other provisioners of this name too.
    private var records: [ResourceName: HealthRecord] = [:]
    private var owners = TailnetOwners()
    private var unread = Set(Topic.allCases)
    private var owned: Set<Int32> = []
    /// `nil` before the first configuration that this version can use.
    private var subjects: [ResourceName: HealthSubject]?
    private var watches: [ResourceName: Watch] = [:]
    private var checks = 0

    private struct Watch: Sendable {
        let subject: HealthSubject
        /// The check under way.
        var check: Int?
        var nextCheck: Timestamp?
        /// What this process found last.
        var found: HealthRecord?
        var publishAgain: Timestamp?

        var deadline: Timestamp? { [nextCheck, publishAgain].compactMap(\.self).min() }
    }

    init(provisioner: ResourceName, topics: ProvisionerTopics, period: Seconds, isDryRun: Bool = false) {
        self.provisioner = provisioner
        self.topics = topics
        self.period = period.count * 1_000
        self.isDryRun = isDryRun
    }

    var nextDeadline: Timestamp? { watches.values.compactMap(\.deadline).min() }

    mutating func handle(_ input: Input, now: Timestamp) -> [Effect] {
        switch input {
        case .assigned(let numbers):
            owned.formUnion(numbers)
            return watch(checkingAll: false)
        case .revoked(let numbers):
            owned.subtract(numbers)
            watches = watches.filter { owned.contains(topics.partition(of: $0.key)) }
            return []
        case .configuration(let record):
            guard history.append(record) == .accepted, let configuration = history.current?.configuration else {
                return []
            }
            subjects = HealthSubject.subjects(in: configuration, of: provisioner)
            return watch(checkingAll: true)
        case .recorded(let integration, let record):
            records[integration] = record
            owners.note(integration, record)
            return []
        case .read(let topic):
            unread.remove(topic)
            return watch(checkingAll: false)
        case .checked(let integration, let check, let report): return checked(integration, check, report, now)
        case .published(let integration, let acknowledged):
            watches[integration]?.publishAgain = acknowledged ? nil : now.advanced(byMilliseconds: Self.retry / 3)
            return []
        case .suspected(let integration):
            guard let watch = watches[integration], watch.check == nil, let found = watch.found,
                found.state == .healthy, now.milliseconds(since: found.checkedAt) >= Self.suspicionPause
            else { return [] }
            return check(integration)
        case .tick: return wake(at: now)
        }
    }
}

extension IntegrationHealth {
    /// Brings what is watched in step with the configuration and with what is ours.
    private mutating func watch(checkingAll: Bool) -> [Effect] {
        guard unread.isEmpty, let subjects else { return [] }
        var effects: [Effect] = []
        for name in Set(watches.keys).union(records.keys).sorted()
        where subjects[name] == nil && owned.contains(topics.partition(of: name)) {
            watches[name] = nil
            records[name] = nil
            owners.note(name, nil)
            effects.append(.forget(name))
        }
        for (name, subject) in subjects.sorted(by: { $0.key < $1.key })
        where owned.contains(topics.partition(of: name)) {
            let isKnown = watches[name]?.subject == subject
            if isKnown && !checkingAll { continue }
            // What was found of another credential or tailnet is no news about this one.
            if !isKnown { watches[name] = Watch(subject: subject) }
            effects += check(name)
        }
        return effects
    }

    /// An answer to a check that is under way meanwhile does not count.
    private mutating func check(_ integration: ResourceName) -> [Effect] {
        guard var watch = watches[integration] else { return [] }
        checks += 1
        watch.check = checks
        watch.nextCheck = nil
        watches[integration] = watch
        return [.check(watch.subject, checks)]
    }

    private mutating func checked(
        _ integration: ResourceName, _ check: Int, _ report: HealthReport?, _ now: Timestamp
    ) -> [Effect] {
        guard var watch = watches[integration], watch.check == check else { return [] }
        let last = watch.found ?? records[integration]
        let (tailnetID, since) = identity(in: report, of: watch.subject, last, now)
        let owner = tailnetID.flatMap { owners.owner(of: $0, before: integration) }
        let verdict = HealthVerdict(report, of: watch.subject, owner: owner, isDryRun: isDryRun, at: now)
        let pause = verdict.problems.isEmpty ? period : min(period, Self.retry)
        // One check may be slow, or its record not acknowledged.
        let validUntil = now.advanced(byMilliseconds: 3 * period)
        let lastAlarm = last?.expiryAlarm
        let alarm = ExpiryAlarms.alarm(expires: verdict.expires, after: lastAlarm, at: now)
        let record = HealthRecord(
            integration: integration, tailnet: watch.subject.tailnet.name, problems: verdict.problems,
            warnings: verdict.warnings, credentialExpiresAt: verdict.expires, expiryAlarm: alarm?.record ?? lastAlarm,
            tailnetID: tailnetID, tailnetKnownSince: since, configVersion: history.version, checkedAt: now,
            validUntil: validUntil)
        owners.note(integration, record)
        var lines = Self.news(record, since: watch.found)
        if let alarm, alarm.isNew, alarm.record.expiresAt > now {
            let words =
                "the credential expires on \(alarm.record.expiresAt), \(Self.within(alarm.record.days)). Give the "
                + "provisioner a new one."
            lines.append(Self.line(.alarm, record, words))
        }
        watch.check = nil
        watch.nextCheck = now.advanced(byMilliseconds: pause)
        watch.found = record
        watch.publishAgain = nil
        watches[integration] = watch
        return [.publish(record)] + lines.map { .log($0) }
    }

    /// Which tailnet it is, and since when that is known; as before, if it could not be asked.
    private func identity(
        in report: HealthReport?, of subject: HealthSubject, _ last: HealthRecord?, _ now: Timestamp
    ) -> (tailnetID: String?, since: Timestamp?) {
        let known = last.flatMap { $0.tailnet == subject.tailnet.name ? $0 : nil }
        let found: String? = if case .success(let users)? = report?.users { users.tailnetID } else { nil }
        guard let found, found != known?.tailnetID else { return (known?.tailnetID, known?.tailnetKnownSince) }
        return (found, now)
    }

    private mutating func wake(at now: Timestamp) -> [Effect] {
        var effects: [Effect] = []
        for (name, watch) in watches.sorted(by: { $0.key < $1.key }) {
            if let moment = watch.nextCheck, moment <= now { effects += check(name) }
            if let moment = watch.publishAgain, moment <= now, let found = watch.found {
                watches[name]?.publishAgain = nil
                effects.append(.publish(found))
            }
        }
        return effects
    }
}

// MARK: - Words

extension IntegrationHealth {
    /// What an operator has not been told yet.
    private static func news(_ record: HealthRecord, since last: HealthRecord?) -> [LogLine] {
        var lines: [LogLine] = []
        for problem in record.problems where last?.problems.contains(problem) != true {
            lines.append(line(.alarm, record, problem.message))
        }
        for warning in record.warnings where last?.warnings.contains(warning) != true {
            lines.append(line(.warning, record, warning.message))
        }
        if record.state == .healthy, last?.state != .healthy { lines.append(line(.notice, record, "it works.")) }
        return lines
    }

    private static func line(_ level: LogLine.Level, _ record: HealthRecord, _ message: String) -> LogLine {
        LogLine(level: level, message: "integration \(record.integration) (tailnet \(record.tailnet)): \(message)")
    }

    private static func within(_ days: Int) -> String { days == 1 ? "within a day" : "within \(days) days" }
}
