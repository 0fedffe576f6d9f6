import SoakJudge
import Testing

/// A judge that cannot fail would be worth nothing.
@Suite struct SoakJudgeTests {
    /// Producer 1 sent 0 to 4 to partition 0; all are in the log and acknowledged, and everybody read them.
    private static let good = """
        announced 1 0 5
        assigned observer 0
        assigned 2 0
        handled observer 0 0:1:0 1:1:1
        acknowledged 1 0 0 0
        acknowledged 1 1 0 1
        handled 2 0 0:1:0 1:1:1 2:1:2
        handled observer 0 2:1:2 3:1:3 4:1:4
        acknowledged 1 2 0 2
        acknowledged 1 3 0 3
        acknowledged 1 4 0 4
        handled 2 0 3:1:3 4:1:4
        """

    private static func judge(_ text: String) -> SoakJudge {
        var judge = SoakJudge(partitions: 1)
        for line in text.split(separator: "\n") { judge.read(line) }
        judge.finish()
        return judge
    }

    private static func violations(_ text: String) -> [SoakJudge.Violation: Int] { judge(text).violations }

    private static func good(_ line: String, becomes other: String) -> String {
        good.split(separator: "\n").map { $0 == line ? other : String($0) }.filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    @Test func nothingIsWrongWithAGoodRun() {
        let judge = Self.judge(Self.good)
        #expect(judge.violations == [:])
        #expect(judge.isComplete)
        #expect(judge.counts.inLog == 5)
        #expect(judge.counts.acknowledged == 5)
        #expect(judge.counts.twiceByGroup == 0)
    }

    @Test func anAcknowledgedMessageTheGroupNeverGotIsLost() {
        let text = Self.good("handled 2 0 3:1:3 4:1:4", becomes: "handled 2 0 3:1:3")
        #expect(Self.violations(text) == [.lost: 1])
        #expect(!Self.judge(text).isComplete)
    }

    @Test func anAcknowledgedMessageTheObserverNeverGotIsLost() {
        let text = Self.good("handled observer 0 2:1:2 3:1:3 4:1:4", becomes: "handled observer 0 2:1:2 3:1:3")
        #expect(Self.violations(text) == [.lost: 1])
    }

    @Test func anAcknowledgedMessageThatIsNotWhereItShouldBeIsLost() {
        let text = Self.good("acknowledged 1 4 0 4", becomes: "acknowledged 1 4 0 3")
        #expect(Self.violations(text) == [.lost: 1])
    }

    @Test func aMessageAcknowledgedWithoutAnOffsetMustBeSomewhere() {
        #expect(Self.violations(Self.good("acknowledged 1 4 0 4", becomes: "acknowledged 1 4 0 -1")) == [:])
        let text = "announced 1 0 9\n" + Self.good + "\nannounced 1 0 9\nacknowledged 1 7 0 -1"
        #expect(Self.violations(text) == [.lost: 1])
    }

    @Test func messagesInTheLogInAnotherOrderAreSwapped() {
        let text = Self.good.replacing("3:1:3 4:1:4", with: "3:1:4 4:1:3")
            .replacing("acknowledged 1 3 0 3", with: "acknowledged 1 3 0 4")
            .replacing("acknowledged 1 4 0 4", with: "acknowledged 1 4 0 3")
        #expect(Self.violations(text) == [.swapped: 1])
    }

    @Test func aMessageNobodyAnnouncedIsForeign() {
        #expect(Self.violations(Self.good("announced 1 0 5", becomes: "announced 1 0 4")) == [.foreign: 1])
        let text = Self.good + "\nhandled 2 0 5:9:0"
        #expect(Self.violations(text) == [.foreign: 1])
    }

    @Test func aRecordWithOtherBytesIsForeign() {
        #expect(Self.violations(Self.good + "\nhandled 2 0 5:?") == [.foreign: 1])
    }

    @Test func twoReadersThatSeeDifferentThingsAreWrong() {
        let text = Self.good("handled 2 0 3:1:3 4:1:4", becomes: "handled 2 0 3:1:4 4:1:4")
        #expect(Self.violations(text) == [.changed: 1])
    }

    /// Also what the broker trimmed before the group came back.
    @Test func aGroupThatGoesOnBehindWhereItStoppedSkips() {
        let text = Self.good("handled 2 0 3:1:3 4:1:4", becomes: "assigned 3 0\nhandled 3 0 4:1:4")
        #expect(Self.violations(text)[.skipped] == 1)
    }

    @Test func oneAssignmentIsInOrder() {
        let text = Self.good("handled 2 0 3:1:3 4:1:4", becomes: "handled 2 0 3:1:3 2:1:2 3:1:3 4:1:4")
        #expect(Self.violations(text) == [.disordered: 1])
    }

    @Test func anotherAssignmentMayRepeat() {
        let text = Self.good + "\nassigned 3 0\nhandled 3 0 2:1:2 3:1:3 4:1:4"
        #expect(Self.violations(text) == [:])
        #expect(Self.judge(text).counts.twiceByGroup == 3)
    }

    @Test func aMessageMayBeInTheLogAgain() {
        let text = Self.good + "\nhandled 2 0 5:1:3 6:1:4\nhandled observer 0 5:1:3 6:1:4"
        #expect(Self.violations(text) == [:])
        #expect(Self.judge(text).counts.twiceInLog == 2)
    }

    @Test(arguments: [
        "", "handled", "handled 2 0", "handled 2 0 5", "acknowledged 1 2 3", "announced 1 7 5", "hello 1",
    ])
    func aLineNobodyWritesIsReported(line: String) {
        var judge = SoakJudge(partitions: 1)
        judge.read(line[...])
        #expect(judge.violations == [.unreadable: 1])
    }

    @Test func aChildThatCouldNotGoOnIsReported() {
        #expect(Self.violations(Self.good + "\nfailed consume 3: it said\tno") == [.failed: 1])
    }

    @Test(
        arguments: [
            .announced(1, partition: 2, end: 3), .acknowledged(.init(source: 1, number: 2), partition: 3, offset: -1),
            .unknown(.init(source: 1, number: 2), partition: 3), .assigned(.observer, partitions: [0, 5]),
            .assigned(.member(3), partitions: []), .failed("two words"),
            .handled(
                .member(7), partition: 3,
                [.init(offset: 8, message: .init(source: 1, number: 2)), .init(offset: 9, message: nil)]),
        ] as [JournalEntry])
    func aLineSaysWhatTheEntrySaid(entry: JournalEntry) {
        #expect(JournalEntry(line: entry.line[...]) == entry)
    }
}

@Suite struct SoakPlanTests {
    private static let steps = SoakPlan(seed: 1, minutes: 10, partitions: 6, brokers: 3).steps

