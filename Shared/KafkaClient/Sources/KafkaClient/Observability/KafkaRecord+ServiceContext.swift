import Instrumentation
import ServiceContextModule

extension KafkaRecord {
    /// The trace this record belongs to, from its headers: run the work on it within
    /// `ServiceContext.withValue(record.serviceContext)`, and what that sends belongs to the same trace.
    public var serviceContext: ServiceContext {
        var context = ServiceContext.topLevel
        if let parent = headers.text("traceparent") {
            context.traceContext = TraceContext(traceparent: parent, tracestate: headers.text("tracestate"))
        }
        InstrumentationSystem.instrument.extract(headers, into: &context, using: HeaderCarrier())
        return context
    }
}

extension OutgoingRecord {
    /// The record with the headers of the trace the present work belongs to. What the caller wrote into them stays.
    var traced: OutgoingRecord {
        guard let context = ServiceContext.current else { return self }
        var added: [RecordHeader] = []
        InstrumentationSystem.instrument.inject(context, into: &added, using: HeaderCarrier())
        if let trace = context.traceContext, !added.contains(where: { $0.name == "traceparent" }) {
            added.append(RecordHeader(name: "traceparent", value: Array(trace.traceparent.utf8)))
            if let state = trace.state { added.append(RecordHeader(name: "tracestate", value: Array(state.utf8))) }
        }
        // Whoever writes one of them means another trace: no half of ours beside it.
        guard !added.isEmpty, !added.contains(where: { new in headers.contains { $0.name == new.name } }) else {
            return self
        }
        return OutgoingRecord(topic: topic, partition: partition, key: key, value: value, headers: headers + added)
    }
}

/// Reads and writes headers for whatever instrument is bootstrapped.
private struct HeaderCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into carrier: inout [RecordHeader]) {
        carrier.append(RecordHeader(name: key, value: Array(value.utf8)))
    }

    func extract(key: String, from carrier: [RecordHeader]) -> String? { carrier.text(key) }
}

extension [RecordHeader] {
    fileprivate func text(_ name: String) -> String? {
        first { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }
}
