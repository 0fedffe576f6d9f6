import FoundationEssentials
import SandboxStack
import Testing

@Suite("Supervision of processes")
struct SupervisionTests {
    private func launch(_ script: String, environment: [String: String] = [:]) -> ChildProcess.Launch {
        ChildProcess.Launch(
            name: "sh", executable: "/bin/sh", arguments: ["-c", script], environment: environment, log: "/dev/null")
    }

    @Test("lines of standard output are found, whenever they came")
    func lines() async throws {
        try await ProcessSupervisor.with { supervisor in
            let child = supervisor.start(launch("echo one; read line; echo got $line; exec cat"))
            let one = try await child.firstLine { $0 == "one" ? $0 : nil }
            child.write("two")
            let two = try await child.firstLine { $0.hasPrefix("got ") ? $0 : nil }
            #expect([one, two] == ["one", "got two"])
            #expect(try await child.firstLine { $0 == "one" ? $0 : nil } == "one")
        }
    }

    @Test("a child has no environment but its own")
    func environment() async throws {
        try await ProcessSupervisor.with { supervisor in
            let child = supervisor.start(launch("/usr/bin/env", environment: ["ONLY": "this"]))
            _ = try await child.ended()
            let names = Set(child.lines.compactMap { $0.split(separator: "=").first.map(String.init) })
            // The shell sets the others itself.
            #expect(names.subtracting(["PWD", "SHLVL", "_", "OLDPWD"]) == ["ONLY"])
        }
    }

    @Test("closing its standard input ends a child that reads it, and no other")
    func closing() async throws {
        try await ProcessSupervisor.with { supervisor in
            let first = supervisor.start(launch("echo up; cat; exit 7"))
            let second = supervisor.start(launch("echo up; cat; exit 8"))
            for child in [first, second] { try await child.firstLine { $0 == "up" ? () : nil } }
            first.closeInput()
            #expect(try await first.ended() == .exited(7))
            #expect(second.end == nil)
            second.kill()
            #expect(try await second.ended() == .signalled(9))
        }
    }

    @Test("nothing outlives the scope, not even what ignores its input")
    func scope() async throws {
        let child = try await ProcessSupervisor.with { supervisor in
            let child = supervisor.start(launch("echo up; exec sleep 600"))
            try await child.firstLine { $0 == "up" ? () : nil }
            return child
        }
        #expect(child.end == .signalled(9))
    }

    @Test("waiting for a line ends when the process does, and when the time is up")
    func endings() async throws {
        try await ProcessSupervisor.with { supervisor in
            let short = supervisor.start(launch("exit 3"))
            await #expect(throws: ChildProcess.Ended.self) {
                try await short.firstLine { _ in () }
            }
            let silent = supervisor.start(launch("exec cat"))
            await #expect(throws: DeadlineExceeded.self) {
                try await within(.milliseconds(100), "a line") { try await silent.firstLine { _ in () } }
            }
        }
    }

    @Test("a program that is not there says so")
    func missing() async throws {
        try await ProcessSupervisor.with { supervisor in
            var launch = launch("")
            launch.executable = "/nonexistent/program"
            guard case .notStarted = try await supervisor.start(launch).ended() else {
                Issue.record("it was started")
                return
            }
        }
    }
}
