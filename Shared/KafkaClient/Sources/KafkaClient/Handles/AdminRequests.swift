import CRDKafka

/// Requests about topics. Each blocks until its answer or until the deadline, so each runs on a thread of its own.
extension ClientHandle {
    func createTopics(
        _ topics: [TopicSpecification], until deadline: ContinuousClock.Instant
    ) async -> Result<[String: TopicCreation], KafkaError> {
        await ask { client in
            var list: [OpaquePointer?] = []
            defer { for topic in list { rd_kafka_NewTopic_destroy(topic) } }
            for topic in topics {
                // -1: as the broker has it.
                let factor = topic.replicationFactor.map { Int32($0) } ?? -1
                guard let new = rd_kafka_NewTopic_new(topic.name, topic.partitions, factor, nil, 0) else {
                    return .failure(
                        KafkaError(.settings, "No topic can be like \(topic.name) is specified. Correct its numbers."))
                }
                list.append(new)
                for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(new, name, value) }
            }
            let request = AdminRequest(
                operation: RD_KAFKA_ADMIN_OP_CREATETOPICS, subject: "creating \(Self.naming(topics.map(\.name)))",
                changes: true, deadline: deadline)
            return request.perform(client) { options, queue in
                rd_kafka_CreateTopics(client, &list, list.count, options, queue)
            } answer: { event in
                var count = 0
                let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
                return Self.outcomes(results, count) { error, reason in
                    switch error {
                    case RD_KAFKA_RESP_ERR_NO_ERROR: .created
                    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: .exists
                    default: .failed(reason)
                    }
                }
            }
        }
    }

    func deleteTopics(
        _ topics: [String], until deadline: ContinuousClock.Instant
    ) async -> Result<[String: TopicDeletion], KafkaError> {
        await ask { client in
            var list: [OpaquePointer?] = topics.map { rd_kafka_DeleteTopic_new($0) }
            defer { for topic in list { rd_kafka_DeleteTopic_destroy(topic) } }
            let request = AdminRequest(
                operation: RD_KAFKA_ADMIN_OP_DELETETOPICS, subject: "deleting \(Self.naming(topics))", changes: true,
                deadline: deadline)
            return request.perform(client) { options, queue in
                rd_kafka_DeleteTopics(client, &list, list.count, options, queue)
            } answer: { event in
                var count = 0
                let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
                return Self.outcomes(results, count) { error, reason in
                    switch error {
                    case RD_KAFKA_RESP_ERR_NO_ERROR: .deleted
                    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: .missing
                    default: .failed(reason)
                    }
                }
            }
        }
    }

    func configurations(
        of topics: [String], until deadline: ContinuousClock.Instant
    ) async -> Result<[String: [String: TopicDescription.Entry]], KafkaError> {
        await ask { client in
            var list: [OpaquePointer?] = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
            defer { for resource in list { rd_kafka_ConfigResource_destroy(resource) } }
            let request = AdminRequest(
                operation: RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, subject: "the settings of \(Self.naming(topics))",
                changes: false, deadline: deadline)
            return request.perform(client) { options, queue in
                rd_kafka_DescribeConfigs(client, &list, list.count, options, queue)
            } answer: { event in
                var count = 0
                let result = rd_kafka_event_DescribeConfigs_result(event)
                let resources = rd_kafka_DescribeConfigs_result_resources(result, &count)
                var configurations: [String: [String: TopicDescription.Entry]] = [:]
                for resource in UnsafeBufferPointer(start: resources, count: count) {
                    guard let resource, let name = rd_kafka_ConfigResource_name(resource) else { continue }
                    let topic = String(cString: name)
                    let error = rd_kafka_ConfigResource_error(resource)
                    guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                        return .failure(.refused("the settings of \(topic)", error))
                    }
                    configurations[topic] = Self.entries(of: resource)
                }
                return .success(configurations)
            }
        }
    }

    /// The partitions of those topics that are there. All topics are asked for: asking for one by name can make it.
    func partitions(
        of topics: Set<String>, until deadline: ContinuousClock.Instant
    ) async -> Result<[String: [TopicDescription.Partition]], KafkaError> {
        await ask { client in
            var answer: UnsafePointer<rd_kafka_metadata>?
            let error = rd_kafka_metadata(client, 1, nil, &answer, deadline.millisecondsFromNow)
            guard error == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
                return .failure(.unanswered("the partitions of \(Self.naming(topics.sorted()))", error, changes: false))
            }
            defer { rd_kafka_metadata_destroy(answer) }
            var found: [String: [TopicDescription.Partition]] = [:]
            for topic in UnsafeBufferPointer(start: answer.pointee.topics, count: Int(answer.pointee.topic_cnt)) {
                guard let name = topic.topic.map({ String(cString: $0) }), topics.contains(name) else { continue }
                let partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
                guard !partitions.isEmpty else { continue }
                found[name] = partitions.map(TopicDescription.Partition.init).sorted { $0.number < $1.number }
            }
            return .success(found)
        }
    }

    /// Empties the client's queue. Its last error, such as a refused password, says more than that the time is over.
    func takeLastError() -> String? {
        let last: String?? = use { pointers in
            var last: String?
            while let event = rd_kafka_queue_poll(pointers.queue, 0) {
                defer { rd_kafka_event_destroy(event) }
                guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR,
                    rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN
                else { continue }
                last = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? last
            }
            return last
        }
        return last ?? nil
    }

    /// What became of each topic, by name.
    private static func outcomes<Outcome>(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int,
        _ outcome: (rd_kafka_resp_err_t, KafkaError) -> Outcome
    ) -> Result<[String: Outcome], KafkaError> {
        var outcomes: [String: Outcome] = [:]
        for result in UnsafeBufferPointer(start: results, count: count) {
            guard let result, let name = rd_kafka_topic_result_name(result) else { continue }
            let topic = String(cString: name)
            let error = rd_kafka_topic_result_error(result)
            let words = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
            outcomes[topic] = outcome(error, .refused("the topic \(topic)", error, words))
        }
        return .success(outcomes)
    }

    private static func entries(of resource: OpaquePointer) -> [String: TopicDescription.Entry] {
        var count = 0
        let list = rd_kafka_ConfigResource_configs(resource, &count)
        var entries: [String: TopicDescription.Entry] = [:]
        for entry in UnsafeBufferPointer(start: list, count: count) {
            guard let entry, let name = rd_kafka_ConfigEntry_name(entry) else { continue }
            let isSecret = rd_kafka_ConfigEntry_is_sensitive(entry) > 0
            let value = rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) }
            entries[String(cString: name)] = TopicDescription.Entry(
                value: isSecret ? nil : value, source: source(rd_kafka_ConfigEntry_source(entry)))
        }
        return entries
    }

    private static func source(_ source: rd_kafka_ConfigSource_t) -> TopicDescription.Entry.Source {
        switch source {
        case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG:
            .topic
        case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_BROKER_CONFIG, RD_KAFKA_CONFIG_SOURCE_DYNAMIC_DEFAULT_BROKER_CONFIG,
            RD_KAFKA_CONFIG_SOURCE_STATIC_BROKER_CONFIG:
            .broker
        case RD_KAFKA_CONFIG_SOURCE_DEFAULT_CONFIG:
            .builtIn
        default:
            .unknown
        }
    }

    private static func naming(_ topics: [String]) -> String {
        let names = topics.prefix(3).joined(separator: ", ")
        return topics.count > 3 ? "\(names) and \(topics.count - 3) more topics" : names
    }
}

extension TopicDescription.Partition {
    fileprivate init(_ metadata: rd_kafka_metadata_partition) {
        self.init(
            number: metadata.id, leader: metadata.leader < 0 ? nil : metadata.leader,
            replicas: Array(UnsafeBufferPointer(start: metadata.replicas, count: Int(metadata.replica_cnt))),
            inSyncReplicas: Array(UnsafeBufferPointer(start: metadata.isrs, count: Int(metadata.isr_cnt))))
    }
}
