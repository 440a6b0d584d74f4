import ModeluxCore
import ModeluxStore

/// An event as Slack's incoming webhooks take it: a text for notifications, and blocks for the channel.
/// (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)
enum SlackMessage {
    /// The longest text of one block.
    private static let maximumText = 2900

    /// The JSON.
    static func json(_ event: AlertEvent) -> String {
        let text = AlertText(event)
        let title = escaped(text.title)
        var lines = ""
        for fact in text.facts {
            let line = "*\(escaped(fact.name)):* \(escaped(fact.value))\n"
            guard lines.utf8.count + line.utf8.count <= maximumText else { break }
            lines += line
        }
        var json = JSONText()
        json.object { json in
            json.member("text", title)
            json.key("blocks")
            json.array { json in
                write("*\(title)*", to: &json)
                write(lines, to: &json)
            }
        }
        return json.text
    }

    private static func write(_ markup: String, to json: inout JSONText) {
        json.object { json in
            json.member("type", "section")
            json.key("text")
            json.object { json in
                json.member("type", "mrkdwn")
                json.member("text", markup)
            }
        }
    }

    /// The three characters that Slack gives a meaning to; without them a name can neither link nor notify anyone.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
