import Foundation
import HuJSON

/// What is measured in a process of its own: how much memory it takes at most, and how it takes hostile texts.
///
/// The peak is that of the process's resident memory (VmHWM of /proc/self/status), set back after the text is there.
enum Alone: String, CaseIterable {
    case edit, prove, brackets, commas, longString, unclosedString, surrogates, notUTF8, comment, members

    struct Outcome {
        let bytes: Int
        let seconds: Double
        /// The most that was held beside the text, in bytes.
        let peak: Int
    }

    static let hostile = allCases.filter { $0 != .edit && $0 != .prove }

    var name: String {
        switch self {
        case .edit: "read + add one member + write"
        case .prove: "the same with the proof"
        case .brackets: "1 million brackets"
        case .commas: "10 million elements"
        case .longString: "a string of 100 MB"
        case .unclosedString: "100 MB of a string not closed"
        case .surrogates: "10 million lone surrogates"
        case .notUTF8: "50 MB of a string not UTF-8"
        case .comment: "a comment of 50 MB"
        case .members: "1 million members"
        }
    }

    /// In a child of this program.
    func measured(path: String) throws -> Outcome {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["alone", rawValue, path]
        // What is freed goes back at once, else the memory of before would hide that of now.
        child.environment = ["MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"]
        let output = Pipe()
        child.standardOutput = output
        try child.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        let words = text.split(whereSeparator: \.isWhitespace)
        guard child.terminationStatus == 0, words.count == 3, let bytes = Int(words[0]), let seconds = Double(words[1]),
            let peak = Int(words[2])
        else { throw BenchError("\(name): the child failed.") }
        return Outcome(bytes: bytes, seconds: seconds, peak: peak)
    }

    func run(path: String) throws {
        let sample = self == .edit || self == .prove ? try Sample(path: path, forFoundation: false) : nil
        let text = sample?.text ?? hostileText
        // The pages of the program itself, and of what measures it, come when they are first used, and are no part of
        // what a text costs.
        if sample == nil { _ = try? HuJSONDocument(Array(text.prefix(20_000))) }
        try Self.resetPeak()
        let before = try Self.memory("VmRSS:")
        try Self.resetPeak()
        var figures = Figures()
        try figures.measure {
            switch self {
            case .edit: _ = try sample?.run(.edit)
            case .prove: _ = try sample?.run(.prove)
            default:
                let document = try? HuJSONDocument(text)
                guard (document != nil) == isAccepted else { throw BenchError("\(name): the wrong answer.") }
            }
        }
        print(text.count, figures.fastest, try max(0, Self.memory("VmHWM:") - before))
    }

    private var isAccepted: Bool { self != .brackets && self != .unclosedString }

    private var hostileText: [UInt8] {
        func repeated(_ part: String, _ count: Int, _ before: String = "", _ after: String = "") -> [UInt8] {
            var text = Array(before.utf8)
            text.reserveCapacity(before.utf8.count + part.utf8.count * count + after.utf8.count)
            for _ in 0..<count { text.append(contentsOf: part.utf8) }
            return text + after.utf8
        }
        switch self {
        case .brackets: return repeated("[", 1_000_000)
        case .commas: return repeated("0,", 10_000_000, "[", "]")
        case .longString: return repeated("0123456789", 10_000_000, "\"", "\"")
        case .unclosedString: return repeated("0123456789", 10_000_000, "\"")
        case .surrogates: return repeated("\\ud800", 10_000_000, "\"", "\"")
        case .notUTF8: return [0x22] + [UInt8](repeating: 0xFF, count: 50_000_000) + [0x22]
        case .comment: return repeated("* / ü ", 7_142_857, "/*", "*/{}")
        case .members: return repeated("\"a\":{},", 1_000_000, "{", "}")
        case .edit, .prove: return []
        }
    }

    private static func resetPeak() throws {
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    private static func memory(_ field: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
        guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw BenchError("/proc/self/status has no \(field)")
        }
        return kilobytes * 1024
    }
}
