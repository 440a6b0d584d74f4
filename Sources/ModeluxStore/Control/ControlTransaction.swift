import FoundationEssentials
import GRDB
public import ModeluxCore

/// One transaction on control.db: the nouns that can be read and written, the author of what is written, and the moment
/// it happens at. Lives only inside the closure that it is handed to.
public final class ControlTransaction {
    /// Who writes.
    public let author: Author
    /// When: one moment for the whole transaction.
    public let now: Timestamp
    let database: GRDB.Database
    let keyRing: KeyRing
    let catalogue: Catalogue
    let environment: [Provider]
    let timeouts: AttemptTimeouts
    private(set) var changes: Set<Publication> = []

    /// What must be published anew when the transaction commits.
    enum Publication {
        /// What the gateway reads.
        case snapshot
        /// Who may manage.
        case access
        /// That the outbox has something new.
        case events
    }

    init(
        database: GRDB.Database, author: Author, now: Timestamp, keyRing: KeyRing, catalogue: Catalogue,
        environment: [Provider], timeouts: AttemptTimeouts
    ) {
        self.database = database
        self.author = author
        self.now = now
        self.keyRing = keyRing
        self.catalogue = catalogue
        self.environment = environment
        self.timeouts = timeouts
    }

    /// The organization.
    public var organization: OrganizationStore { OrganizationStore(transaction: self) }
    /// Projects.
    public var projects: ProjectStore { ProjectStore(transaction: self) }
    /// Project keys.
    public var keys: KeyStore { KeyStore(transaction: self) }
    /// Management keys.
    public var managementKeys: ManagementKeyStore { ManagementKeyStore(transaction: self) }
    /// Providers.
    public var providers: ProviderStore { ProviderStore(transaction: self) }
    /// Routing configs and their versions.
    public var routingConfigs: RoutingConfigStore { RoutingConfigStore(transaction: self) }
    /// Budgets and what was told of them.
    public var budgets: BudgetStore { BudgetStore(transaction: self) }
    /// People.
    public var users: UserStore { UserStore(transaction: self) }
    /// Dashboard sessions.
    public var sessions: SessionStore { SessionStore(transaction: self) }
    /// One-time sign-in links.
    public var setupTokens: SetupTokenStore { SetupTokenStore(transaction: self) }
    /// Webhook endpoints.
    public var webhooks: WebhookStore { WebhookStore(transaction: self) }
    /// Events of changes that the alerts have not taken over yet.
    public var outbox: EventOutbox { EventOutbox(transaction: self) }
    /// The audit log.
    public var audit: AuditStore { AuditStore(transaction: self) }
    var sealedSecrets: SealedSecretStore { SealedSecretStore(transaction: self) }
    var idempotency: IdempotencyStore { IdempotencyStore(transaction: self) }

    func publish(_ publication: Publication) { changes.insert(publication) }

    func newIdentifier(_ kind: IdentifierKind) -> Identifier {
        var generator = SystemRandomNumberGenerator()
        return Identifier(kind, using: &generator)
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        let statement = try database.cachedStatement(sql: sql)
        try statement.execute(arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [ControlRow] {
        let statement = try database.cachedStatement(sql: sql)
        return try Row.fetchAll(statement, arguments: arguments).map { ControlRow($0) }
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> ControlRow? {
        let statement = try database.cachedStatement(sql: sql)
        return try Row.fetchOne(statement, arguments: arguments).map { ControlRow($0) }
    }

    /// Rows written since the connection was opened.
    func changeCount() throws -> Int { database.totalChangesCount }

    func count(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> Int {
        let statement = try database.cachedStatement(sql: sql)
        return try Int.fetchOne(statement, arguments: arguments) ?? 0
    }
}

extension KeyDigest {
    /// The form in which SQLite keeps it.
    var blob: Data { Data(bytes) }
}
