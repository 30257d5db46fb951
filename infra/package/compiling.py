"""Compiles sources in the Python that runs this file: started with `python -s -S -B`, standard library only.

Reads {name: source} from standard input and writes {"": this Python's magic number, name: the .pyc} to standard
output, both as `marshal` of version 2, which every Python reads. A source that this Python cannot read is left out.
"""

import importlib.util
import marshal
import sys

UNCHECKED_HASH = (0b01).to_bytes(4, "little")  # PEP 552: nobody looks at the source again


def main():
    made = {"": importlib.util.MAGIC_NUMBER}
    sources = marshal.loads(sys.stdin.buffer.read())
    for name in sorted(sources):
        try:
            code = compile(sources[name], name, "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError):
            continue
        made[name] = b"".join((importlib.util.MAGIC_NUMBER, UNCHECKED_HASH,
                               importlib.util.source_hash(sources[name]), marshal.dumps(code)))
        del code  # what is marshalled depends on what else is alive
    sys.stdout.buffer.write(marshal.dumps(made, 2))


if __name__ == "__main__":
    main()
