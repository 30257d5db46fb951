"""What people do is pushed to the merchant's server as soon as they have done it, where an address is set."""

from __future__ import annotations

import asyncio
from typing import Any

from infra.local.simulators.wechat_api import push
from infra.local.simulators.wechat_api.account import WEB
from infra.local.simulators.wechat_api.simulator import Simulator


class Pusher:
    """The push port of a simulator, which is given to it as ``sim`` once it is there. Without an address (push_url),
    and for the further accounts, which have no push settings of their own, nothing is sent."""

    def __init__(self) -> None:
        self.sim: Simulator | None = None
        self._under_way: set[asyncio.Task] = set()

    def push(self, appid: str, message: dict[str, Any]) -> None:
        """Returns at once; it is sent up to four times from here on."""
        account = self.sim.account
        if not account["push_url"] or appid not in (account["appid"], account["web_appid"]):
            return
        kind = "service" if self.sim.accounts[appid].kind == WEB else "mini"
        whole = {"ToUserName": push.ORIGINAL_IDS[kind], **message}
        task = asyncio.get_running_loop().create_task(push.send(self.sim, whole, {"account": kind}))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """What is still under way is lost, as the process ends."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
