import SymMessages
import TailnetPolicy
import TailscaleAPI

/// What a check means, in words.
struct HealthVerdict: Sendable, Equatable {
    /// The kinds of remarks.
    enum Code: String, Sendable {
        case credentialRefused = "credential_refused"
        case credentialExpired = "credential_expired"
        case secretMissing = "secret_missing"
        case scopeMissing = "scope_missing"
        case tailnetNotFound = "tailnet_not_found"
        case tailnetTaken = "tailnet_taken"
        case groupMissing = "group_missing"
        case groupNotManageable = "group_not_manageable"
        case policyNotManageable = "policy_not_manageable"
        case unreachable

        case credentialExpires = "credential_expires"
        case managedElsewhere = "policy_managed_elsewhere"
        case outlivesLease = "outlives_lease"
        case peopleUnchecked = "people_unchecked"
        case settingsUnchecked = "settings_unchecked"
        case dryRun = "dry_run"
    }

    private(set) var problems: [HealthRecord.Remark] = []
    private(set) var warnings: [HealthRecord.Remark] = []
    private(set) var expires: Timestamp?

    /// - Parameters:
    ///   - report: `nil`: the integration has no credential that this version can read.
    ///   - owner: the integration that had the tailnet first.
    init(
        _ report: HealthReport?, of subject: HealthSubject, owner: ResourceName? = nil, isDryRun: Bool = false,
        at now: Timestamp
    ) {
        if let owner {
            blame(.tailnetTaken, "Nothing is granted: \(TailnetOwners.refusal(of: subject.integration, for: owner))")
        }
        if isDryRun { warn(.dryRun, "This is a dry run (SYM_PROVISIONER_DRY_RUN): nothing is written.") }
        guard let report else {
            blame(
                .secretMissing,
                "The integration's secret is kept where a provisioner cannot read it. Keep it in a sym_secrets of type "
                    + "env or file.")
            return
        }
        judge(credential: report.credential, at: now)
        switch report.policy {
        case .success(let policy): judge(policy)
        case .failure(let error): judge(error)
        }
        if case .success(let settings)? = report.settings, settings.aclsExternallyManagedOn == true {
            let link = settings.aclsExternalLink.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? ""
            warn(
                .managedElsewhere,
                "The tailnet's settings say that its policy file is managed elsewhere\(link): what is applied there may undo "
                    + "grants and ends. Have it leave the members of the groups alone that access is given through.")
        }
        if case .failure(let error)? = report.settings { judge(unread: error, of: .settings) }
        if case .failure(let error)? = report.users { judge(unread: error, of: .users) }
    }

    /// Whether it may be over by itself soon.
    var mayPass: Bool { problems.contains { $0.code == Code.unreachable.rawValue } }

    private mutating func judge(credential: Result<HealthReport.Credential, TailscaleError>?, at now: Timestamp) {
        // What keeps it from being asked keeps the policy file from being read as well.
        guard case .success(let credential)? = credential else { return }
        expires = credential.expires
        if let expires = credential.expires {
            if expires <= now {
                blame(.credentialExpired, "The credential expired on \(expires). Give the provisioner a new one.")
            } else if expires.milliseconds(since: now) <= 14 * 86_400_000 {
                warn(.credentialExpires, "The credential expires on \(expires). Give the provisioner a new one before.")
            }
        }
        let missing = APICall.writePolicy.scopesMissing(in: credential.scopes)
        guard !credential.scopes.isEmpty, !missing.isEmpty else { return }
        blame(
            .scopeMissing,
            "The credential may not read and write the policy file: it lacks \(missing.joined(separator: ", ")). It needs "
                + "\(APICall.writePolicy.neededScopes.joined(separator: ", ")), all of them together.")
    }

    private mutating func judge(_ policy: HealthReport.Policy) {
        for refusal in policy.refusals {
            switch refusal {
            case .groupMissing, .groupsMissing: blame(.groupMissing, refusal.description)
            case _ where refusal.group == nil: blame(.policyNotManageable, refusal.description)
            default: blame(.groupNotManageable, refusal.description)
            }
        }
        for finding in policy.findings { warn(.outlivesLease, "\(finding) (line \(finding.line)).") }
    }

    /// Why the policy file could not be read.
    private mutating func judge(_ error: TailscaleError) {
        switch error {
        case .noToken: blame(.secretMissing, error.description)
        case .credential(let failure):
            switch failure.reason {
            case .unreadable: blame(.secretMissing, failure.description)
            default: blame(failure.isRefusal ? .credentialRefused : .unreachable, failure.description)
            }
        case .unauthorized: blame(.credentialRefused, error.description)
        case .forbidden:
            // Which scopes it lacks was said already, if that is known.
            guard !problems.contains(where: { $0.code == Code.scopeMissing.rawValue }) else { return }
            blame(.scopeMissing, error.description)
        case .notFound: blame(.tailnetNotFound, error.description)
        default: blame(.unreachable, error.description)
        }
    }

    /// Something that grants can do without could not be read.
    private mutating func judge(unread error: TailscaleError, of call: APICall) {
        let isForbidden = if case .forbidden = error { true } else { false }
        switch call {
        case .users where isForbidden:
            warn(
                .peopleUnchecked,
                "People cannot be checked before they are given access: whoever is no user of the tailnet is put into the "
                    + "group all the same, and reaches nothing. Add the scope users:read to the credential.")
        case .users: warn(.peopleUnchecked, "People cannot be checked before they are given access: \(error)")
        case .settings where isForbidden:
            warn(
                .settingsUnchecked,
                "Whether the policy file is managed elsewhere is not known. Add the scopes feature_settings:read and "
                    + "policy_file:read to the credential.")
        default: warn(.settingsUnchecked, "Whether the policy file is managed elsewhere is not known: \(error)")
        }
    }

    private mutating func blame(_ code: Code, _ message: String) {
        problems.append(HealthRecord.Remark(code: code.rawValue, message: message))
    }

    private mutating func warn(_ code: Code, _ message: String) {
        warnings.append(HealthRecord.Remark(code: code.rawValue, message: message))
    }
}

extension APICall {
    /// Those of the scopes it needs that are not among these. A scope without `:read` includes the one with it; `all` has
    /// every scope, and some had other names before.
    func scopesMissing(in scopes: [String]) -> [String] {
        let former = ["policy_file": "acl", "devices:core": "devices", "devices:posture_attributes": "devices"]
        return neededScopes.filter { scope in
            let isForReading = scope.hasSuffix(":read")
            let subject = isForReading ? String(scope.dropLast(5)) : scope
            return !["all", subject, former[subject]].compactMap(\.self).contains { family in
                scopes.contains(family) || isForReading && scopes.contains("\(family):read")
            }
        }
    }
}
