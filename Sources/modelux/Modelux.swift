@main
struct Modelux {
    static func main() {}
}
