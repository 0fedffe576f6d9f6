import Foundation

/// How long one operation took in each round, in seconds of processor time: other work on the machine counts less then.
struct Figures {
    private(set) var rounds: [Double] = []

    mutating func measure(_ operation: () throws -> Void) rethrows {
        let start = Self.processorTime
        try operation()
        rounds.append(Self.processorTime - start)
    }

    /// The fastest round is the one least disturbed.
    var fastest: Double { rounds.min() ?? .nan }

    var median: Double {
        rounds.isEmpty ? .nan : rounds.sorted()[rounds.count / 2]
    }

    static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// What is measured on each file.
enum Operation: String, CaseIterable {
    /// Those with the proof.
    static let proving: Set<Operation> = [.prove, .proveHundred, .proveBatch]

    case check = "read (check) alone"
    case edit = "read + add one member + write"
    case editHundred = "read + 100 edits, 100 groups + write"
    case editBatch = "read + 100 edits, 10 groups + write"
    case prove = "the same with the proof, one"
    case proveHundred = "with the proof, 100 in 100 groups"
    case proveBatch = "with the proof, 100 in 10 groups"
    case copy = "peer: memcpy"
    case foundation = "peer: JSONSerialization"
}
