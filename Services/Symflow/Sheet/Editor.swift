import FoundationEssentials
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// The editor somebody likes.
enum Editor {
    /// Opens it on a text, and returns what the text is when it closes.
    ///
    /// - Throws: refused, when there is no editor, or it ended with an error.
    static func edited(_ text: String, name: String) async throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty } ?? "vi"
        let folder = FileManager.default.temporaryDirectory.path + "/symflow-" + UUID().uuidString.lowercased()
        do {
            // Nobody else may read it, or put something else in its place.
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(.refused, "There is no place for the file to edit: \(folder) cannot be made.")
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = TextFile("\(folder)/\(name)")
        try file.write(text)
        // Through the shell: an editor may be given with arguments of its own.
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", "\(editor) \"$1\"", "sh", file.name],
            input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
            output: .fileDescriptor(.standardOutput, closeAfterSpawningProcess: false),
            error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
        guard result.terminationStatus.isSuccess else {
            throw Failure(.refused, "The editor (\(editor)) ended with an error, so nothing was changed.".onTerminal)
        }
        return try file.text()
    }
}
