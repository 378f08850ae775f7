internal import Fakes

/// The fake that plays a part.
@Sendable func cast(_ part: SuiteConfiguration.Fake, _ environment: FakeEnvironment) throws -> any Fake {
    throw SuiteError(.start, "\(part.id) is not there yet")
}
