import Foundation
import SandboxStack
import Testing

@Suite("What symflow prints")
struct OutputTests {
    /// An empty file that stands for a policy would open the whole tailnet, if somebody sent it.
    @Test(
        "P9 a text that cannot be written is no success",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func unwritten() async throws {
        let symflow = try Programs.besideThisProcess.path("symflow")
        let edit =
            #"printf '{"groups": {"group:prod": []}}' | "$0" policy-file edit --group prod --add ana@example.com -"#
        let full = try await Programs.run(path: "/bin/sh", ["-c", edit + " > /dev/full", symflow])
        #expect(full.exitCode == 74)
        #expect(full.complaint.contains("could not be written"))
        let written = try await Programs.run(path: "/bin/sh", ["-c", edit, symflow])
        #expect(written.exitCode == 0)
        #expect(written.output == #"{"groups": {"group:prod": ["ana@example.com"]}}"#)
    }
}
