import SymMessages

/// Reads `SYM_INTAKE_DIRECTORY_FILE`.
struct DirectoryFileReader {
    private enum ServiceType: String, CaseIterable {
        case tailscale
    }

    private struct TailnetPlace: Hashable {
        var person: PersonID
        var externalID: String
    }

    let log: ProblemLog
    private var records: [DirectoryRecord] = []
    private var keys: Set<String> = []
    private var people: Set<PersonID> = []
    /// Whose login is whose, by tailnet and login.
    private var logins: [String: PersonID] = [:]
    private var identities: [(DirectoryRecord.Identity, line: Int?, path: String)] = []

    init(log: ProblemLog) { self.log = log }

    /// The records of the file, in its order; to be used only if no problem was reported.
    mutating func read(_ root: SourceNode) -> [DirectoryRecord] {
        guard var file = AttributeReader(root, path: "", log: log) else { return [] }
        for var block in file.blocks("people") ?? [] {
            person(&block)
            block.finish()
        }
        checkEmails()
        for var block in file.blocks("bots") ?? [] {
            bot(&block)
            block.finish()
        }
        file.finish()
        return records
    }

    private mutating func person(_ block: inout AttributeReader) {
        block.missing("email", "is the person's name here: their Slack e-mail")
        let email = block.text("email").flatMap { block.person($0) }
        let role = role(&block)
        let name = name(&block)
        let identities = block.blocks("identities") ?? []
        guard let id = email?.value else { return }
        people.insert(id)
        if !add(.person(.init(id: id, name: name, role: role, origin: .file))) {
            block.report("email", "\(id) is in the list already")
        }
        for var identity in identities {
            self.identity(of: id, &identity)
            identity.finish()
        }
    }

    private func role(_ block: inout AttributeReader) -> DirectoryRecord.Person.Role {
        block.text("role").flatMap { block.choice($0, among: DirectoryRecord.Person.Role.allCases) } ?? .member
    }

    private func name(_ block: inout AttributeReader) -> String? {
        guard let name = block.text("name")?.value else { return nil }
        guard DirectoryRecord.Person.isName(name) else {
            block.report("name", "has \(name.utf8.count) bytes; at most \(DirectoryRecord.Person.maximumName) are kept")
            return nil
        }
        return name
    }

    private mutating func identity(of person: PersonID, _ block: inout AttributeReader) {
        block.missing("service_type", "is tailscale")
        block.missing("external_id", "names the tailnet: the external_id of its sym_integration")
        block.missing("value", "is the person's login there, such as ana@github")
        let type = block.text("service_type").flatMap { block.choice($0, among: ServiceType.allCases) }
        let externalID = block.text("external_id")
        let login = block.text("value").flatMap {
            block.parse($0, as: Login.self, "a login of a tailnet, such as ana@example.com or ana@github")
        }
        guard let type, let externalID, let login else { return }
        let identity = DirectoryRecord.Identity(
            person: person, serviceType: type.rawValue, externalID: externalID.value, value: login.value, origin: .file)
        if !add(.identity(identity)) {
            block.report("external_id", "\(person) has a login for \"\(externalID.value)\" already")
        }
        let owner = logins.updateValue(person, forKey: "\(login.value.key) \(externalID.value)")
        if let owner, owner != person { block.report("value", "\(login.value) is the login of \(owner) already") }
        identities.append((identity, login.line, login.path))
    }

    /// In a tailnet where somebody has no login of their own, it is their e-mail: nobody else can have that one there.
    private func checkEmails() {
        let others = Set(identities.map { TailnetPlace(person: $0.0.person, externalID: $0.0.externalID) })
        for (identity, line, path) in identities {
            guard let owner = PersonID(rawValue: identity.value.key), owner != identity.person, people.contains(owner),
                !others.contains(TailnetPlace(person: owner, externalID: identity.externalID))
            else { continue }
            log.report(
                line: line, path: path,
                "\(identity.value) is the e-mail of \(owner), and so their login in \"\(identity.externalID)\": give "
                    + "them another there first")
        }
    }

    private mutating func bot(_ block: inout AttributeReader) {
        block.missing("name", "is also the last part of the bot's topic")
        let name = block.text("name").flatMap {
            block.parse(
                $0, as: BotName.self,
                "a bot's name: 1 to 64 of a-z, digits, hyphens and underscores, beginning with a letter")
        }
        let flows = (block.texts("flows") ?? []).compactMap {
            block.parse($0, as: ResourceName.self, "a flow's name")?.value
        }
        let beneficiaries = (block.texts("people") ?? []).compactMap { block.person($0) }
        for person in beneficiaries where !people.contains(person.value) {
            let hint = NearestName.suggestion(for: person.value.rawValue, among: people.map(\.rawValue))
            log.report(
                line: person.line, path: person.path, "\(person.value) is not among the people of this file\(hint)")
        }
        let groups = (block.texts("groups") ?? []).compactMap {
            block.parse($0, as: ResourceName.self, "a group's name")?.value
        }
        let allowsAutomatic = block.flag("automatic", default: false)
        guard let name else { return }
        let bot = DirectoryRecord.Bot(
            name: name.value, flows: Set(flows), people: Set(beneficiaries.map(\.value)), groups: Set(groups),
            allowsAutomatic: allowsAutomatic, origin: .file)
        if !add(.bot(bot)) { block.report("name", "\(name.value) is in the list already") }
    }

    /// `false` if there is one with the same key.
    private mutating func add(_ record: DirectoryRecord) -> Bool {
        records.append(record)
        return keys.insert(record.key).inserted
    }
}
