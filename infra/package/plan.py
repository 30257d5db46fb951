"""What each function becomes on a platform: its layers, its namespace, its triggers. One truth for all manifests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mall.app import registry
from mall.app.actions import Action
from mall.app.namespaces import namespace_of

from infra.package.platforms import COMMON_LAYERS, DOOR_LAYERS, Platform

CLIENT_KINDS = ("query", "command", "remote", "webhook")  # only these get an address; nobody calls the others


@dataclass(frozen=True)
class Function:
    """One action on one platform."""

    action: Action
    platform: Platform

    @property
    def name(self) -> str:
        return self.action.function_name

    @property
    def layers(self) -> tuple[str, ...]:
        """In the order in which they are laid over one another; a file in two of them is the same file."""
        wanted = {DOOR_LAYERS[door] for door in self.action.uses if door in DOOR_LAYERS}
        wanted |= {self.platform.sdk_layer, *self.action.libraries}
        return (*COMMON_LAYERS, *sorted(wanted))

    @property
    def has_address(self) -> bool:
        return self.action.kind in CLIENT_KINDS

    @property
    def paths(self) -> tuple[str, ...]:
        """The path under the shop's own domain: the webhook's declared one, else /api/<domain>/<action>."""
        if not self.has_address:
            return ()
        return (self.action.path or f"/api/{self.action.name.replace('.', '/')}",)

    def namespace(self, prefix: str) -> str:
        return namespace_of(self.platform.name, prefix, self.action.domain)


def functions(platform: Platform) -> list[Function]:
    """Every function of the mall on this platform, by name."""
    return [Function(action, platform) for action in registry.load().values()]


def functions_per_namespace(platform: Platform, prefix: str = "mall") -> dict[str, int]:
    return dict(sorted(Counter(function.namespace(prefix) for function in functions(platform)).items()))
