#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A file that somebody named and that may hold anything; `-` is what comes in.
struct ByteFile {
    private let name: String

    init(_ name: String) { self.name = name }

    /// How it is called in what is said about it.
    var title: String { name == "-" ? "standard input" : name.onTerminal }

    /// What it holds; no more than that is read, whatever it is.
    ///
    /// - Throws: refused, when it cannot be read or holds more than `limit` bytes.
    func bytes(limit: Int) throws(Failure) -> [UInt8] {
        do {
            let bytes = try read(limit: limit + 1)
            if bytes.count <= limit { return bytes }
        } catch Errno.isDirectory {
            throw Failure(.refused, "\(title) is a folder. Name a file in it.")
        } catch {
            throw Failure(.refused, "\(title) cannot be read. Does it exist, and may you read it?")
        }
        throw Failure(.refused, "\(title) has more than \(limit) bytes, which is too much for a policy file.")
    }

    private func read(limit: Int) throws -> [UInt8] {
        guard name != "-" else { return try Self.read(.standardInput, limit: limit) }
        let file = try FileDescriptor.open(FilePath(name), .readOnly)
        return try file.closeAfter { try Self.read(file, limit: limit) }
    }

    private static func read(_ file: FileDescriptor, limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let part = try [UInt8](unsafeUninitializedCapacity: min(64 * 1024, limit - bytes.count)) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if part.isEmpty { break }
            bytes += part
        }
        return bytes
    }
}
