import SymMessages

/// A topic whose records are answered.
enum Stream: Sendable, Hashable {
    case commands
    case outcomes(provisioner: ResourceName)
}

/// Where a record was read.
struct RecordPlace: Sendable, Hashable {
    let stream: Stream
    let partition: Int32
    let offset: Int64
}
