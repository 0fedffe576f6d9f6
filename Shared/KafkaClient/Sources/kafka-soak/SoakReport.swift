import SoakJudge

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What was done, what the processes' memory did, and the summary of it all.
struct SoakReport {
    var producerKills: [Double] = []
    var consumerKills: [Double] = []
    var outages = 0
    var leaderMoves = 0
    /// How long it took after the last message until all was read, in seconds.
    var settled = 0.0
    private var watched: [(child: Child, memory: MemoryRule)] = []
    private var lives: [(name: String, memory: MemoryRule)] = []
    private var lastSample = ContinuousClock.now - .seconds(1)

    mutating func watch(_ child: Child) { watched.append((child, MemoryRule())) }

    /// Twice a second.
    mutating func sample() {
        guard ContinuousClock.now - lastSample >= .milliseconds(500) else { return }
        lastSample = .now
        for index in watched.indices {
            let child = watched[index].child
            guard let bytes = child.memory else { continue }
            watched[index].memory.add(age: (ContinuousClock.now - child.started) / .seconds(1), bytes: bytes)
        }
    }

    /// Their memory is looked at no more.
    mutating func ended(_ children: [Child]) {
        for child in children {
            guard let index = watched.firstIndex(where: { $0.child === child }) else { continue }
            lives.append((child.name, watched.remove(at: index).memory))
        }
    }

    func words(_ judge: SoakJudge) -> String {
        let words = judge.violations.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key)" }
        return words.isEmpty ? "none" : words.joined(separator: ", ")
    }

    /// Returns whether all is well.
    func print(_ judge: SoakJudge, _ plan: SoakPlan) -> Bool {
        let lines = gates(judge, plan) + lives.compactMap(memoryGate)
        Swift.print("soak: done")
        for (isMet, words) in lines { Swift.print("  \(isMet ? "PASS" : "FAIL")  \(words)") }
        for example in judge.examples { Swift.print("        \(example)") }
        let counts = judge.counts
        for life in lives where life.name == Self.broker {
            Swift.print("        \(Self.words(life.memory)), the broker (up to 5 MiB a partition)")
        }
        let short = lives.filter { $0.memory.age < MemoryRule.shortestLife }.map(\.memory.last).max() ?? 0
        let isGood = lines.allSatisfy(\.isMet)
        Swift.print(
            """
                    memory of the others when they ended: \(Self.megabytes(short)) at most
                    \(counts.inLog) messages in the log, \(counts.twiceInLog) of them again; \(counts.unknown) of \
            unknown outcome
                    the group was handed \(counts.handledByGroup), \(counts.twiceByGroup) of them again, in \
            \(counts.assignments) assignments; the observer \(counts.handledByObserver)
            soak: \(isGood ? "PASS" : "FAIL")
            """)
        return isGood
    }

    private func gates(_ judge: SoakJudge, _ plan: SoakPlan) -> [(isMet: Bool, words: String)] {
        let producers = plan.count { $0 == .killProducer }
        let consumers = plan.count { if case .killConsumer = $0 { true } else { false } }
        // One that never got to work was not tested by its death.
        let producing = judge.productive.count
        let consuming = judge.busy.subtracting([.observer]).count
        return [
            Self.gate(producerKills, producers, "producers"),
            Self.gate(consumerKills, consumers, "consumers"),
            (outages > 0, "\(outages) times a broker or all down, \(leaderMoves) leaders moved"),
            (producing > producers / 2, "\(producing) producer processes had something acknowledged"),
            (consuming > consumers / 2, "\(consuming) consumer processes were handed something"),
            (
                judge.counts.acknowledged > 0 && judge.isComplete,
                "\(judge.counts.acknowledged) messages acknowledged, all read \(Self.tenths(settled)) s after the last"
            ),
            (judge.violations.isEmpty, "violations: \(words(judge))"),
        ]
    }

    private static func gate(_ kills: [Double], _ planned: Int, _ who: String) -> (isMet: Bool, words: String) {
        let interval = tenths(zip(kills.dropFirst(), kills).map { $0 - $1 }.min() ?? .infinity)
        return (
            kills.count == planned && interval >= 20,
            "\(kills.count) of \(planned) \(who) killed, \(interval) s apart or more"
        )
    }

    private func memoryGate(_ life: (name: String, memory: MemoryRule)) -> (isMet: Bool, words: String)? {
        guard life.name != Self.broker, let verdict = life.memory.verdict else { return nil }
        return (verdict.isFlat, "\(Self.words(life.memory)), \(life.name)")
    }

    private static let broker = "broker"

    private static func words(_ memory: MemoryRule) -> String {
        guard let verdict = memory.verdict else { return "memory \(megabytes(memory.last))" }
        let early = megabytes(verdict.early)
        return "memory \(early) after a minute, \(megabytes(verdict.late)) after \(Int(memory.age)) s"
    }

    private static func tenths(_ seconds: Double) -> Double { (seconds * 10).rounded(.down) / 10 }

    private static func megabytes(_ bytes: Int) -> String { "\(tenths(Double(bytes) / 1_000_000)) MB" }
}
