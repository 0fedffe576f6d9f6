import FoundationEssentials
import SymMessages

/// The calls about the policy file.
extension TailnetSimulator {
    func readPolicy(_ request: TailnetRequest) -> TailnetResponse {
        guard ["true", "1"].contains(request.query["details"]) else {
            return shownPolicy(accept: request.accept)
        }
        let warnings = TailnetPolicyText(policy).map { TailnetPolicyWarnings(of: $0, directory).lines } ?? []
        var response = TailnetResponse.json(
            200,
            .object([
                "acl": .string(Data(policy).base64EncodedString()), "warnings": .strings(warnings), "errors": .null,
            ]))
        response.etag = Self.etag(of: policy)
        return response
    }

    mutating func writePolicy(_ request: TailnetRequest) -> TailnetResponse {
        if let ifMatch = request.ifMatch {
            let isCurrent = ifMatch == Self.etag(of: policy)
            guard isCurrent || (ifMatch == "\"ts-default\"" && isDefault) else {
                return .message(412, "precondition failed, invalid old hash")
            }
        }
        guard !request.body.isEmpty else {
            // So the service does it: whoever sends nothing opens the whole tailnet.
            save(Self.defaultPolicy)
            return shownPolicy(accept: request.accept)
        }
        switch TailnetPolicyVerdict(on: request.body, directory) {
        case .refused(let message, let failures):
            // Not 500 for a moment: this file breaks the service every time.
            let status = message == TailnetPolicyCheck.breakdown ? 500 : 400
            return .json(status, TailnetPolicyVerdict.answer(message, failures))
        case .taken:
            save(request.body)
            return shownPolicy(accept: request.accept)
        }
    }

    func validatePolicy(_ request: TailnetRequest) -> TailnetResponse {
        guard !request.body.isEmpty else { return .json(200, .object([:])) }
        let verdict =
            TailnetPolicyTests.areWritten(in: request.body)
            ? TailnetPolicyVerdict(ofTests: request.body, against: policy, directory)
            : TailnetPolicyVerdict(on: request.body, directory)
        switch verdict {
        case .refused(let message, let failures):
            return .json(200, TailnetPolicyVerdict.answer(message, failures))
        case .taken(let warnings) where warnings.isEmpty:
            return .json(200, .object([:]))
        case .taken(let warnings):
            return .json(200, TailnetPolicyVerdict.answer("warning(s) found", warnings))
        }
    }

    private var isDefault: Bool {
        policy == Self.defaultPolicy || (isCanonical && policy == Self.canonical(Self.defaultPolicy))
    }

    private func shownPolicy(accept: String?) -> TailnetResponse {
        guard accept?.contains("application/json") == true, accept?.contains("hujson") == false else {
            return .policy(policy)
        }
        return TailnetResponse(
            status: 200, etag: Self.etag(of: policy), body: TailnetPolicyText.withoutComments(policy))
    }
}
