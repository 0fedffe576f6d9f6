import NIOCore

/// A request's body that can be taken back while it is not sent to its end.
///
/// Between the moment at which a request is handed to the HTTP client and the one at which it goes out, a connection may
/// have to be made, with TLS and a proxy's tunnel. So the question whether it is too late is asked again whenever the
/// connection wants more of the body. A service that has not got all of a request does not carry it out.
struct RevocableBody: AsyncSequence, Sendable {
    /// Small enough that a large body waits here, and not in a buffer, for a connection that is slow.
    static let pieceSize = 65_536

    let bytes: ByteBuffer
    /// Asked before each piece, the last one included.
    let isWithheld: @Sendable () -> Bool

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes, isWithheld: isWithheld) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var rest: ByteBuffer
        fileprivate let isWithheld: @Sendable () -> Bool

        mutating func next() throws(TailscaleConnection.Failure) -> ByteBuffer? {
            guard rest.readableBytes > 0 else { return nil }
            guard !isWithheld() else { throw .withheld(isPartlySent: rest.readerIndex > 0) }
            return rest.readSlice(length: Swift.min(RevocableBody.pieceSize, rest.readableBytes))
        }
    }
}
