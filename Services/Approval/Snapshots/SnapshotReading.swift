import SymMessages

/// The snapshots of one partition, as they are read at a take-over: the last record of each key, and whether they may be
/// believed. What is doubtful is not: then the events are read from their beginning, as if there were no snapshots.
///
/// Some of the records may be of a process that no longer owned the partition. Whatever such a one writes is true of the
/// events it covers; it only may cover fewer of them than what it overwrote.
struct SnapshotReading: Sendable {
    private struct Found {
        let offset: Int64
        let snapshot: RequestSnapshot
        let writtenAt: Timestamp
    }

    /// Where to go on, and what is known by then.
    struct Start: Sendable {
        let eventsFrom: Int64
        /// `false`: from their beginning.
        let isFromSnapshots: Bool
        var requests: [RequestID: SkimmedRequest] = [:]
        /// Of the requests whose snapshots cover events from there on: up to where.
        var ahead: [RequestID: Int64] = [:]
        /// Long over, and their events are gone: a reader of the events alone would not know of them either.
        var forgettable: Set<RequestID> = []
        /// Where they are not believed: why, for people; `nil`: there is no marker, as in a young topic.
        var doubt: String?
        /// Likewise: all keys with a record. Of what the events do not know nothing may be left: some day it could be
        /// believed.
        var keys: Set<String> = []
    }

    /// Events are kept for 400 days.
    private static let remembered = Seconds(400 * 86_400)

    private var found: [RequestID: Found] = [:]
    /// The last record of these keys takes them out; where it stands.
    private var removed: [String: Int64] = [:]
    /// The last record of these keys cannot be used.
    private var doubtful: Set<String> = []
    private var marker: SnapshotMarker?
    private var markerOffset: Int64 = 0
    /// Everything below was read.
    private(set) var readsTo: Int64 = 0

    mutating func take(_ record: StoredSnapshot, at offset: Int64) {
        readsTo = max(readsTo, offset + 1)
        switch record {
        // What freezes a request is for the version that reads the event to say: not for the one that wrote this.
        case .request(let id, let snapshot, _) where snapshot.isFrozen: take(.unusable(key: id.rawValue), at: offset)
        case .request(let id, let snapshot, let moment):
            found[id] = Found(offset: offset, snapshot: snapshot, writtenAt: moment)
            // Nearly always both are empty.
            if !removed.isEmpty { removed[id.rawValue] = nil }
            if !doubtful.isEmpty { doubtful.remove(id.rawValue) }
        case .marker(let marker):
            let key = SnapshotMarker.key(marker.partition)
            (removed[key], self.marker, markerOffset) = (nil, marker, offset)
            doubtful.remove(key)
        case .removed(let key):
            forget(key)
            removed[key] = offset
            doubtful.remove(key)
        case .unusable(let key):
            forget(key)
            removed[key] = nil
            doubtful.insert(key)
        }
    }

    mutating func read(upTo end: Int64) { readsTo = max(readsTo, end) }

    private mutating func forget(_ key: String) {
        if let id = RequestID(rawValue: key) { found[id] = nil } else { marker = nil }
    }

    /// - Parameters:
    ///   - low: the oldest event there still is.
    ///   - end: where the events ended after the last snapshot was read.
    func start(low: Int64, end: Int64, _ now: Timestamp) -> Start {
        var beginning = Start(eventsFrom: low, isFromSnapshots: false)
        beginning.keys = doubtful.union(found.keys.lazy.map(\.rawValue))
        guard let marker else {
            beginning.doubt = doubtful.isEmpty ? nil : Self.unusable(doubtful)
            return beginning
        }
        let overwritten = found.values.filter { $0.offset >= marker.readsTo }.map(\.snapshot.covers)
        let from = min(marker.eventsFrom, overwritten.min() ?? marker.eventsFrom)
        if let doubt = doubt(marker, from: from, low: low, end: end) {
            beginning.doubt = doubt
            return beginning
        }
        var start = Start(eventsFrom: from, isFromSnapshots: true)
        start.requests.reserveCapacity(found.count)
        for (id, found) in found {
            let snapshot = found.snapshot
            start.requests[id] = SkimmedRequest(id: id, from: snapshot)
            if snapshot.covers > from { start.ahead[id] = snapshot.covers }
            if snapshot.state.isFinal, snapshot.covers <= low, found.writtenAt + Self.remembered < now {
                start.forgettable.insert(id)
            }
        }
        return start
    }

    private func doubt(_ marker: SnapshotMarker, from: Int64, low: Int64, end: Int64) -> String? {
        if !doubtful.isEmpty { return Self.unusable(doubtful) }
        if marker.readsTo > markerOffset || marker.eventsFrom > end
            || found.values.contains(where: { $0.snapshot.covers > end })
        {
            return "they are ahead of the log, so they are of another one"
        }
        // Whoever took it out may not have known what the marker's writer knew.
        if removed.values.contains(where: { $0 >= marker.readsTo }) { return "one was taken out after the marker" }
        if found.count < marker.requests { return "\(marker.requests - found.count) of them are missing" }
        // What lies between is gone, and it may have been accepted.
        return from < low ? "events that are not in them are gone" : nil
    }

    private static func unusable(_ keys: Set<String>) -> String {
        "the record of \(keys.min() ?? "") is of another version, or cannot be read"
            + (keys.count > 1 ? ", and \(keys.count - 1) more" : "")
    }
}
