import Foundation
import Testing

/// What can be sent is a draft, and a draft is made in one way: this asks the compiler, with programs that try others.
@Suite("P4 only our bytes change: a draft cannot be forged")
struct DraftByTypeTests {
    @Test("the one way compiles")
    func control() throws {
        let attempt = "let draft: PolicyDraft? = try file.draft(applying: changes)"
        #expect(try Self.complaints(about: attempt) == "")
        #expect(try Self.complaints(about: attempt, import: "@testable import") == "")
    }

    @Test(
        "no other does, not even for tests",
        arguments: [
            "_ = PolicyDraft()",
            "_ = PolicyDraft(text: [], base: file.etag, changes: changes)",
            "_ = PolicyDraft(PolicyText([]).edited(changes)!, of: file)",
            "_ = PolicyText.Edit(text: PolicyText([]), changes: changes)",
            "var draft = try file.draft(applying: changes)!; draft.text = []",
            "var edit = try PolicyText([]).edited(changes)!; edit.text = PolicyText([])",
            "let type: any Decodable.Type = PolicyDraft.self",
            "let type: any ExpressibleByArrayLiteral.Type = PolicyDraft.self",
        ])
    func forged(_ attempt: String) throws {
        for words in ["import", "@testable import"] {
            let complaints = try Self.complaints(about: attempt, import: words)
            #expect(complaints.contains("error:"))
            #expect(!complaints.contains("module"), "it is not the attempt that fails")
        }
    }

    /// What the compiler says of a program that has a file and changes of it.
    private static func complaints(about attempt: String, import: String = "import") throws -> String {
        let source = FileManager.default.temporaryDirectory.appending(path: "forged-\(UUID().uuidString).swift")
        defer { try? FileManager.default.removeItem(at: source) }
        let program = """
            \(`import`) TailnetPolicy
            func attempt(file: PolicyFile, changes: [MembershipChange]) throws { \(attempt) }
            """
        try Data(program.utf8).write(to: source)
        let products = Bundle.module.bundleURL.deletingLastPathComponent()
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = [
            "swiftc", "-typecheck", "-suppress-warnings", "-I", products.appending(path: "Modules").path,
            // HuJSON's module is built on one in C.
            "-Xcc", "-fmodule-map-file=" + products.appending(path: "CLanes.build/module.modulemap").path, source.path,
        ]
        let complaints = Pipe()
        compiler.standardError = complaints
        try compiler.run()
        let said = complaints.fileHandleForReading.readDataToEndOfFile()
        compiler.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }
}
