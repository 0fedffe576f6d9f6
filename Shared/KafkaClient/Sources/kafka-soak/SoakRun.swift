import SoakJudge

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Starts the processes, does to them what the plan says, and judges what they wrote into the journal. Blocks; to be
/// called on the main thread.
final class SoakRun {
    /// How long everything may take to arrive after the last kill, in seconds.
    private static let patience = 90.0

    private let options: SoakOptions
    private let plan: SoakPlan
    private let folder: String
    private let program: String
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now
    private let broker: Child
    private let servers: String
    private var producers: [Child] = []
    private var members: [Child] = []
    private let observer: Child
    private var incarnations: Int32 = 0
    private var judge = SoakJudge(partitions: SoakOptions.partitions)
    private var journal: JournalReader
    private var report = SoakReport()

    private var journalPath: String { folder + "/journal" }
    private var seconds: Double { (clock.now - start) / .seconds(1) }

    init(_ options: SoakOptions) throws {
        self.options = options
        plan = SoakPlan(
            seed: options.seed, minutes: options.minutes, partitions: SoakOptions.partitions,
            brokers: SoakOptions.brokers)
        // The broker keeps 5 MiB of a partition: faster than this, a member that was killed would come back too late.
        let load = SoakOptions.rate * SoakOptions.producers * (SoakMessage.size + 100)
        guard load < 200_000 else { throw SoakError("\(load) B/s for each partition are too many.") }
        var template = Array("/tmp/kafka-soak-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SoakError("There is no folder in /tmp to be had: \(systemError).")
        }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.folder = folder
        guard let path = realpath(CommandLine.arguments[0], nil) else {
            throw SoakError("\(CommandLine.arguments[0]) is not where this program is. Start it by its path.")
        }
        defer { free(path) }
        program = String(cString: path)
        journal = try JournalReader(path: folder + "/journal")
        let beside = program.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        broker = try Child(
            "broker", beside + "/sym-embedded-broker",
            [
                "--brokers", "\(SoakOptions.brokers)", "--topic", "\(SoakOptions.topic):\(SoakOptions.partitions)",
            ], pipes: true, log: folder + "/broker.log")
        let prefix = "bootstrap.servers="
        guard let line = broker.readLine(), line.hasPrefix(prefix) else {
            throw SoakError("The broker did not start; see \(folder)/broker.log.")
        }
        servers = String(line.dropFirst(prefix.count))
        observer = try Self.child("observe", 0, program, servers, folder)
        report.watch(broker)
        report.watch(observer)
    }

    /// Returns whether every rule was kept.
    func run() throws -> Bool {
        print(
            """
            soak: \(plan.seconds / 60) minutes, seed \(options.seed), \(SoakOptions.partitions) partitions at \
            \(SoakOptions.rate * SoakOptions.producers) messages of \(SoakMessage.size) B a second each; journal and \
            logs in \(folder)
            """)
        for _ in 0..<SoakOptions.producers { producers.append(try incarnation("produce")) }
        for _ in 0..<3 { members.append(try incarnation("consume")) }
        var nextWords = 30.0
        for step in plan.steps {
            try pass(until: step.time, &nextWords)
            try perform(step.action)
        }
        try pass(until: plan.seconds, &nextWords)
        _ = broker.ask("up")
        report.ended(producers)
        try end(producers)
        let deadline = seconds + Self.patience
        let began = seconds
        repeat { try tick() } while !judge.isComplete && seconds < deadline
        report.settled = seconds - began
        report.ended(members + [observer, broker])
        try end(members + [observer])
        try tick()
        judge.finish()
        let isGood = report.print(judge, plan)
        if isGood && !options.keeps {
            for name in ["journal", "broker.log", "produce.log", "consume.log", "observe.log"] {
                unlink("\(folder)/\(name)")
            }
            rmdir(folder)
        } else {
            print("soak: journal and logs are in \(folder)")
        }
        return isGood
    }

    private func perform(_ action: SoakPlan.Action) throws {
        switch action {
        case .killProducer:
            if let time = kill(producers[0], after: report.producerKills.last) { report.producerKills.append(time) }
            producers[0] = try incarnation("produce")
        case .killConsumer(let index):
            if let time = kill(members[index], after: report.consumerKills.last) { report.consumerKills.append(time) }
            members[index] = try incarnation("consume")
        case .down(let number): obey("down", number)
        case .up(let number): obey("up", number)
        case .moveLeader(let partition, let number):
            obey("leader \(SoakOptions.topic) \(partition)", number)
            report.leaderMoves += 1
        }
        if case .down = action { report.outages += 1 }
    }

    private func obey(_ command: String, _ number: Int32?) {
        let line = number.map { "\(command) \($0)" } ?? command
        let answer = broker.ask(line)
        if answer != line { judge.take(.failed("the broker answered \(answer ?? "nothing") to \(line)")) }
    }

    /// Returns when it was killed; at least 20 s after the last one.
    private func kill(_ child: Child, after last: Double?) -> Double? {
        while let last, seconds - last < 20 { usleep(1000) }
        report.ended([child])
        if child.kill() { return seconds }
        judge.take(.failed("\(child.name) had ended before it was killed"))
        return nil
    }

    private func incarnation(_ command: String) throws -> Child {
        incarnations += 1
        let child = try Self.child(command, incarnations, program, servers, folder)
        report.watch(child)
        return child
    }

    private static func child(
        _ command: String, _ number: Int32, _ program: String, _ servers: String, _ folder: String
    ) throws -> Child {
        try Child(
            "\(command) \(number)", program,
            [command, "--servers", servers, "--journal", folder + "/journal", "--number", "\(number)"],
            log: "\(folder)/\(command).log")
    }

    /// Reads the journal and looks at the children until it is time.
    private func pass(until time: Double, _ nextWords: inout Double) throws {
        while seconds < time {
            try tick()
            guard seconds > nextWords else { continue }
            nextWords += 30
            print(
                "soak: \(Int(seconds)) s, \(judge.counts.acknowledged) acknowledged, violations: \(report.words(judge))"
            )
            fflush(nil)
        }
    }

    private func tick() throws {
        usleep(20_000)
        journal.readLines { judge.read($0) }
        report.sample()
        guard broker.isRunning else { throw SoakError("The broker ended by itself; see \(folder)/broker.log.") }
    }

    /// Ends children gracefully; each must end well.
    private func end(_ children: [Child]) throws {
        for child in children { child.terminate() }
        let deadline = seconds + 40
        while children.contains(where: \.isRunning), seconds < deadline { try tick() }
        for child in children where child.end != .exited(0) {
            let end = child.isRunning ? "did not end within 40 s" : "ended with \(child.end.map { "\($0)" } ?? "")"
            judge.take(.failed("\(child.name) was asked to end and \(end)"))
        }
    }
}
