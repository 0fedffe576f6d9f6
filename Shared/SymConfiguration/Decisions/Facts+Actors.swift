import SymMessages

extension Facts {
    /// Whether somebody may end access early; `nil`: they may.
    ///
    /// A bot may end what it submitted and nothing else. Requester, beneficiary and the approvers of the list may unless
    /// the flow says `allow_revoke: false`, which leaves it to administrators (and to the bot that asked). Where no
    /// configuration can be used or the flow is gone, ending is allowed as if it were true: it only takes access away.
    public func mayEnd(_ actor: Caller, _ request: Request) -> Refusal? {
        guard let person = actor.person else { return onlyItsOwn(actor, request) }
        if isAdmin(person) { return nil }
        if let flow = request.terms.flatMap({ history.current?.configuration.flows[$0.offer.flow] }), !flow.allowRevoke
        {
            return Refusal(
                .forbidden,
                "Only an administrator may end this access early: the flow \"\(flow.name)\" has allow_revoke: false.")
        }
        if actor == request.caller || person == request.terms?.offer.person { return nil }
        let isApprover = request.rounds.contains { $0.deciders.contains(person) }
        if isApprover, let known = directory.person(person), !known.isGuest { return nil }
        return Refusal(
            .forbidden,
            "\(person) may not end this access: that is for the requester, whom it is for, the approvers, and "
                + "administrators.")
    }

    /// Whether somebody may withdraw a request that is not decided yet; `nil`: they may. That is who submitted it, and
    /// administrators.
    public func mayCancel(_ actor: Caller, _ request: Request) -> Refusal? {
        if actor == request.caller { return nil }
        guard let person = actor.person else { return onlyItsOwn(actor, request) }
        if isAdmin(person) { return nil }
        return Refusal(
            .forbidden, "Only the requester or an administrator may cancel a request; an approver denies it.")
    }

    /// Whether somebody may ask for more of the access; `nil`: they may. That is whom it is for, and who asked for it.
    public func mayExtend(_ actor: Caller, _ request: Request) -> Refusal? {
        guard let terms = request.terms else { return nil }
        if case .bot(let name) = actor, actor == terms.caller {
            guard let bot = directory.bot(name) else {
                return Refusal(.forbidden, "The bot \"\(name)\" is not in the directory any more.")
            }
            guard terms.decision.extending?.isAutomatic == true, !bot.allowsAutomatic else { return nil }
            return Refusal(
                .forbidden,
                "The rule \"\(terms.decision.rule)\" extends automatically, and the entry of the bot \"\(name)\" in the "
                    + "directory does not allow it that (automatic).")
        }
        if actor == terms.caller || actor.person == terms.offer.person { return nil }
        return Refusal(.forbidden, "Only whom the access is for, or who asked for it, may ask for more of it.")
    }

    /// Whether somebody may change configuration and directory; `nil`: they may. That is administrators.
    public func mayConfigure(_ actor: Caller) -> Refusal? {
        if let person = actor.person, isAdmin(person) { return nil }
        return Refusal(.forbidden, "Only an administrator may change the configuration or the directory.")
    }

    private func isAdmin(_ person: PersonID) -> Bool { directory.admins.contains(person) }

    private func onlyItsOwn(_ bot: Caller, _ request: Request) -> Refusal? {
        bot == request.caller ? nil : Refusal(.forbidden, "A bot may end or cancel only what it submitted.")
    }
}
