import ModeluxCore
import ModeluxStore

/// Every route of the management API, with who may call it: what is not here does not exist.
enum Routes {
    static func table(
        _ dependencies: AdminDependencies, settings: AdminSettings, limiter: RequestLimiter,
        signInURL: @escaping @Sendable (Secret) -> String
    ) -> RouteTable {
        let store = dependencies.store
        let organization = OrganizationAPI(store: store)
        let projects = ProjectsAPI(store: store)
        let providers = ProvidersAPI(store: store, health: dependencies.health)
        let keys = KeysAPI(store: store, keeper: dependencies.budgets)
        let managementKeys = ManagementKeysAPI(store: store, requestsPerMinute: settings.requestsPerMinute)
        let configs = RoutingConfigsAPI(store: store, health: dependencies.health)
        let budgets = BudgetsAPI(store: store, keeper: dependencies.budgets, clock: dependencies.clock)
        let models = ModelsAPI(store: store)
        let logs = LogsAPI(records: dependencies.records, feed: dependencies.feed)
        let analytics = AnalyticsAPI(records: dependencies.records)
        let audit = AuditAPI(store: store)
        let webhooks = WebhooksAPI(store: store, desk: dependencies.alerts)
        let deliveries = DeliveriesAPI(store: store, desk: dependencies.alerts)
        let alerts = AlertsAPI(dependencies: dependencies)
        let system = SystemAPI(dependencies: dependencies)
        let auth = AuthAPI(store: store, cookies: SessionCookie(settings), limiter: limiter, signInURL: signInURL)
        let page = ["limit", "cursor"]
        let filter = LogFilter.parameters
        return RouteTable([
            Route("GET", "org", .role(.viewer), organization.get),
            Route("PATCH", "org", .role(.owner), organization.update),

            Route("GET", "projects", .role(.viewer), query: page + ["include_deleted"], projects.list),
            Route("POST", "projects", .role(.admin), projects.create),
            Route("GET", "projects/{id}", .role(.viewer), projects.get),
            Route("PATCH", "projects/{id}", .role(.admin), projects.update),
            Route("DELETE", "projects/{id}", .role(.admin), projects.delete),

            Route("GET", "providers", .role(.viewer), query: page, providers.list),
            Route("POST", "providers", .role(.admin), providers.create),
            Route("GET", "providers/{id}", .role(.viewer), providers.get),
            Route("GET", "providers/{id}/health", .role(.viewer), providers.health),
            Route("PATCH", "providers/{id}", .role(.admin), providers.update),
            Route("DELETE", "providers/{id}", .role(.admin), providers.delete),

            Route("GET", "keys", .role(.viewer), query: page + ["project_id"], keys.list),
            Route("POST", "keys", .role(.member), keys.create),
            Route("GET", "keys/{id}", .role(.viewer), keys.get),
            Route("PATCH", "keys/{id}", .role(.member), keys.update),
            Route("DELETE", "keys/{id}", .role(.member), keys.delete),
            Route("POST", "keys/{id}/rotate", .role(.member), keys.rotate),

            Route("GET", "management-keys", .role(.owner), query: page, managementKeys.list),
            Route("POST", "management-keys", .role(.owner), managementKeys.create),
            Route("DELETE", "management-keys/{id}", .role(.owner), managementKeys.delete),

            Route("GET", "routing-configs", .role(.viewer), query: page + ["project_id"], configs.list),
            Route("POST", "routing-configs", .role(.member), configs.create),
            Route("GET", "routing-configs/{id}", .role(.viewer), query: ["project_id"], configs.get),
            Route("PATCH", "routing-configs/{id}", .role(.member), query: ["project_id"], configs.update),
            Route("DELETE", "routing-configs/{id}", .role(.member), query: ["project_id"], configs.delete),
            Route("GET", "routing-configs/{id}/versions", .role(.viewer), query: ["project_id"], configs.versions),
            Route(
                "GET", "routing-configs/{id}/diff", .role(.viewer), query: ["project_id", "from", "to"], configs.diff),
            Route("POST", "routing-configs/{id}/rollback", .role(.member), query: ["project_id"], configs.rollback),
            Route("POST", "routing-configs/{id}/estimate", .role(.viewer), query: ["project_id"], configs.estimate),
            Route("POST", "dry-run", .role(.viewer), configs.dryRun),

            Route("GET", "budgets", .role(.viewer), query: page, budgets.list),
            Route("POST", "budgets", .role(.admin), budgets.create),
            Route("GET", "budgets/verify", .role(.viewer), budgets.verify),
            Route("GET", "budgets/{id}", .role(.viewer), budgets.get),
            Route("PATCH", "budgets/{id}", .role(.admin), budgets.update),
            Route("DELETE", "budgets/{id}", .role(.admin), budgets.delete),
            Route("GET", "budgets/{id}/status", .role(.viewer), query: ["subject"], budgets.status),
            Route("GET", "budgets/{id}/events", .role(.viewer), query: page, budgets.events),
            Route("POST", "budgets/{id}/reset", .role(.admin), budgets.reset),

            Route("GET", "models", .role(.viewer), query: page + ["q"], models.models),
            Route("GET", "prices", .role(.viewer), query: page + ["q"], models.prices),

            Route("GET", "logs", .role(.viewer), query: page + filter, logs.list),
            Route("GET", "logs/tail", .role(.viewer), query: filter, logs.tail),
            Route("GET", "logs/{request_id}", .role(.viewer), logs.get),
            Route("GET", "logs/{request_id}/trace", .role(.viewer), logs.trace),

            Route(
                "GET", "analytics/report", .role(.viewer),
                query: ["start", "end", "granularity", "group_by", "project_id", "key_id"], analytics.report),

            Route("GET", "alerts", .role(.viewer), query: page, alerts.list),
            Route("POST", "alerts/test-mail", .role(.admin), alerts.testMail),
            Route("GET", "webhooks/endpoints", .role(.viewer), query: page, webhooks.list),
            Route("POST", "webhooks/endpoints", .role(.admin), webhooks.create),
            Route("GET", "webhooks/endpoints/{id}", .role(.viewer), webhooks.get),
            Route("PATCH", "webhooks/endpoints/{id}", .role(.admin), webhooks.update),
            Route("DELETE", "webhooks/endpoints/{id}", .role(.admin), webhooks.delete),
            Route("POST", "webhooks/endpoints/{id}/rotate-secret", .role(.admin), webhooks.rotateSecret),
            Route("POST", "webhooks/endpoints/{id}/test", .role(.admin), webhooks.test),
            Route(
                "GET", "webhooks/deliveries", .role(.viewer),
                query: page + ["endpoint_id", "status", "channel", "event_type"], deliveries.list),
            Route("GET", "webhooks/deliveries/{id}", .role(.viewer), deliveries.get),
            Route("POST", "webhooks/deliveries/{id}/replay", .role(.admin), deliveries.replay),
            Route("GET", "webhooks/event-types", .role(.viewer), query: page, webhooks.eventTypes),

            Route("GET", "audit", .role(.admin), query: page, audit.list),
            Route("GET", "audit/verify", .role(.admin), audit.verify),

            Route("GET", "system", .role(.viewer), system.get),

            Route("POST", "auth/setup", .open, auth.signIn),
            Route("POST", "auth/sign-in", .open, auth.signIn),
            Route("POST", "auth/sign-out", .role(.viewer), auth.signOut),
            Route("GET", "auth/session", .role(.viewer), auth.session),
            Route("POST", "auth/setup-link", .role(.owner), auth.makeLink),

            Route("GET", "openapi.yaml", .open, DescriptionAPI.get),
        ])
    }
}
