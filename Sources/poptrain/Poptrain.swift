@main struct Poptrain { static func main() {} }
