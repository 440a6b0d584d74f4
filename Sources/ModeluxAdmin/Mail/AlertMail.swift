import ModeluxCore
import ModeluxStore

/// An event as a mail.
enum AlertMail {
    /// Writes the mail.
    static func message(_ event: AlertEvent, from: MailAddress, to: MailAddress, id: Identifier) -> MailMessage {
        let text = AlertText(event)
        let lines = text.facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let rows = text.facts.map { fact in
            "<tr><td style=\"padding:2px 16px 2px 0;color:#666\">\(escaped(fact.name))</td>"
                + "<td style=\"padding:2px 0\">\(escaped(fact.value))</td></tr>\n"
        }.joined()
        return MailMessage(
            from: from, to: to, subject: "[modelux] \(text.title)",
            plain: "\(text.title)\n\n\(lines)\n",
            html: """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>\(escaped(text.title))</title></head>
                <body style="font-family:sans-serif;font-size:15px;color:#111">
                <p style="font-size:18px"><strong>\(escaped(text.title))</strong></p>
                <table style="border-collapse:collapse;font-size:14px">
                \(rows)</table>
                </body></html>

                """,
            date: event.createdAt, id: id.text)
    }

    /// Names come from outside: nothing in one is read as markup.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
