import SymMessages
import Testing

@Suite struct NamesTests {
    @Test func peopleAreKnownInLowerCase() {
        #expect(PersonID(rawValue: "Ana@Example.COM")?.rawValue == "ana@example.com")
    }

    @Test(arguments: ["", "ana", "@example.com", "ana@", "a@b@c", "a b@c", "a\u{7}@b"])
    func noPerson(text: String) { #expect(PersonID(rawValue: text) == nil) }

    @Test(arguments: ["group:prod", "user:*@example.com", "tag:prod", "*", "ana", "ana@ex\"ample", "a\\@b", "a\n@b"])
    func noLogin(text: String) { #expect(Login(rawValue: text) == nil) }

    @Test(arguments: ["prod", "group:", "group:a@example.com", "group:a b", "group:a\"", "Group:prod"])
    func noGroup(text: String) { #expect(GroupName(rawValue: text) == nil) }

    @Test(arguments: ["", "-a", "A", "a/b", "a.b", "1a"])
    func noBot(text: String) { #expect(BotName(rawValue: text) == nil) }

    @Test(arguments: ["req_", "req_aaaaaaaaaaaaaaaaaaaaaaaaa", "req_AAAAAAAAAAAAAAAAAAAAAAAAAA", "xyz"])
    func noRequest(text: String) { #expect(RequestID(rawValue: text) == nil) }

    @Test func aLeaseIsNamedByRequestAndRound() {
        let id = Sample.requestID
        #expect(LeaseID(rawValue: "\(id).12") == LeaseID(request: id, round: 12))
        for text in ["\(id)", "\(id).", "\(id).0", "\(id).01", "\(id).-1", "\(id).1.1"] {
            #expect(LeaseID(rawValue: text) == nil, "\(text)")
        }
    }

    @Test func topicsOfBots() {
        let topics = Topics(prefix: "eu")
        #expect(topics.submissions(Sample.bot("pagerduty")) == "eu.submissions.pagerduty")
        #expect(topics.bot(ofSubmissions: "eu.submissions.pagerduty") == Sample.bot("pagerduty"))
        #expect(topics.bot(ofSubmissions: "sym.submissions.pagerduty") == nil)
        #expect(topics.bot(ofSubmissions: "eu.submissions.") == nil)
    }
}
