/// What one side did in one round.
struct Throughput {
    let seconds: Double
    let cpuSeconds: Double
    let count: Int64
    let bytes: Int64

    var perSecond: Double { Double(count) / seconds }
    /// Microseconds of processor time for each record, all threads of the process.
    var cpu: Double { cpuSeconds * 1e6 / Double(count) }
}

extension Collection<Double> {
    var median: Double { quantile(0.5) }

    func quantile(_ part: Double) -> Double {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[Swift.min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }
}
