import SoakJudge

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The file all children append to. A line is one `write`, so lines of several processes do not mix, and what was
/// written stays written when the writer is killed.
final class Journal: Sendable {
    private let file: Int32

    init(path: String) throws {
        file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SoakError("The journal \(path) cannot be written: \(systemError).") }
    }

    deinit { close(file) }

    func add(_ entries: JournalEntry...) throws {
        let bytes = Array(entries.map { $0.line + "\n" }.joined().utf8)
        guard write(file, bytes, bytes.count) == bytes.count else {
            throw SoakError("The journal cannot be written: \(systemError).")
        }
    }
}

/// Reads what was added to the journal since it last looked.
struct JournalReader: ~Copyable {
    private let file: Int32
    private var rest: [UInt8] = []

    init(path: String) throws {
        file = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SoakError("The journal \(path) cannot be read: \(systemError).") }
    }

    deinit { close(file) }

    mutating func readLines(_ take: (Substring) -> Void) {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &chunk, chunk.count)
            guard count > 0 else { return }
            rest += chunk[..<count]
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            for line in String(decoding: rest[..<end], as: UTF8.self).split(separator: "\n") { take(line) }
            rest.removeSubrange(...end)
        }
    }
}

var systemError: String { String(cString: strerror(errno)) }

struct SoakError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
