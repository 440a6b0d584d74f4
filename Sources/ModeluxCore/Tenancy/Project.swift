/// A team or an application: owns keys, routing configs and records.
public struct Project: Sendable {
    /// `proj_…`
    public let id: Identifier
    /// The name in addresses and on the command line, unique: `default`.
    public let slug: String
    /// The name that people read.
    public let name: String
    /// What its operator chose.
    public let settings: ProjectSettings

    /// Makes a project.
    public init(id: Identifier, slug: String, name: String, settings: ProjectSettings = ProjectSettings()) {
        self.id = id
        self.slug = slug
        self.name = name
        self.settings = settings
    }
}

/// What a project's operator can choose.
public struct ProjectSettings: Sendable, Hashable {
    /// Whether `gpt-4o-mini` without a provider is looked up.
    public var autoResolvesBareModels: Bool
    /// Whether request and response bodies are stored at all.
    public var storesBodies: Bool
    /// Where the project's data may go.
    public var dataPolicy: DataPolicy

    /// Makes settings; the defaults are those of a new project.
    public init(
        autoResolvesBareModels: Bool = true, storesBodies: Bool = true, dataPolicy: DataPolicy = DataPolicy()
    ) {
        self.autoResolvesBareModels = autoResolvesBareModels
        self.storesBodies = storesBodies
        self.dataPolicy = dataPolicy
    }
}
