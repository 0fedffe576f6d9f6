import Testing

@testable import TailscaleAPI

@Suite("Access tokens: many tasks, one mint")
struct RenewedTokenTests {
    /// Mints that a test lets through one by one.
    private struct Gate: Sendable {
        let begun: AsyncStream<Int>
        let access: RenewedToken
        private let doors: Collected<CheckedContinuation<TokenRenewal.Outcome?, Never>>

        init() {
            let (begun, begin) = AsyncStream<Int>.makeStream()
            let doors = Collected<CheckedContinuation<TokenRenewal.Outcome?, Never>>()
            self.begun = begun
            self.doors = doors
            let name = CredentialName.oauthClient(id: "k1")
            access = RenewedToken(credential: name, times: ManualTime().times(), report: { _ in }) { _ in
                // As a call does that is cancelled: it fails.
                await withTaskCancellationHandler {
                    await withCheckedContinuation { door in
                        doors.add(door)
                        begin.yield(doors.all.count)
                    } ?? .failed(CredentialFailure(name, .unreachable("cancelled")))
                } onCancel: {
                    doors.all.last?.resume(returning: nil)
                }
            }
        }

        func open(_ number: Int, _ outcome: TokenRenewal.Outcome) { doors.all[number - 1].resume(returning: outcome) }
    }

    @Test("callers that wait outlive the one that mints: the next of them takes over", .timeLimit(.minutes(1)))
    func cancelledLeader() async throws {
        let gate = Gate()
        let token = try #require(AccessToken("a"))
        try await withThrowingTaskGroup(of: AccessToken?.self) { group in
            let leader = Task { try await gate.access.token() }
            var begun = gate.begun.makeAsyncIterator()
            #expect(await begun.next() == 1)
            for _ in 0..<20 { group.addTask { try await gate.access.token() } }
            leader.cancel()
            await #expect(throws: TailscaleError.cancelled) { try await leader.value }
            #expect(await begun.next() == 2)
            gate.open(2, .minted(MintedToken(token: token, lifetime: .seconds(3600))))
            for try await got in group { #expect(got == token) }
        }
    }

    @Test("a caller that is cancelled while it waits hears so at once; the mint goes on", .timeLimit(.minutes(1)))
    func cancelledFollower() async throws {
        let gate = Gate()
        let token = try #require(AccessToken("a"))
        async let leader = gate.access.token()
        var begun = gate.begun.makeAsyncIterator()
        #expect(await begun.next() == 1)
        let followers = (0..<20).map { _ in Task { try await gate.access.token() } }
        for follower in followers { follower.cancel() }
        for follower in followers { await #expect(throws: TailscaleError.cancelled) { try await follower.value } }
        gate.open(1, .minted(MintedToken(token: token, lifetime: .seconds(3600))))
        #expect(try await leader == token)
    }
}
