import ModeluxCore

/// A mail with a plain and an HTML part that say the same.
struct MailMessage: Sendable {
    /// Who sends it.
    let from: MailAddress
    /// Who gets it.
    let to: MailAddress
    /// What it is about; any text.
    let subject: String
    /// For readers without HTML.
    let plain: String
    /// For the others; made by our own code from escaped texts.
    let html: String
    /// When it was written.
    let date: Timestamp
    /// What stands before the `@` of its Message-ID: the delivery's id, so that a mail that is sent twice is known as
    /// one.
    let id: String

    /// The mail as it goes over the wire, with CRLF and before dot-stuffing (RFC 5322, RFC 2046).
    var text: String {
        let boundary = "modelux-\(id)"
        return """
            From: modelux <\(from)>
            To: <\(to)>
            Subject: \(QuotedPrintable.header(subject))
            Date: \(MailDate.text(date))
            Message-ID: <\(id)@\(from.host)>
            MIME-Version: 1.0
            Auto-Submitted: auto-generated
            Content-Type: multipart/alternative; boundary="\(boundary)"


            """.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
                + part("text/plain", plain, boundary) + part("text/html", html, boundary) + "--\(boundary)--\r\n"
    }

    private func part(_ type: String, _ body: String, _ boundary: String) -> String {
        "--\(boundary)\r\nContent-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + QuotedPrintable.body(body)
    }
}

/// Dates as mails have them: `Fri, 01 May 2026 10:00:00 +0000`.
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func text(_ time: Timestamp) -> String {
        let date = CivilDate(day: time.day)
        // 1970-01-01 was a Thursday.
        let weekday = days[Int(((time.day % 7) + 7) % 7)]
        let clock = time.iso8601.dropFirst(11).prefix(8)
        let day = date.dayOfMonth < 10 ? "0\(date.dayOfMonth)" : "\(date.dayOfMonth)"
        return "\(weekday), \(day) \(months[Int(date.month) - 1]) \(date.year) \(clock) +0000"
    }
}
