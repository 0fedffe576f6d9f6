import KafkaClient
import SimulatedLog
import Synchronization
import Testing

/// What can be done to readers and writers only in the simulation.
@Suite("Simulated cluster, one fault at a time", .timeLimit(.minutes(5)))
struct SimulatedClusterTests {
    private let t = place("t")

    private func cluster(partitions: Int32 = 1) throws -> SimulatedCluster {
        try SimulatedCluster(seed: 1, topics: [SimulatedTopic("t", partitions: partitions)])
    }

    private func write(_ count: Int, to cluster: SimulatedCluster, from first: Int = 0) async throws {
        for index in first..<first + count { _ = try await cluster.writer().send(OutgoingRecord(t, "\(index)")) }
    }

    private func group(_ cluster: SimulatedCluster, _ handling: Handling = Handling()) throws -> SimulatedReader {
        try cluster.reader(.group("g", topics: ["t"]), handling: handling)
    }

    @Test("a member that loses its place gives its partitions up as lost, commits nothing, and joins again")
    func expiry() async throws {
        let cluster = try cluster()
        try await write(2, to: cluster)
        let offsets = OffsetStore()
        let reader = try group(cluster, Handling(offsets: .stored(in: offsets)))
        let handler = RecordingHandler(onRevoke: { offsets.store(offset: 2, for: place("t")) })
        try await run(reader, handler) { calls in
            _ = try await calls.records(2)
            cluster.expire(reader)
            try await calls.until { $0 == .revoked([t], lost: true) }
            let offsets = try await calls.records(2).map(\.offset)
            #expect(offsets == [0, 1])
            let committed = cluster.with { $0.committed(t, by: "g") }
            #expect(committed == nil)
            let isRefused = cluster.with { log in
                log.history.contains { if case .commitRefused = $0 { true } else { false } }
            }
            #expect(!isRefused, "it did not even try")
        }
    }

    @Test("a zombie goes on and cannot commit; the new owner's commit stands")
    func zombie() async throws {
        let cluster = try cluster()
        try await write(2, to: cluster)
        let offsets = OffsetStore()
        let zombie = try group(cluster, Handling(offsets: .stored(in: offsets)))
        try await run(zombie, RecordingHandler()) { old in
            _ = try await old.records(2)
            cluster.expire(zombie, unnoticed: true)
            try await run(try group(cluster), RecordingHandler()) { new in
                _ = try await new.records(2)
                try await cluster.until { $0.committed(t, by: "g") == 2 }
                try await write(1, to: cluster, from: 2)
                _ = try await new.records(1)
                try await cluster.until { $0.committed(t, by: "g") == 3 }
                let still = try await old.records(1).map(\.text)
                #expect(still == ["2"])
                offsets.store(offset: 1, for: t)
                try await cluster.until { log in
                    log.history.contains { $0 == .commitRefused(group: "g", generation: nil) }
                }
                #expect(cluster.with { $0.committed(t, by: "g") } == 3)
                cluster.notice(zombie)
                try await old.until { $0 == .revoked([t], lost: true) }
            }
        }
    }

    @Test("while a topic is away senders and readers wait; a cancelled wait is an unknown outcome")
    func outage() async throws {
        let cluster = try cluster()
        try await run(try cluster.reader(.partitions(topics: ["t"])), RecordingHandler()) { calls in
            try await calls.until { $0 == .caughtUp(t, upTo: 0) }
            cluster.with { $0.takeAway("t") }
            #expect(await failure { _ = try await cluster.writer().partitionCount(of: "t") }?.code == .unreachable)
            let sending = Task { try await cluster.writer().send(OutgoingRecord(place("t"), "cancelled")) }
            sending.cancel()
            #expect(await failure { _ = try await sending.value }?.code == .outcomeUnknown)
            cluster.with { log in while !log.late.isEmpty { log.dropLate() } }
            async let delivery = cluster.writer().send(OutgoingRecord(place("t"), "waiting"))
            cluster.with { $0.bringBack("t") }
            #expect(try await delivery.offset == 0)
            cluster.with { $0.takeAway("t", turns: 3) }
            #expect(try await cluster.writer().send(OutgoingRecord(t, "next")).offset == 1)
            let texts = try await calls.records(2).map(\.text)
            #expect(texts == ["waiting", "next"])
        }
    }

