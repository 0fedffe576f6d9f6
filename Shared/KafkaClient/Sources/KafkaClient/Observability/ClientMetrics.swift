import CoreMetrics
import Synchronization

/// Turns a client's statistics into metrics:
///
/// - `kafka_consumer_lag` (gauge; `topic`, `partition`): offsets not handled yet. A partition that is given up goes to 0.
/// - `kafka_consumer_rebalances_total`, `kafka_records_received_total`, `kafka_bytes_received_total`,
///   `kafka_records_sent_total`, `kafka_bytes_sent_total` (counters).
/// - `kafka_producer_queue_records`, `kafka_producer_queue_bytes` (gauges): not acknowledged yet.
/// - `kafka_brokers_up` (gauge), `kafka_broker_round_trip_seconds` (gauge; `broker`, `quantile` 0.5 and 0.99).
///
/// Each has the dimension `client_id`.
final class ClientMetrics: Sendable {
    private struct State {
        var counters: [String: (counter: Counter, last: Int64)] = [:]
        var gauges: [String: Gauge] = [:]
        var partitions: Set<TopicPartition> = []
    }

    private let clientID: String
    private let factory: any MetricsFactory
    private let state = Mutex(State())

    init(clientID: String, factory: any MetricsFactory) {
        self.clientID = clientID
        self.factory = factory
    }

    /// - Parameter lag: of the partitions held now; `nil` for a producer.
    func record(_ statistics: Statistics, lag: [TopicPartition: Int64]?) {
        state.withLock { state in
            if let lag {
                count("kafka_records_received_total", statistics.recordsReceived, &state)
                count("kafka_bytes_received_total", statistics.bytesReceived, &state)
                count("kafka_consumer_rebalances_total", statistics.group?.rebalances ?? 0, &state)
                for partition in state.partitions.subtracting(lag.keys) { set(lag: 0, of: partition, &state) }
                for (partition, lag) in lag { set(lag: lag, of: partition, &state) }
                state.partitions = Set(lag.keys)
            } else {
                count("kafka_records_sent_total", statistics.recordsSent, &state)
                count("kafka_bytes_sent_total", statistics.bytesSent, &state)
                set("kafka_producer_queue_records", Double(statistics.queuedRecords), [], &state)
                set("kafka_producer_queue_bytes", Double(statistics.queuedBytes), [], &state)
            }
            // Those with a negative number are addresses that were only asked where the brokers are.
            let brokers = statistics.brokers.values.filter { $0.nodeid >= 0 }
            set("kafka_brokers_up", Double(brokers.count { $0.state == "UP" }), [], &state)
            for broker in brokers {
                for (quantile, time) in [("0.5", broker.rtt.p50), ("0.99", broker.rtt.p99)] {
                    let dimensions = [("broker", "\(broker.nodeid)"), ("quantile", quantile)]
                    set("kafka_broker_round_trip_seconds", Double(time) / 1_000_000, dimensions, &state)
                }
            }
        }
    }

    private func set(lag: Int64, of partition: TopicPartition, _ state: inout State) {
        let dimensions = [("topic", partition.topic), ("partition", "\(partition.partition)")]
        set("kafka_consumer_lag", Double(lag), dimensions, &state)
    }

    private func set(
        _ label: String, _ value: Double, _ dimensions: [(String, String)], _ state: inout State
    ) {
        let key = dimensions.reduce(label) { "\($0)/\($1.1)" }
        let gauge =
            state.gauges[key]
            ?? Gauge(label: label, dimensions: [("client_id", clientID)] + dimensions, factory: factory)
        state.gauges[key] = gauge
        gauge.record(value)
    }

    private func count(_ label: String, _ total: Int64, _ state: inout State) {
        let known =
            state.counters[label]
            ?? (Counter(label: label, dimensions: [("client_id", clientID)], factory: factory), 0)
        // A replaced client counts from zero again.
        let more = total >= known.last ? total - known.last : total
        if more > 0 { known.counter.increment(by: more) }
        state.counters[label] = (known.counter, total)
    }
}
