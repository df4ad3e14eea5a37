import PoptrainFigures
import Testing

@Suite struct FiguresTests {
}
