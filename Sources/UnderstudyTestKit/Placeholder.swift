// UnderstudyTestKit
