/// A table for a terminal: columns as wide as their widest cell, two blanks between them.
struct TextTable {
    private let lines: [[String]]

    init(head: [String], rows: [[String]]) {
        let title = head.map { $0.split(separator: ".").last.map { $0.uppercased().replacing("_", with: " ") } ?? "" }
        lines = [title] + rows.map { $0.map(TextTable.printable) }
    }

    /// Names and messages come from outside: a control character must not reach the terminal.
    static func printable(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f } ? " " : $0 })
    }

    /// The lines, without blanks at their ends.
    var text: String {
        var widths: [Int] = []
        for line in lines {
            for (column, cell) in line.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                text += cell
                if column < line.count - 1 { text += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            return text
        }.joined(separator: "\n")
    }
}
