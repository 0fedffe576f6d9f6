/// What each process has read of the topics: an end may wait for that, and an extension in time may be read meanwhile.
struct ReadingsUp {
    /// By process and tailnet, on its clock: all that stood there then has been read.
    private var readUpTo: [String: Int64] = [:]
    /// Since when it asks without an answer.
    private var asksSince: [String: Int64] = [:]

    /// How often each process began anew.
    private var generations: [Int: Int] = [:]

    mutating func asks(_ key: String, wall: Int64) { asksSince[key] = asksSince[key] ?? wall }

    /// A second in which it could hear no answer is none without an answer.
    mutating func stoodStill(_ process: Int, for length: Int64) {
        for key in asksSince.keys where key.hasPrefix("\(process)/") { asksSince[key]? += length }
    }

    func generation(of process: Int) -> Int { generations[process] ?? 0 }

    mutating func hasRead(_ key: String, upTo wall: Int64) {
        readUpTo[key] = wall
        asksSince[key] = nil
    }

    /// What was asked before says nothing to a process that has claimed a partition since.
    mutating func beginAnew(_ process: Int) {
        generations[process, default: 0] += 1
        readUpTo = readUpTo.filter { !$0.key.hasPrefix("\(process)/") }
        asksSince = asksSince.filter { !$0.key.hasPrefix("\(process)/") }
    }

    /// Whether an end of then may wait no longer.
    func isDecided(_ end: Int64, _ key: String, wall: Int64) -> Bool {
        readUpTo[key] ?? .min >= end || asksSince[key].map { wall - $0 > 1_000 } ?? false
    }
}

extension Oracle {
    mutating func stoodStill(_ process: Int, for length: Int64) { readings.stoodStill(process, for: length) }

    mutating func asks(_ process: Int, about tailnet: String, wall: Int64) {
        readings.asks("\(process)/\(tailnet)", wall: wall)
    }

    mutating func hasRead(_ process: Int, about tailnet: String, upTo wall: Int64, in generation: Int) {
        guard generation == readings.generation(of: process) else { return }
        readings.hasRead("\(process)/\(tailnet)", upTo: wall)
    }
}
