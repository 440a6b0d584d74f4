import ModeluxCore
import ModeluxStore

/// `alerts`: what is wrong now, for the banner of the dashboard.
struct AlertsAPI: Sendable {
    let dependencies: AdminDependencies

    func list(_ exchange: Exchange) async throws -> Reply {
        let problems = try await ProblemFinder(dependencies: dependencies).problems(now: exchange.now)
        let page = try exchange.page(of: problems)
        return .list(page.elements, nextCursor: page.nextCursor) { $0.write(to: &$1) }
    }

    /// Sends a test mail at once, and says what became of it.
    func testMail(_ exchange: Exchange) async throws -> Reply {
        var fields = try exchange.fields()
        let isGiven = fields.has("to")
        let to = fields.requiredText("to")
        if isGiven, MailAddress(to) == nil { fields.report("to", "is no mail address") }
        try fields.finish()
        guard let desk = dependencies.alerts else { throw DeliveriesAPI.absent }
        guard let mailer = desk.courier.mailer else {
            throw Failure(.conflict, "no mail server is set: give mail.host and mail.from in the settings")
        }
        try await dependencies.store.write(as: exchange.author) { try $0.audit.appendTestMail(to: to) }
        return try await desk.test(.mail(to), data: [], now: exchange.now) { event, delivery in
            await mailer.send(event, to: to, id: delivery)
        }
    }
}
