import ModeluxCore
import ModeluxStore

/// What a mail says: a title, a paragraph, a link to follow, and facts. Both of its parts are made from the same texts.
public struct MailText: Sendable {
    /// The subject, and the first line.
    public var title: String
    /// What to do or to know, one paragraph; empty for none.
    public var paragraph: String
    /// An address to open; nil for none. Ours, never one from outside.
    public var link: String?
    /// Names and values.
    public var facts: [(name: String, value: String)]

    /// Makes a text.
    public init(title: String, paragraph: String = "", link: String? = nil, facts: [(name: String, value: String)] = [])
    {
        self.title = title
        self.paragraph = paragraph
        self.link = link
        self.facts = facts
    }

    /// What an event says.
    init(_ event: AlertEvent) {
        let text = AlertText(event)
        self.init(title: text.title, facts: text.facts.map { ($0.name, $0.value) })
    }

    /// The mail.
    func message(from: MailAddress, to: MailAddress, date: Timestamp, id: String) -> MailMessage {
        MailMessage(
            from: from, to: to, subject: "[modelux] \(title)", plain: plain, html: html, date: date, id: id)
    }

    private var plain: String {
        let list = facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        return [title, paragraph, link ?? "", list].filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var html: String {
        let rows = facts.map { fact in
            "<tr><td style=\"padding:2px 16px 2px 0;color:#666\">\(Self.escaped(fact.name))</td>"
                + "<td style=\"padding:2px 0\">\(Self.escaped(fact.value))</td></tr>\n"
        }
        let target = link.map { "<p><a href=\"\(Self.escaped($0))\">\(Self.escaped($0))</a></p>\n" } ?? ""
        let words = paragraph.isEmpty ? "" : "<p>\(Self.escaped(paragraph))</p>\n"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(title))</title></head>
            <body style="font-family:sans-serif;font-size:15px;color:#111">
            <p style="font-size:18px"><strong>\(Self.escaped(title))</strong></p>
            \(words)\(target)<table style="border-collapse:collapse;font-size:14px">
            \(rows.joined())</table>
            </body></html>

            """
    }

    /// Names come from outside: nothing in one is read as markup.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
