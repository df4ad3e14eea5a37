import PoptrainFindings
import Testing

@Suite struct FindingsTests {
}
