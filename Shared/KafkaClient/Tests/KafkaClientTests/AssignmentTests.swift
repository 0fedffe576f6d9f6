import Testing

@testable import KafkaClient

@Suite("Assignment")
struct AssignmentTests {
    private let partition = TopicPartition(topic: "t", partition: 0)

    @Test("a stored offset never moves backward, nor below where reading started")
    func storedIsMonotonic() {
        var assignment = Assignment([partition: .init(offset: 5, low: 0, end: 10, commits: true)])
        assignment.store(3, in: partition)
        #expect(assignment.lastCommit(isLost: false).isEmpty)
        assignment.store(8, in: partition)
        assignment.store(7, in: partition)
        #expect(assignment.lastCommit(isLost: false) == [partition: 8])
        #expect(assignment.lastCommit(isLost: true).isEmpty)
    }

    @Test("what is not held cannot be stored")
    func foreignPartition() {
        var assignment = Assignment([partition: .init(offset: 0, low: 0, end: 10, commits: true)])
        assignment.store(8, in: TopicPartition(topic: "t", partition: 1))
        #expect(assignment.lastCommit(isLost: false).isEmpty)
    }

    @Test("a failed commit is taken again, unless a newer one is on its way")
    func failedCommit() {
        var assignment = Assignment([partition: .init(offset: 0, low: 0, end: 10, commits: true)])
        var taken: [[TopicPartition: Int64]] = []
        assignment.store(1, in: partition)
        taken.append(assignment.takeUncommitted())
        taken.append(assignment.takeUncommitted())
        assignment.commitFailed([partition: 1])
        taken.append(assignment.takeUncommitted())
        assignment.store(2, in: partition)
        taken.append(assignment.takeUncommitted())
        assignment.commitFailed([partition: 1])
        taken.append(assignment.takeUncommitted())
        #expect(taken == [[partition: 1], [:], [partition: 1], [partition: 2], [:]])
    }

    @Test("what does not begin at a commit is never committed")
    func uncommitted() {
        var assignment = Assignment([partition: .init(offset: 0, low: 0, end: 10, commits: false)])
        assignment.store(8, in: partition)
        #expect(assignment.takeUncommitted().isEmpty)
        #expect(assignment.lastCommit(isLost: false).isEmpty)
    }

    @Test("after a seek nothing from before counts, and the offset may go backward")
    func sought() {
        var assignment = Assignment([partition: .init(offset: 5, low: 0, end: 10, commits: true)])
        assignment.handled(upTo: 9, in: partition)
        assignment.store(9, in: partition)
        assignment.sought(2, in: partition, storing: false)
        #expect(assignment.lastCommit(isLost: false).isEmpty)
        #expect(assignment.handled(in: partition) == 2)
        assignment.store(3, in: partition)
        #expect(assignment.lastCommit(isLost: false) == [partition: 3])
        assignment.sought(1, in: partition, storing: true)
        #expect(assignment.lastCommit(isLost: false) == [partition: 1])
    }

    @Test(
        "nothing committed starts at the low watermark; an offset outside the log does not start",
        arguments: [
            (StartOffset.committed, nil, nil), (.committed, 20, 20), (.committed, 10, 10), (.committed, 30, 30),
            (.beginning, 20, nil), (.at(15), 20, 15),
        ] as [(StartOffset, Int64?, Int64?)])
    func start(wanted: StartOffset, committed: Int64?, expected: Int64?) throws {
        let start = try Assignment.start(at: wanted, committed: committed, low: 10, end: 30, in: partition)
        #expect(start.offset == expected)
    }

    @Test(
        arguments: [(StartOffset.committed, 9), (.committed, 31), (.at(9), nil), (.at(31), 20)]
            as [(StartOffset, Int64?)])
    func outsideTheLog(wanted: StartOffset, committed: Int64?) async {
        let error = await failure {
            _ = try Assignment.start(at: wanted, committed: committed, low: 10, end: 30, in: partition)
        }
        #expect(error?.code == .outsideLog)
    }
}
