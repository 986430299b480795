"""What is wrong with the input of the runtime: a model, or a scenario.  Users see the place and the cure."""


class RuntimeInputError(Exception):
    """Input that cannot be run; `at` is the place, `file.c:12` or the name of a scenario, empty if there is none."""

    def __init__(self, at: str, message: str) -> None:
        super().__init__(f"{at}: {message}" if at else message)
        self.at = at
        self.message = message


class ModelError(RuntimeInputError):
    """The model says what no kernel could do: an order outside the table, a cycle of dependencies."""


class ScenarioError(RuntimeInputError):
    """A scenario, or a call of the kernel, names something that does not exist."""
