// ComfyUIFake
