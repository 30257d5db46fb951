"""Delivers one outbox event to one listener, and wakes the relay: by the platform's own invoke call."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

from mall.adapters.cloud_clients import aws_config, tencent_credential, tencent_profile
from mall.kit import outside
from mall.kit.deadline import LISTENER, NUDGE, Budget, within
from mall.kit.errors import Unavailable
from mall.kit.outbox import EventTooNew

RELAY = "ops.relay_outbox"


class EventBus(Protocol):
    def deliver(self, listener: str, message: dict[str, Any]) -> None:
        """Send `message` to `listener` ("domain.action") and wait; raises EventTooNew, Unavailable when it failed."""

    def nudge(self) -> None:
        """Ask for a relay soon; losing it only delays, the timer is the net."""


def open_bus(platform: str, prefix: str, place_of: Callable[[str], tuple[str, str]], region: str,
             trigger_secret: str) -> EventBus:
    """The bus of a deployed platform. On a laptop the local cloud stands its own in the door.

    `prefix` stands before every function's name on AWS; `place_of` tells in which namespace of SCF and in which
    function there a listener is deployed.
    """
    if platform == "aws":
        return FunctionBus(Lambda(prefix, region), place_of, trigger_secret)
    if platform in ("scf", "cloudbase"):
        return FunctionBus(Scf(region), place_of, trigger_secret)
    return QuietBus()


def check_heard(listener: str, answer: Any) -> None:
    """What the listener answered. Raises EventTooNew where it is of an older release than the event, Unavailable with
    the listener's code as `refusal` where it did not hear for another reason."""
    if isinstance(answer, dict) and answer.get("ok"):
        return
    error = answer.get("error") if isinstance(answer, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if code == EventTooNew.code:
        raise EventTooNew(listener=listener)
    raise Unavailable(listener=listener, refusal=code)


class QuietBus:
    """Where nothing runs but this process (a command-line tool): events wait for the relay's timer."""

    def deliver(self, listener: str, message: dict[str, Any]) -> None:
        raise Unavailable(listener=listener)

    def nudge(self) -> None:
        return None


class FunctionBus:
    """Calls the function that the listener is deployed in, on whichever cloud it runs."""

    def __init__(self, cloud: Lambda | Scf, place_of: Callable[[str], tuple[str, str]], trigger_secret: str):
        self._cloud, self._place_of = cloud, place_of
        self._nudge = {"Type": "Timer", "TriggerName": "nudge", "Message": trigger_secret}

    @cached_property
    def _client(self) -> Any:
        return self._cloud.open(LISTENER)

    @cached_property
    def _quick(self) -> Any:
        return self._cloud.open(NUDGE)

    def deliver(self, listener: str, message: dict[str, Any]) -> None:
        with outside.calling("event_bus.deliver"):
            try:
                body = json.loads(self._cloud.invoke(self._client, self._place_of(listener),
                                                     {**message, "Listener": listener}, "RequestResponse"))
            except Exception as problem:
                raise Unavailable(listener=listener) from problem
        check_heard(listener, body)

    def nudge(self) -> None:
        with outside.calling("event_bus.nudge"):
            try:
                within(NUDGE, lambda: self._cloud.invoke(self._quick, self._place_of(RELAY), self._nudge, "Event"))
            except Exception:
                return  # the relay's timer comes within a minute


class Lambda:
    def __init__(self, prefix: str, region: str):
        self._prefix, self._region = prefix, region

    def open(self, budget: Budget) -> Any:
        """A client that asks once: what is lost, the outbox sends again."""
        import boto3

        return boto3.client("lambda", region_name=self._region, config=aws_config(budget))

    def invoke(self, client: Any, place: tuple[str, str], event: dict[str, Any], how: str) -> str | bytes:
        name = f"{self._prefix}-{place[1]}"
        answer = client.invoke(FunctionName=name, InvocationType=how, Payload=json.dumps(event).encode())
        return answer["Payload"].read()


class Scf:
    """SCF, which CloudBase functions run on too; one namespace per group of domains."""

    def __init__(self, region: str):
        self._region = region

    def open(self, budget: Budget) -> Any:
        from tencentcloud.scf.v20180416 import scf_client

        return scf_client.ScfClient(tencent_credential(), self._region, tencent_profile(budget))

    def invoke(self, client: Any, place: tuple[str, str], event: dict[str, Any], how: str) -> str | bytes:
        from tencentcloud.scf.v20180416 import models

        request = models.InvokeRequest()
        request.Namespace, request.FunctionName = place
        request.InvocationType, request.ClientContext = how, json.dumps(event)
        return client.Invoke(request).Result.RetMsg
