import FoundationEssentials
import SymConfiguration
import SymMessages

/// `symflow end --all`: shows what would be ended, asks, ends it, and tells what became of each.
struct MassEndCommand {
    /// So that all commands reach Kafka within moments, and the provisioner makes one change of them.
    private static let connections = 64
    private static let live: [RequestState] = [.approved, .active, .ending]
    /// How long it is waited, in the log, for the answer to a command of which the list shows nothing.
    private static let decision = 2

    let filter: RequestFilter
    let reason: String?
    let key: String
    /// Seconds.
    let wait: Int
    let isConfirmed: Bool
    let server: ServerOptions

    func run(_ client: SymClient) async throws {
        try await client.sharing(connections: Self.connections) { client in
            let me = try await client.get("/v1/me").decoded(as: Me.self)
            let pending = try await client.requests(filter, in: [.pending]).count
            var mass = MassEnd()
            mass.found(try await client.requests(filter, in: Self.live))
            let story = MassEndStory(filter: filter, isAdministrator: me.role == Role.admin.rawValue, pending: pending)
            if mass.items.isEmpty {
                try await checkNames(client)
                return Console.say(server.json ? try story.json(mass) : story.nothing)
            }
            if !server.json { Console.say(story.preview(mass)) }
            try confirm(mass, story)
            let course = try await end(&mass, client) { item in
                if !server.json { Console.say(story.words(item)) }
            }
            for item in mass.items where !item.standing.isSettled && !server.json { Console.say(story.words(item)) }
            if server.json { Console.say(try story.json(mass)) }
            if let kind = mass.failureKind { throw Failure(kind, story.complaint(mass, course)) }
            if !server.json { Console.say(story.success(mass)) }
        }
    }

    private func confirm(_ mass: MassEnd, _ story: MassEndStory) throws {
        guard !isConfirmed else { return }
        if server.json, Console.isTerminal { Console.complain(story.preview(mass)) }
        try Console.confirm(story.question(mass), flag: "--yes", because: story.because(mass))
    }

    /// A name that was mistyped must not pass for one that nobody has access by.
    private func checkNames(_ client: SymClient) async throws {
        if let target = filter.target, let known = try await targets(client), !known.contains(target.rawValue) {
            let hint = NearestName.nearest(to: target.rawValue, among: known).map { " Did you mean \($0)?" } ?? ""
            throw Failure(
                .refused, "There is no target \(target) in the configuration, so nothing was ended.\(hint)".onTerminal)
        }
        guard let person = filter.person else { return }
        do {
            _ = try await client.get(route("users", person.rawValue))
        } catch let failure as Failure where failure.status == 404 {
            throw Failure(
                .refused,
                "\(person) is not known here, so nothing was ended. `symflow users list` has those who are.".onTerminal)
        } catch let failure as Failure where failure.status == 403 {
            return
        }
    }

    /// `nil` for those who may not see the configuration.
    private func targets(_ client: SymClient) async throws -> [String]? {
        do {
            let document = try await client.get("/v1/config").decoded(as: ConfigurationDocument.self)
            guard case .object(let named)? = document.resources["sym_target"] else { return [] }
            return named.keys.sorted()
        } catch let failure as Failure where failure.status == 403 {
            return nil
        }
    }

    // MARK: Ending

    /// Ends all that is there, and all that comes to be there meanwhile, until everything is settled or the time is up.
    ///
    /// - Parameter tell: is given each as soon as it is settled.
    private func end(
        _ mass: inout MassEnd, _ client: SymClient, _ tell: (MassEnd.Item) -> Void
    ) async throws -> MassEndStory.Course {
        let start = ContinuousClock.now
        let deadline = start + .seconds(wait)
        var told: Set<RequestID> = []
        var pause = Duration.milliseconds(100)
        while true {
            await send(mass.untold, wait: nil, &mass, client, deadline)
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
            let trouble = await look(&mass, client, deadline)
            await send(mass.undecided, wait: Self.decision, &mass, client, deadline)
            for item in mass.items where item.standing.isSettled && told.insert(item.id).inserted { tell(item) }
            let now = ContinuousClock.now
            if (mass.isSettled && trouble == nil) || now >= deadline {
                return .init(seconds: (now - start).components.seconds, trouble: trouble)
            }
        }
    }

    /// The same key for each: a command that is sent again is the same command.
    private func send(
        _ ids: [RequestID], wait: Int?, _ mass: inout MassEnd, _ client: SymClient, _ deadline: ContinuousClock.Instant
    ) async {
        let (reason, key) = (reason, key)
        let answers = await Self.concurrently(ids) { id -> (RequestID, Failure?)? in
            guard ContinuousClock.now < deadline else { return nil }
            let left = Self.seconds(until: deadline)
            let failure = await Self.failure {
                _ = try await client.send(
                    .init(
                        method: .post, path: "/v1/requests/\(id)/end",
                        body: try WireFormat.encode(StopBody(reason: reason)), key: key,
                        wait: wait.map { min($0, Int(left)) }, patience: left + 1))
            }
            return (id, failure)
        }
        for case (let id, let failure)? in answers { mass.answered(id, failure) }
    }

    /// Reads what is live, and each that is not any more. What cannot be read now is read the next time.
    ///
    /// - Returns: why what is live could not be read.
    private func look(_ mass: inout MassEnd, _ client: SymClient, _ deadline: ContinuousClock.Instant) async -> Failure?
    {
        let patience = Self.seconds(until: deadline) + 1
        var live: [RequestList.Item] = []
        let failure = await Self.failure {
            live = try await client.requests(filter, in: Self.live, patience: patience)
        }
        if let failure { return failure }
        mass.found(live)
        let documents = await Self.concurrently(mass.gone) { id -> RequestDocument? in
            guard
                let reply = try? await client.send(.init(method: .get, path: "/v1/requests/\(id)", patience: patience))
            else { return nil }
            return try? reply.decoded(as: RequestDocument.self)
        }
        for document in documents.compactMap(\.self) { mass.saw(document) }
        return nil
    }

    private static func seconds(until deadline: ContinuousClock.Instant) -> Int64 {
        min(20, max(1, (deadline - ContinuousClock.now).components.seconds))
    }

    private static func failure(_ body: () async throws -> Void) async -> Failure? {
        do {
            try await body()
            return nil
        } catch let failure as Failure {
            return failure
        } catch {
            return Failure(.outcomeUnknown, "\(error)")
        }
    }

    /// Does it for all of them, as many at a time as there are connections.
    private static func concurrently<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ body: @escaping @Sendable (Input) async -> Output
    ) async -> [Output] {
        await withTaskGroup(of: Output.self) { group in
            var outputs: [Output] = []
            for (number, input) in inputs.enumerated() {
                if number >= connections, let output = await group.next() { outputs.append(output) }
                group.addTask { await body(input) }
            }
            for await output in group { outputs.append(output) }
            return outputs
        }
    }
}
