import CPlainLoop

/// The loop in C.
enum PlainLoop {
    static func produce(_ work: Work, _ servers: String) throws -> Throughput {
        var outcome = plain_outcome()
        try check(
            plain_produce(
                Profile(servers).producer(linger: Work.linger), Work.topic, Work.partitions, work.warmUp, work.count,
                work.size, &outcome), outcome)
        return Throughput(outcome)
    }

    static func consume(_ work: Work, _ servers: String) throws -> Throughput {
        var outcome = plain_outcome()
        try check(
            plain_consume(
                Profile(servers).consumer(fetchWait: 10), Work.topic, Work.partitions, work.total, &outcome), outcome)
        return Throughput(outcome)
    }

    /// Microseconds.
    static func acknowledgements(_ count: Int, size: Int, _ servers: String) throws -> [Double] {
        var outcome = plain_outcome()
        var times = [Double](repeating: 0, count: count)
        try check(
            plain_acknowledgements(
                Profile(servers).producer(linger: 0), Work.topic, Int64(count), size, &times, &outcome), outcome)
        return times
    }

    /// Processor time, of one.
    static func idle(seconds: Double, _ servers: String) throws -> Double {
        var outcome = plain_outcome()
        try check(plain_idle(Profile(servers).consumer(fetchWait: 500), Work.topic, seconds, &outcome), outcome)
        return outcome.cpu_seconds / outcome.seconds
    }
}

extension Throughput {
    fileprivate init(_ outcome: plain_outcome) {
        self.init(
            seconds: outcome.seconds, cpuSeconds: outcome.cpu_seconds, count: outcome.count, bytes: outcome.bytes)
    }
}
