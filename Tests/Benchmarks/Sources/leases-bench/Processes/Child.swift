import Foundation
import Glibc

/// A process of ours, with the environment given and no other.
final class Child {
    private let name: String
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ executable: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        name = String(executable.split(separator: "/").last ?? "")
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var id: Int32 { process.processIdentifier }

    /// What follows the prefix in the first line that begins so. Lines after it are left in the pipe: these programs say
    /// little there.
    func line(after prefix: String) throws -> String {
        while true {
            var line: [UInt8] = []
            while true {
                guard let byte = try output.fileHandleForReading.read(upToCount: 1)?.first else {
                    throw BenchError("\(name) ended before it said \"\(prefix)\".")
                }
                if byte == UInt8(ascii: "\n") { break }
                line.append(byte)
            }
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix(prefix) { return String(text.dropFirst(prefix.count)) }
        }
    }

    /// SIGKILL.
    func kill() {
        Glibc.kill(id, SIGKILL)
        process.waitUntilExit()
    }

    /// Its standard input ends, by which it is told to stop.
    func stop() {
        guard process.isRunning else { return }
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
