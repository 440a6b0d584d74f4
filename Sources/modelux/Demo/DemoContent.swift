import ModeluxCore
import ModeluxStore

/// What the demo needs in control.db: the project `demo`, and a fresh project key and management key, both without a
/// limit. Those of an earlier run are revoked, since their secrets are gone.
struct DemoContent: Sendable {
    /// The project's id.
    let project: Identifier
    /// The project key's id.
    let keyID: Identifier
    /// The project key.
    let key: Secret
    /// The management key.
    let managementKey: Secret

    /// What project and keys are called.
    private static let name = "demo"

    static func prepare(_ control: ControlStore) async throws -> DemoContent {
        try await control.write(as: .system) { transaction in
            let project = try project(transaction)
            for old in try transaction.keys.list(ListRequest(limit: 200), project: project).elements
            where old.draft.name == name && old.revokedAt == nil {
                _ = try transaction.keys.revoke(old.id.text)
            }
            for old in try transaction.managementKeys.list(ListRequest(limit: 200)).elements
            where old.name == name && old.revokedAt == nil {
                _ = try transaction.managementKeys.revoke(old.id.text)
            }
            let (key, secret) = try transaction.keys.create(
                project: project.text, draft: KeyDraft(name: name, requestsPerMinute: 0))
            let (_, managementSecret) = try transaction.managementKeys.create(
                name: name, role: .owner, requestsPerMinute: 0)
            try addBudget(transaction, project)
            return DemoContent(project: project, keyID: key.id, key: secret, managementKey: managementSecret)
        }
    }

    /// A cap that tells and never stands in the way: the demo is for trying things out.
    private static func addBudget(_ transaction: ControlTransaction, _ project: Identifier) throws {
        do {
            _ = try transaction.budgets.get("demo-monthly")
            return
        } catch is Refusal {
            // The first run.
        }
        _ = try transaction.budgets.create(
            BudgetDraft(
                name: "demo-monthly", scope: BudgetDraft.Scope(.project, id: project.text), cap: Money(dollars: 50),
                period: .monthly, action: .warnOnly))
    }

    private static func project(_ transaction: ControlTransaction) throws -> Identifier {
        do {
            return try transaction.projects.get(name).project.id
        } catch is Refusal {
            return try transaction.projects.create(slug: name, name: "Demo", defaultModel: "sandbox/lorem").project.id
        }
    }
}
