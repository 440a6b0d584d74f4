import ModeluxCore

/// `openapi.yaml`: the description of this API, as the program carries it.
enum DescriptionAPI {
    @Sendable static func get(_ exchange: Exchange) async throws -> Reply {
        guard let resource = EmbeddedResource.named("openapi.yaml") else {
            throw Failure(.notFound, "this build carries no openapi.yaml")
        }
        return Reply(headers: [("content-type", "application/yaml")], body: .bytes(resource.bytes))
    }
}
