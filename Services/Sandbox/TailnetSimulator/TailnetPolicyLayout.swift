/// The layout that the service gives a policy file when it is saved.
enum TailnetPolicyLayout {
    static func canonical(_ text: [UInt8]) -> [UInt8] {
        text
    }
}
