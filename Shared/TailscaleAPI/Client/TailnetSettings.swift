/// Settings of a tailnet, as far as they matter to who edits its policy file.
public struct TailnetSettings: Hashable, Sendable, Decodable {
    /// Whether another system, such as a Git repository or Terraform, is said to own the policy file. It may overwrite what
    /// others write into it. Nil if the credential may not see it.
    public let aclsExternallyManagedOn: Bool?
    /// Where the policy file is managed, a URL; empty if nothing is set, nil if the credential may not see it.
    public let aclsExternalLink: String?
}
