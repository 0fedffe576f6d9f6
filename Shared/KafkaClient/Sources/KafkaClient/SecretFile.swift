#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A short text in a file, such as a password mounted into a container.
public struct SecretFile: Sendable {
    /// Why there is no text; neither the path nor anything of the content is in it.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        /// Goes on from the file's name: `cannot be read`.
        public let description: String
    }

    /// Bytes a file may have.
    private static let limit = 65_536
    private let path: String

    public init(path: String) {
        self.path = path
    }

    /// Its text, without the line feed at the end if there is one. Blocks, as short as a local file does.
    public func text() throws(Failure) -> String {
        // Not to wait for somebody who writes into a pipe.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0, !path.utf8.contains(0) else { throw Failure(description: "cannot be read") }
        defer { close(descriptor) }
        var state = stat()
        guard fstat(descriptor, &state) == 0, state.st_mode & S_IFMT == S_IFREG else {
            throw Failure(description: "is not a file")
        }
        var bytes = [UInt8](repeating: 0, count: Self.limit + 1)
        var count = 0
        while count < bytes.count {
            let taken = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            guard taken >= 0 else { throw Failure(description: "cannot be read") }
            guard taken > 0 else { break }
            count += taken
        }
        guard count <= Self.limit else { throw Failure(description: "is larger than 64 KiB") }
        var content = bytes[..<count]
        if content.last == UInt8(ascii: "\n") { content.removeLast() }
        if content.last == UInt8(ascii: "\r"), content.count < count { content.removeLast() }
        guard !content.isEmpty else { throw Failure(description: "is empty") }
        guard !content.contains(0), let text = String(validating: content, as: UTF8.self) else {
            throw Failure(description: "is not a text")
        }
        return text
    }
}
