import FoundationEssentials

/// What we use of the statistics librdkafka sends every `statistics.interval.ms` (librdkafka, STATISTICS.md).
struct Statistics: Decodable {
    struct Broker: Decodable {
        let nodeid: Int
        let state: String
        let rtt: Window
    }

    /// Microseconds, of the last interval.
    struct Window: Decodable {
        let p50: Int64
        let p99: Int64
    }

    struct Group: Decodable {
        let rebalances: Int64

        enum CodingKeys: String, CodingKey { case rebalances = "rebalance_cnt" }
    }

    let queuedRecords: Int64
    let queuedBytes: Int64
    let recordsSent: Int64
    let bytesSent: Int64
    let recordsReceived: Int64
    let bytesReceived: Int64
    let brokers: [String: Broker]
    let group: Group?

    enum CodingKeys: String, CodingKey {
        case queuedRecords = "msg_cnt"
        case queuedBytes = "msg_size"
        case recordsSent = "txmsgs"
        case bytesSent = "txmsg_bytes"
        case recordsReceived = "rxmsgs"
        case bytesReceived = "rxmsg_bytes"
        case brokers
        case group = "cgrp"
    }

    init(parsing json: String) throws {
        self = try JSONDecoder().decode(Statistics.self, from: Data(json.utf8))
    }
}
