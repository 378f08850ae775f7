// GradioFake
