import Testing

@testable import modelux

struct TextTableTests {
    @Test
    func `columns are as wide as their widest cell`() {
        let table = TextTable(head: ["id", "cost.total_usd"], rows: [["a", "1"], ["long", "2"]])
        #expect(table.text == "ID    TOTAL USD\na     1\nlong  2")
    }

    @Test
    func `control characters do not reach the terminal`() {
        #expect(TextTable(head: ["n"], rows: [["a\u{1b}[2Jb\r\n"]]).text == "N\na [2Jb ")
    }

    @Test(arguments: [("/tmp/a b", "%2Ftmp%2Fa%20b"), ("a-b_c.d~e", "a-b_c.d~e"), ("ü", "%C3%BC"), ("\u{1}", "%01")])
    func `paths and queries are percent-encoded`(text: String, encoded: String) {
        #expect(QueryText.encoded(text) == encoded)
    }
}
