import SymMessages
import Testing

@testable import SymConfiguration

@Suite struct DecidesTests {
    @Test("P7 whoever decides in an audience is one of its deciders, and the other way round")
    func same() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let people = ["ana", "ben", "cy", "gus", "eve", "nobody"].map { Fixtures.person($0) }
        let sources: [Configuration.PersonGroup.Source] = [
            .members(Set(people.prefix(3))), .members([people[3], people[5]]), .directory,
        ]
        for _ in 0..<2_000 {
            var audience = Configuration.Audience()
            audience.users = Set(people.filter { _ in random.next() % 4 == 0 })
            audience.roles = Set(DirectoryRecord.Person.Role.allCases.filter { $0 != .guest && random.next() % 4 == 0 })
            audience.groups = sources.enumerated().filter { _ in random.next() % 3 == 0 }.map {
                Configuration.PersonGroup(name: Fixtures.name("g\($0.offset)"), source: $0.element)
            }
            let deciders = Fixtures.directory.deciders(audience, at: Fixtures.now)
            for person in people {
                #expect(
                    Fixtures.directory.decides(person, in: audience, at: Fixtures.now) == deciders.contains(person),
                    "seed \(seed): \(person) in \(audience)")
            }
        }
    }
}
