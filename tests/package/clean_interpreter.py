"""Runs packaged functions where nothing is but their zips: started with `python -I -S`, standard library only.

    python -I -S clean_interpreter.py JOBS ANSWERS

JOBS is JSON: {"shared": [folders every unit has], "preload": [modules], "jobs": [{"name", "folders", "environment",
"imports", "log", "calls": [{"name", "event", "context", "is_object", "database"}]}]}. Each job is a unit: it runs in a
fork of a process that has imported only what every unit imports, so that no unit sees what another loaded, and answers
its calls one after the other, as an instance does, each from a database of its own.
ANSWERS becomes {"name of the job": {"answers": {"name of the call": ...}} or {"trace": "..."}, with "strangers": files
from elsewhere}.
"""

import importlib
import json
import os
import sys
import traceback
from types import SimpleNamespace

STANDARD = [os.path.dirname(os.__file__)]


def main(jobs_path, answers_path):
    with open(jobs_path, encoding="utf-8") as file:
        plan = json.load(file)
    standard = list(sys.path[1:] if sys.path and not sys.path[0].startswith(STANDARD[0]) else sys.path)
    sys.path[:] = [*plan["shared"], *standard]
    for module in plan["preload"]:
        importlib.import_module(module)
    answers = {}
    for job in plan["jobs"]:
        path = [*job["folders"], *standard]
        answers[job["name"]] = in_a_fork(job, path, [*plan["shared"], *path])
    with open(answers_path, "w", encoding="utf-8") as file:
        json.dump(answers, file, ensure_ascii=False)


def in_a_fork(job, path, known):
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        with os.fdopen(writing, "w", encoding="utf-8") as file:
            file.write(json.dumps(run(job, path, known), ensure_ascii=False))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as file:
        text = file.read()
    os.waitpid(process, 0)
    return json.loads(text) if text else {"trace": "the process died"}


def run(job, path, known):
    sys.path[:] = path
    importlib.invalidate_caches()
    os.environ.update(job["environment"])
    answers = {}
    try:
        for statement in job["imports"]:
            exec(statement, {})
        for call in job["calls"]:
            answers[call["name"]] = answer(call)
        return {"answers": answers, "strangers": strangers(known)}
    except BaseException:
        return {"trace": traceback.format_exc()}


def answer(call):
    os.environ["MALL_DATABASE_URL"] = call["database"]
    handler = importlib.import_module("index").main_handler
    importlib.import_module("mall.app.front_desk").house.cache_clear()
    context = SimpleNamespace(**call["context"]) if call["is_object"] else call["context"]
    return handler(call["event"], context)


def strangers(known):
    """Files of loaded modules that come from neither the zips nor the standard library."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    return sorted(file for file in files if file and file != __file__ and not file.startswith(tuple(known)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
