import FoundationEssentials

/// A record of `sym.snapshots` as it was read.
public enum StoredSnapshot: Sendable, Equatable {
    case request(RequestID, RequestSnapshot, writtenAt: Timestamp)
    case marker(SnapshotMarker)
    case removed(key: String)
    /// Of another fold version, or not to be read with certainty.
    case unusable(key: String)

    /// - Parameter partition: where it was read.
    public init(key: [UInt8], value: [UInt8]?, partition: Int32) {
        let text = String(decoding: key, as: UTF8.self)
        guard let value else {
            self = .removed(key: text)
            return
        }
        var found = FoundSnapshot()
        let isWhole = value.withUnsafeBufferPointer { buffer in
            var skimmer = JSONSkimmer(buffer)
            return skimmer.object { key, skimmer in found.take(key, &skimmer) }
        }
        guard isWhole, found.specversion == "1.0", found.subject == text, found.fold == Int64(RequestLog.foldVersion)
        else {
            self = .unusable(key: text)
            return
        }
        if found.type == SnapshotRecord.requestType, let id = RequestID(rawValue: text), let snapshot = found.snapshot,
            snapshot.records.allSatisfy({ EventHead(readIn: $0)?.request == id }),
            let moment = found.time.flatMap({ Timestamp($0) })
        {
            self = .request(id, snapshot, writtenAt: moment)
        } else if found.type == SnapshotRecord.markerType, text == SnapshotMarker.key(partition),
            let from = found.eventsFrom, let readsTo = found.readsTo, let requests = found.requests, from >= 0,
            readsTo >= 0, requests >= 0
        {
            self = .marker(
                SnapshotMarker(partition: partition, eventsFrom: from, readsTo: readsTo, requests: Int(requests)))
        } else {
            self = .unusable(key: text)
        }
    }
}

private struct FoundSnapshot {
    var specversion: String?
    var subject: String?
    var type: String?
    var time: String?
    var fold: Int64?
    var covers: Int64?
    var sequence: Int64?
    var state: String?
    var causes: String?
    var frozen: Bool?
    var forestalled: Bool?
    var records: [String]?
    var eventsFrom: Int64?
    var readsTo: Int64?
    var requests: Int64?

    /// `false`: it cannot be read with certainty.
    mutating func take(_ key: UnsafeBufferPointer<UInt8>, _ skimmer: inout JSONSkimmer) -> Bool {
        switch String(decoding: key, as: UTF8.self) {
        case "specversion": Self.take(skimmer.plainText(), for: &specversion)
        case "subject": Self.take(skimmer.plainText(), for: &subject)
        case "type": Self.take(skimmer.plainText(), for: &type)
        case "time": Self.take(skimmer.plainText(), for: &time)
        case "data": skimmer.members { key, skimmer in takeData(key, &skimmer) }
        default: skimmer.skipValue()
        }
    }

    private mutating func takeData(_ key: UnsafeBufferPointer<UInt8>, _ skimmer: inout JSONSkimmer) -> Bool {
        switch String(decoding: key, as: UTF8.self) {
        case "fold": Self.take(skimmer.integer(), for: &fold)
        case "covers": Self.take(skimmer.integer(), for: &covers)
        case "sequence": Self.take(skimmer.integer(), for: &sequence)
        case "state": Self.take(skimmer.plainText(), for: &state)
        case "causes": Self.take(skimmer.plainText(), for: &causes)
        case "frozen": Self.take(skimmer.boolean(), for: &frozen)
        case "forestalled": Self.take(skimmer.boolean(), for: &forestalled)
        case "records": Self.take(skimmer.plainTexts(), for: &records)
        case "events_from": Self.take(skimmer.integer(), for: &eventsFrom)
        case "reads_to": Self.take(skimmer.integer(), for: &readsTo)
        case "requests": Self.take(skimmer.integer(), for: &requests)
        default: skimmer.skipValue()
        }
    }

    /// A second one of the same name is no member of a snapshot.
    private static func take<Value>(_ value: Value?, for member: inout Value?) -> Bool {
        guard member == nil, let value else { return false }
        member = value
        return true
    }

    var snapshot: RequestSnapshot? {
        guard let covers, covers >= 0, let sequence, sequence >= 0, let state = state.flatMap(RequestState.init),
            let hashes = causes.flatMap(Self.hashes), let frozen, let forestalled, let records
        else { return nil }
        let events = records.compactMap { text in Data(base64Encoded: text).map { Array($0) } }
        guard events.count == records.count else { return nil }
        return RequestSnapshot(
            covers: covers, state: state, accepted: AcceptedSequence(last: Int(sequence), causeHashes: hashes),
            isFrozen: frozen, isForestalled: forestalled, records: events)
    }

    /// Sixteen digits each.
    private static func hashes(_ text: String) -> [UInt64]? {
        var hashes: [UInt64] = []
        var hash: UInt64 = 0
        for (index, digit) in text.utf8.enumerated() {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hash = hash << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): hash = hash << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
            if index % 16 == 15 {
                hashes.append(hash)
                hash = 0
            }
        }
        return text.utf8.count % 16 == 0 ? hashes : nil
    }
}
