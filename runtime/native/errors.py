"""Why a module could not be run natively: no compiler, or C that does not compile.  Both say what to do."""


class NativeError(Exception):
    """A native run that could not begin."""


class ToolMissing(NativeError):
    """A program that is needed is not installed."""


class BuildFailed(NativeError):
    """The compiler or the linker refused; `said` has their words."""

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(f"{message}\n{said}".rstrip())
        self.said = said
