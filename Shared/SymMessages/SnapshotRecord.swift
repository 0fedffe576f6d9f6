import FoundationEssentials

/// A record for `sym.snapshots`, which approval alone writes and reads.
///
/// Written and read by hand: a process that takes over reads hundreds of thousands of them.
public enum SnapshotRecord: Sendable, Equatable {
    case request(RequestID, RequestSnapshot)
    case marker(SnapshotMarker)
    /// Takes out whatever has this key.
    case removal(key: String)

    static let requestType = "sym.request.snapshot.v1"
    static let markerType = "sym.snapshots.marker.v1"

    public var key: String {
        switch self {
        case .request(let id, _): id.rawValue
        case .removal(let key): key
        case .marker(let marker): SnapshotMarker.key(marker.partition)
        }
    }

    /// CloudEvents 1.0 in structured mode, as all our messages; `nil` takes the key out of the topic.
    public func value(at moment: Timestamp) -> [UInt8]? {
        switch self {
        case .request(_, let snapshot):
            text(snapshot.data, of: snapshot.covers, Self.requestType, moment)
        case .marker(let marker):
            text(marker.data, of: marker.eventsFrom, Self.markerType, moment)
        case .removal: nil
        }
    }

    /// Nothing in it needs an escape.
    private func text(_ data: String, of offset: Int64, _ type: String, _ moment: Timestamp) -> [UInt8] {
        Array(
            """
            {"data":\(data),"datacontenttype":"application/json","id":"\(key)@\(offset)","source":"sym/approval",\
            "specversion":"1.0","subject":"\(key)","time":"\(moment)","type":"\(type)"}
            """.utf8)
    }
}

extension RequestSnapshot {
    fileprivate var data: String {
        let causes = accepted.causeHashes.map { hash in
            let digits = String(hash, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }
        let records = records.map { "\"\(Data($0).base64EncodedString())\"" }
        return """
            {"causes":"\(causes.joined())","covers":\(covers),"fold":\(RequestLog.foldVersion),\
            "forestalled":\(isForestalled),"frozen":\(isFrozen),"records":[\(records.joined(separator: ","))],\
            "sequence":\(accepted.last),"state":"\(state.rawValue)"}
            """
    }
}

extension SnapshotMarker {
    fileprivate var data: String {
        #"{"events_from":\#(eventsFrom),"fold":\#(RequestLog.foldVersion),"reads_to":\#(readsTo),"requests":\#(requests)}"#
    }
}
