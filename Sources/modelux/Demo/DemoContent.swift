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
            try configs(project, transaction)
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

    /// One config for each of the usual wishes, all answered by the sandbox. Those that are there stay as they are.
    private static let configs: [(slug: String, policy: String, config: JSONTree)] = [
        (
            "fallback", "fallback_chain",
            .members(["models": .texts(["sandbox/flaky", "sandbox/echo"]), "total_budget_ms": .integer(20_000)])
        ),
        (
            "cheapest", "cost_optimized",
            .members(["allowed_models": .texts(["sandbox/slow", "sandbox/lorem", "sandbox/echo"])])
        ),
        (
            "ab", "ab_test",
            .members([
                "variants": .array([
                    .members(["name": .string("echo"), "weight": .integer(90), "model": .string("sandbox/echo")]),
                    .members(["name": .string("lorem"), "weight": .integer(10), "model": .string("sandbox/lorem")]),
                ]), "sticky_by": .string("end_user"),
            ])
        ),
        (
            "rules", "custom_rules",
            .members([
                "rules": .array([
                    .members([
                        "if": .string("request.has_tools"), "then": .string("sandbox/tools"),
                    ]),
                    .members([
                        "if": .string("tags.team == 'support' and estimate.input_tokens < 2000"),
                        "then": .string("sandbox/echo"),
                    ]),
                    .members([
                        "if": .string("tags.team == 'intern'"),
                        "then": .members(["block": .string("interns use the playground")]),
                    ]),
                    .members(["else": .string("@fallback")]),
                ])
            ])
        ),
    ]

    private static func configs(_ project: Identifier, _ transaction: ControlTransaction) throws {
        let known = try transaction.routingConfigs.list(ListRequest(limit: 200), project: project).elements.map(\.slug)
        for config in configs where !known.contains(config.slug) {
            _ = try transaction.routingConfigs.create(
                project: project, slug: config.slug,
                draft: RoutingDraft(policy: config.policy, config: config.config))
        }
    }

    private static func project(_ transaction: ControlTransaction) throws -> Identifier {
        do {
            return try transaction.projects.get(name).project.id
        } catch is Refusal {
            return try transaction.projects.create(slug: name, name: "Demo", defaultModel: "sandbox/lorem").project.id
        }
    }
}
