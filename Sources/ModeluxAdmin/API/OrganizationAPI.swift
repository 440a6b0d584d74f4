import ModeluxCore
import ModeluxStore

/// `org`: who runs this installation.
struct OrganizationAPI: Sendable {
    let store: ControlStore

    func get(_ exchange: Exchange) async throws -> Reply {
        let organization = try await store.read { try $0.organization.get() }
        return .data { Self.write(organization, to: &$0) }
    }

    func update(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let name = fields.requiredText("name")
        try fields.finish()
        let reply = try await store.write(as: exchange.author, once: exchange.once()) { transaction in
            let organization = try transaction.organization.update(name: name)
            return WriteReply(status: 200, body: Reply.dataText { Self.write(organization, to: &$0) })
        }
        return Reply(reply)
    }

    private static func write(_ organization: Organization, to json: inout JSONText) {
        json.object { json in
            json.member("name", organization.name)
            json.member("instance_id", organization.instanceID)
            json.member("created_at", organization.createdAt.iso8601)
        }
    }
}
