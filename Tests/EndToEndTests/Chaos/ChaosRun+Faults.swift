import FoundationEssentials
import SandboxStack
import SymMessages
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ChaosRun {
    func befall(_ fault: ChaosStory.Fault, at milliseconds: Int64) async throws {
        try await moment(milliseconds)
        switch fault {
        case .trap(let point, let pass, let blow): try await trap(point, pass, blow)
        case .strike(let member, let blow):
            guard let child = scene.stack.process(member), child.end == nil else { return }
            if case .kill = blow { child.kill() } else { child.suspend() }
            try await follow(blow, member, child, "somewhere")
        case .kafkaAway(let milliseconds):
            try await disturbed("Kafka away") {
                try await scene.broker("down")
                try await Task.sleep(for: .milliseconds(milliseconds))
                try await scene.broker("up")
            }
        case .tailnet(let body):
            journal.note("TAILNET \(body)")
            let reply = try await HTTP(base: scene.stack.simulatorURL, token: nil).call(
                "POST", "/simulator/faults", body: body)
            try #require(reply.status == 200, "\(reply.text)")
        case .comment:
            let mark = "// By hand: \(milliseconds)\n"
            try await edit("a comment") { $0.contains(mark) ? nil : mark + $0 }
        case .eviction(let person, let group):
            let login = String(person.description.dropFirst("person:".count))
            let member = PolicyGlance.Member(group: group, login: login)
            guard !ChaosEvidence.standing.contains(member) else { return }
            try await edit("\(member) is evicted") { text in
                let rest = PolicyGlance.evicting(member, from: text)
                return rest == text ? nil : rest
            }
        }
    }

    /// Sets a trap; whoever steps on it is followed. One that nobody has stepped on by the end of the asking is taken away.
    private func trap(_ point: String, _ pass: Int, _ blow: ChaosStory.Blow) async throws {
        let kind = if case .kill = blow { "kill" } else { "stop" }
        let trap = "\(point).\(kind)"
        let set = "\(traps)/\(trap)\(pass > 0 ? "@2" : "")"
        try Data().write(to: URL(filePath: set))
        journal.note("TRAP \(trap)\(pass > 0 ? " for the second" : "")")
        let waited = ContinuousClock.now + .seconds(8)
        var victim: Int32?
        while victim == nil {
            victim = try sprung(trap)
            if victim == nil, ContinuousClock.now > waited {
                // Where neither is there any more, somebody has stepped on it just now.
                let isAway = unlink(set) == 0 || unlink("\(traps)/\(trap)") == 0
                if isAway { return journal.note("NOBODY came by \(trap)") }
                victim = try sprung(trap)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        for member in Self.services {
            guard let child = scene.stack.process(member), child.processID == victim else { continue }
            return try await follow(blow, member, child, point)
        }
    }

    /// Who has stepped on a trap.
    private func sprung(_ trap: String) throws -> Int32? {
        let names = try FileManager.default.contentsOfDirectory(atPath: traps)
        guard let name = names.first(where: { $0.hasPrefix("\(trap)=") }) else { return nil }
        unlink("\(traps)/\(name)")
        return Int32(name.dropFirst(trap.count + 1))
    }

    /// What comes after a blow: starts the killed again, or lets the stopped go on.
    private func follow(
        _ blow: ChaosStory.Blow, _ member: Stack.Member, _ child: ChildProcess, _ place: String
    ) async throws {
        try await disturbed("\(blow) \(member.rawValue) at \(place)") {
            switch blow {
            case .stop(let milliseconds):
                let from = Timestamp.now
                try await Task.sleep(for: .milliseconds(milliseconds))
                let to = Timestamp.now
                if place == "provisioner.write-released" { journal.change { $0.strays.append(from...to) } }
                child.resume()
            case .kill(let delay):
                #expect(try await child.ended() == .signalled(SIGKILL))
                try await Task.sleep(for: .milliseconds(delay))
                // Of two that killed it one starts it again.
                guard scene.stack.process(member) === child else { return }
                try Self.launch(member, scene)
                do {
                    try await scene.stack.ready(member, within: .seconds(90))
                } catch let ended as ChildProcess.Ended where ended.end == .signalled(SIGKILL) {
                    // Struck again while it started: whoever did that starts it.
                }
            }
        }
    }

    private func disturbed(_ what: String, _ body: () async throws -> Void) async throws {
        let from = Timestamp.now
        journal.note("BEGIN \(what)")
        // So that the judge knows of it although the story may not get to its end.
        defer {
            let to = Timestamp.now
            journal.change { $0.disturbances.append(from...to) }
            journal.note("END \(what)")
        }
        try await body()
    }

    /// Edits the policy file as somebody else who does it properly, with `If-Match`.
    ///
    /// - Parameter change: `nil` where there is nothing to change.
    private func edit(_ what: String, _ change: @Sendable (String) -> String?) async throws {
        let tailnet = HTTP(base: scene.stack.simulatorURL, token: scene.stack.tailnetToken)
        let path = "/api/v2/tailnet/example.com/acl"
        try await eventually("\(what) in the policy file", within: .seconds(60)) { () -> Probe<Void> in
            do {
                let read = try await tailnet.call("GET", path, headers: ["Accept": "application/hujson"])
                guard read.status == 200, let etag = read.headers["etag"] else { return .notYet("\(read.status)") }
                guard let text = change(read.text) else { return .found(()) }
                journal.change { $0.foreignTexts.insert(text) }
                let written = try await tailnet.call(
                    "POST", path, headers: ["If-Match": etag, "Content-Type": "application/hujson"], body: text)
                guard written.status == 200 else { return .notYet("\(written.status) \(written.text)") }
                return .found(())
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // One of the faults befell the editor.
                return .notYet("\(error)")
            }
        }
    }
}