    @Test("a stuck call holds a rebalance up until the deadline; the partition comes back to it only behind that call")
    func revocationDeadline() async throws {
        let cluster = try cluster(partitions: 2)
        try await write(2, to: cluster)
        // Whoever was made first gets the first partition.
        let other = try group(cluster)
        let stuck = try group(cluster)
        let gate = Gate()
        let atWork = Mutex((now: 0, most: 0))
        let handler = RecordingHandler(onRecord: { record in
            guard record.topicPartition == place("t") else { return }
            atWork.withLock { atWork in
                atWork.now += 1
                atWork.most = max(atWork.most, atWork.now)
            }
            // Deaf to cancellation, as a stuck call is.
            await Task { try? await gate.pass() }.value
            atWork.withLock { $0.now -= 1 }
        })
        try await run(stuck, handler) { old in
            try await old.begun("0")
            try await run(other, RecordingHandler()) { new in
                cluster.passRevocationDeadline(of: stuck)
                let offsets = try await new.records(2).map(\.offset)
                #expect(offsets == [0, 1])
                try await cluster.until { $0.committed(t, by: "g") == 2 }
            }
            try await old.until { $0 == .assigned([t, place("t", 1)]) }
            cluster.with { $0.moveCommit(of: t, by: "g", to: 0) }
            cluster.rebalance("g")
            try await old.until { $0 == .assigned([t, place("t", 1)]) }
            _ = try await cluster.writer().send(OutgoingRecord(place("t", 1), "other"))
            try await old.begun("other")
            gate.open()
            try await cluster.until { $0.committed(t, by: "g") == 2 }
        }
        #expect(atWork.withLock { $0.most } == 1)
    }

    @Test("a call that takes too long ends the reader")
    func stuck() async throws {
        let cluster = try cluster()
        try await write(1, to: cluster)
        let reader = try group(cluster)
        let gate = Gate()
        let error = await failure {
            try await run(reader, RecordingHandler(onRecord: { _ in try await gate.pass() })) { calls in
                try await calls.begun("0")
                cluster.getStuck(reader)
                while true { _ = try await calls.next() }
            }
        }
        #expect(error?.code == .stuck)
        #expect(cluster.with { $0.committed(t, by: "g") } == nil)
    }

    @Test("where compaction left holes, readers are told the true end and commit it")
    func holes() async throws {
        let cluster = try SimulatedCluster(seed: 1, topics: [SimulatedTopic("t", cleanup: .compact)])
        for key in ["a", "a", "a", "b", "c"] { _ = try await cluster.writer().send(OutgoingRecord(t, "v", key: key)) }
        try cluster.with { log in
            try log.compact(t)
            try log.trim(t, to: 1)
        }
        try await run(try group(cluster), RecordingHandler()) { calls in
            let offsets = try await calls.records(3).map(\.offset)
            #expect(offsets == [2, 3, 4])
            try await calls.until { $0 == .caughtUp(t, upTo: 5) }
            try await cluster.until { $0.committed(t, by: "g") == 5 }
        }
    }

    @Test("an offset that was forgotten or set back counts at the next assignment")
    func lostOffsets() async throws {
        let cluster = try cluster()
        try await write(3, to: cluster)
        try await run(try group(cluster), RecordingHandler()) { calls in
            _ = try await calls.records(3)
            try await cluster.until { $0.committed(t, by: "g") == 3 }
        }
        cluster.with { $0.moveCommit(of: t, by: "g", to: 1) }
        try await run(try group(cluster), RecordingHandler()) { calls in
            let offsets = try await calls.records(2).map(\.offset)
            #expect(offsets == [1, 2])
        }
        cluster.with { $0.forgetCommit(of: t, by: "g") }
        try await run(try group(cluster), RecordingHandler()) { calls in
            let offsets = try await calls.records(1).map(\.offset)
            #expect(offsets == [0])
        }
    }

