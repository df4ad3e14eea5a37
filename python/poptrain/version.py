"""The version of the client, which it also tells the engine."""

__version__ = "0.1.0"

OTHER_VERSION = (
    "install the version of the program here, which `poptrain --version` names: pip install poptrain==VERSION"
)
"""What to do where the client and the program do not match."""
