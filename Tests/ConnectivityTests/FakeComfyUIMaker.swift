import ComfyUIFake
import Fakes

enum FakeComfyUIMaker {
    static func make(_ environment: FakeEnvironment) throws -> FakeComfyUI { try FakeComfyUI(environment: environment) }
}
