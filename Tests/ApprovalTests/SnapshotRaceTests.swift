import SymMessages
import Testing

@testable import Approval

/// Owners, zombies and the dead write snapshots and markers, which arrive late or never; the topic is compacted; take-overs
/// come at any moment.
@Suite("P8 a take-over with snapshots knows what one without them knows")
struct SnapshotRaceTests {
    @Test(arguments: 0..<100)
    func sameAsAReplay(seed: UInt64) throws {
        var race = try SequencerRace(seed: seed, snapshotEvery: [1, 3, 6, 10][Int(seed % 4)])
        race.run()
        #expect(race.takeOvers.differences.isEmpty, "P8 seed \(seed): \(race.takeOvers.differences.first ?? "")")
        RaceOath(race: race).check()
    }

    @Test("those take-overs did begin in the middle of the events, most of them")
    func fromTheMiddle() throws {
        var (count, fromTheMiddle) = (0, 0)
        for seed in UInt64(1_000)..<1_020 {
            var race = try SequencerRace(seed: seed, snapshotEvery: 3)
            race.run()
            count += race.takeOvers.count
            fromTheMiddle += race.takeOvers.fromTheMiddle
        }
        print("take-overs: \(count), from snapshots: \(fromTheMiddle)")
        #expect(fromTheMiddle > count / 3)
    }
}