    private static func interval(_ matches: (SoakPlan.Action) -> Bool) -> Double? {
        let times = steps.filter { matches($0.action) }.map(\.time)
        return zip(times.dropFirst(), times).map { $0 - $1 }.min()
    }

    @Test func tenMinutesKillThirtyOfEach() throws {
        let plan = SoakPlan(seed: 1, minutes: 10, partitions: 6, brokers: 3)
        #expect(plan.count { $0 == .killProducer } == 30)
        #expect(plan.count { if case .killConsumer = $0 { true } else { false } } == 30)
        #expect(try #require(Self.interval { $0 == .killProducer }) >= 20)
        #expect(try #require(Self.interval { if case .killConsumer = $0 { true } else { false } }) >= 20)
    }

    @Test func whatGoesDownComesUpBeforeTheNextGoesDown() {
        var down: [Int32?] = []
        var outages = 0
        for step in Self.steps {
            switch step.action {
            case .down(let broker):
                #expect(down.isEmpty)
                down.append(broker)
                outages += 1
            case .up(let broker):
                #expect(down == [broker])
                down = []
            default: break
            }
        }
        #expect(down.isEmpty)
        #expect(outages >= 10)
    }

    @Test func theSeedDecides() {
        #expect(SoakPlan(seed: 1, minutes: 10, partitions: 6, brokers: 3).steps == Self.steps)
        #expect(SoakPlan(seed: 2, minutes: 10, partitions: 6, brokers: 3).steps != Self.steps)
    }
}

@Suite struct MemoryRuleTests {
    private static func rule(seconds: Int, _ bytes: (Int) -> Int) -> MemoryRule {
        var rule = MemoryRule()
        for age in 0...seconds { rule.add(age: Double(age), bytes: bytes(age)) }
        return rule
    }

    @Test func memoryThatGrowsIsNotFlat() throws {
        let verdict = try #require(Self.rule(seconds: 600) { 20_000_000 + $0 * 50_000 }.verdict)
        #expect(!verdict.isFlat)
    }

    @Test func memoryThatStaysIsFlat() throws {
        // The start is not looked at.
        let verdict = try #require(Self.rule(seconds: 600) { $0 < 30 ? $0 * 1_000_000 : 40_000_000 }.verdict)
        #expect(verdict.isFlat)
        #expect(verdict.early == 40_000_000)
    }

    @Test func aShortLifeSaysNothing() {
        #expect(Self.rule(seconds: 100) { $0 * 9_000_000 }.verdict == nil)
    }
}
