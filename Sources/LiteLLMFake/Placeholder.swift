// LiteLLMFake