    @Test("a reader overtaken by deletion, or whose records were lost, ends")
    func overtaken() async throws {
        let cluster = try cluster()
        try await write(3, to: cluster)
        for isLost in [true, false] {
            let error = await failure {
                try await run(try cluster.reader(.partitions(topics: ["t"])), RecordingHandler()) { calls in
                    try await calls.until { if case .caughtUp = $0 { true } else { false } }
                    try cluster.with { log in
                        if isLost { return try log.loseTail(of: t, from: 2) }
                        for _ in 0..<9 { _ = try log.append(OutgoingRecord(t, "v")) }
                        try log.trim(t, to: 9)
                    }
                    while true { _ = try await calls.next() }
                }
            }
            #expect(error?.code == .outsideLog)
        }
    }

    @Test("topics that come later are waited for, by number and in a group")
    func laterTopics() async throws {
        let cluster = try SimulatedCluster(seed: 1)
        try await run(try cluster.reader(.partitions(topics: ["t"])), RecordingHandler()) { one in
            try await run(try group(cluster), RecordingHandler()) { other in
                try cluster.with { try $0.add(SimulatedTopic("t")) }
                try await write(1, to: cluster)
                _ = try await one.records(1)
                _ = try await other.records(1)
            }
        }
    }

    @Test("more members than partitions: the spare one takes over when one leaves")
    func spareMember() async throws {
        let cluster = try cluster()
        let first = try group(cluster)
        try await withThrowingTaskGroup { group in
            let handler = RecordingHandler()
            group.addTask { try await first.run(handler) }
            var calls = Calls(handler)
            _ = try await calls.assignment()
            try await run(try self.group(cluster), RecordingHandler()) { spare in
                // Dealt out anew, to whoever joined first.
                _ = try await calls.assignment()
                first.stop()
                let assigned = try await spare.assignment()
                #expect(assigned == [t])
            }
            try await group.waitForAll()
        }
    }

    @Test("no more calls at a time than allowed, over all partitions")
    func callsAtOnce() async throws {
        let cluster = try cluster(partitions: 4)
        for number in Int32(0)..<4 { _ = try await cluster.writer().send(OutgoingRecord(place("t", number), "v")) }
        let counts = Mutex((now: 0, most: 0))
        let handler = RecordingHandler(onRecord: { _ in
            counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
            for _ in 0..<100 { await Task.yield() }
            counts.withLock { $0.now -= 1 }
        })
        let reader = try cluster.reader(.partitions(topics: ["t"]), handling: Handling(callsAtOnce: 2))
        try await run(reader, handler) { calls in _ = try await calls.records(4) }
        #expect(counts.withLock { $0.most } == 2)
    }

    @Test("companions that are assigned already, or that no topic has, end the reader")
    func badCompanions() async throws {
        let cluster = try cluster()
        for companion in [place("t"), place("t", 1), place("unknown")] {
            let handler = RecordingHandler(companions: { _ in
                [Companion(topicPartition: companion, start: .beginning)]
            })
            let error = await failure {
                try await run(try group(cluster), handler) { calls in while true { _ = try await calls.next() } }
            }
            #expect(error?.code == .settings)
        }
    }

    @Test("a closed writer sends nothing")
    func closedWriter() async throws {
        let cluster = try cluster()
        let writer = cluster.writer()
        writer.close()
        #expect(await failure { _ = try await writer.send(OutgoingRecord(t, "v")) }?.code == .closed)
        #expect(try cluster.with { try $0.watermarks(of: t).high } == 0)
    }
}
