"""Foreign SDKs from the registries (他人的 SDK), played against the two simulators: `make conformance`.

An SDK is one file here, `<sdk>.py` or `<sdk>.mjs`, with a line `conformance: {...}` near its top that says what is to
be installed. It is started once for each key mode, with these variables:

    SIM_PAY_URL, SIM_API_URL   in the place of https://api.mch.weixin.qq.com and https://api.weixin.qq.com
    SIM_SETTINGS               the path of a JSON: {"keys": mode, "pay": {...}, "api": {...}}, see `servers.settings`

and prints one line of JSON for each step: {"step": "...", "ok": true, "note": "..."}. `steps.py` and `steps.mjs` help.
"""
