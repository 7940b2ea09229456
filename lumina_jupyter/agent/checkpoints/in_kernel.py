"""What is run inside of kernels: it keeps variables, and brings them back; it needs nothing but Python's own library.

It is sent as text and never imported there: the kernel may be another Python, in another environment. What it keeps lies
in the kernel's own memory, and goes when the kernel does. What a name is bound to is told apart by the bytes of its
pickle; functions, classes and modules by what they are.
"""

from __future__ import annotations

KEEPING = '''
import hashlib, io, json, pickle, sys, time, types

HOME = "_lumina_checkpoints"


class Enough(Exception):
    pass


class Room(io.RawIOBase):
    """Takes as many bytes as there is room for, and no longer than there is time."""

    def __init__(self, most, until):
        self.parts, self.size, self.most, self.until = [], 0, most, until

    def writable(self):
        return True

    def write(self, data):
        self.size += len(data)
        if self.size > self.most:
            raise Enough("too large to be kept")
        if time.monotonic() > self.until:
            raise Enough("there was no time left to keep it")
        self.parts.append(bytes(data))
        return len(data)


def home():
    found = sys.modules.get(HOME)
    if found is None:
        found = sys.modules[HOME] = types.ModuleType(HOME)
        found.values, found.things, found.points, found.alike = {}, {}, {}, {}
        found.open, found.others, found.bound = {}, {}, None
        watch(found)
    return found


def watch(kept):
    """Note what cells of others bind while a step is under way: it is not the step's to take back."""
    shell = sys.modules["IPython"].get_ipython()

    def begins(info):
        kept.bound = {name: id(value) for name, value in shell.user_ns.items()} if kept.open else None

    def ends(result):
        if kept.bound is None:
            return
        cell = getattr(result.info, "cell_id", None)
        now = {name: id(value) for name, value in shell.user_ns.items()}
        changed = {name for name in {**kept.bound, **now} if kept.bound.get(name) != now.get(name)}
        for key, own in kept.open.items():
            if cell not in own:
                kept.others.setdefault(key, set()).update(changed)

    shell.events.register("pre_run_cell", begins)
    shell.events.register("post_run_cell", ends)


def names():
    shell = sys.modules["IPython"].get_ipython()
    space, hidden = shell.user_ns, shell.user_ns_hidden
    nothing = object()
    return space, [
        name for name in list(space)
        if not name.startswith("_") and not (name in hidden and space[name] is hidden.get(name, nothing))
    ]


def size_of(value):
    """About how many bytes a value has, where that is quickly said."""
    try:
        if type(value).__module__.startswith("pandas") and hasattr(value, "memory_usage"):
            used = value.memory_usage(deep=False)
            return int(used if isinstance(used, int) else used.sum())
        found = getattr(value, "nbytes", None)
        return found if isinstance(found, int) else sys.getsizeof(value)
    except Exception:
        return 0


BOUND = (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType)


def entry(value, room, until):
    """What a value is, and its bytes where it is kept by them."""
    if isinstance(value, BOUND):
        return ("thing", str(id(value))), None
    if size_of(value) > room:
        return ("lost", "too large to be kept", id(value)), None
    into = Room(room, until)
    try:
        pickle.Pickler(into, 5).dump(value)
    except Enough as reason:
        return ("lost", str(reason), id(value)), None
    except Exception as error:
        return ("lost", "it cannot be copied (" + type(error).__name__ + ")", id(value)), None
    data = b"".join(into.parts)
    digest = hashlib.sha256(data).hexdigest()
    return ("bytes", home().alike.get(digest, digest)), data


def keep(key, most, seconds, own):
    """Keep what there is under a key, before a step that runs these cells, or after it (`key:after`, and no cells)."""
    kept = home()
    if key.endswith(":after"):
        kept.open.pop(key.removesuffix(":after"), None)
    elif own:
        kept.open[key] = frozenset(own)
    if key not in kept.points:
        space, found = names()
        until, room, point, seen = time.monotonic() + seconds, most, {}, {}
        for name in found:
            value = space[name]
            if id(value) in seen:
                point[name] = seen[id(value)]
                continue
            if time.monotonic() > until:
                what, data = ("lost", "there was no time left to keep it", id(value)), None
            else:
                what, data = entry(value, room, until)
            if what[0] == "thing":
                kept.things[what[1]] = value
            if data is not None:
                room -= len(data)
                kept.values.setdefault(what[1], data)
            point[name] = seen[id(value)] = what
        kept.points[key] = point
        tidy(kept, most)
    point = kept.points[key]
    lost = {name: what[1] for name, what in point.items() if what[0] == "lost"}
    return {"kept": len(point) - len(lost), "lost": lost}


def tidy(kept, most):
    """Forget the oldest points when there is more than there is room for."""
    while True:
        used = {what[1] for point in kept.points.values() for what in point.values()}
        for each in [each for each in kept.values if each not in used]:
            del kept.values[each]
        for each in [each for each in kept.things if each not in used]:
            del kept.things[each]
        if len(kept.points) < 3 or sum(map(len, kept.values.values())) <= most:
            return
        oldest = next(iter(kept.points))
        del kept.points[oldest]
        kept.others.pop(oldest, None)


def bring(expected, target, most, seconds):
    """Bind names as they were at one point, as far as they still are as they were at another."""
    kept = home()
    if expected not in kept.points or target not in kept.points:
        return {"known": False, "changed": [], "left": {}}
    space, _found = names()
    was, wanted = kept.points[expected], kept.points[target]
    others = kept.others.get(min(expected, target, key=len), ())
    until, changed, left, made = time.monotonic() + seconds, [], {}, {}
    for name in [*wanted, *(name for name in was if name not in wanted)]:
        want, before = wanted.get(name), was.get(name)
        if want == before or name in others:
            continue
        now = entry(space[name], most, until)[0] if name in space else None
        if now == want:
            continue
        if now != before:
            left[name] = "it was changed since"
        elif want is None:
            del space[name]
            changed.append(name)
        elif want[0] == "lost":
            left[name] = want[1]
        else:
            if want not in made:
                made[want] = kept.things[want[1]] if want[0] == "thing" else pickle.loads(kept.values[want[1]])
                if want[0] == "bytes":
                    # The same value can have other bytes once it was copied.
                    again = entry(made[want], most, until)[0]
                    if again[0] == "bytes" and again[1] != want[1]:
                        kept.alike[again[1]] = want[1]
            space[name] = made[want]
            changed.append(name)
    return {"known": True, "changed": changed, "left": left}


asked = json.loads(given)
if asked["ask"] == "keep":
    answer = json.dumps(keep(asked["key"], asked["most"], asked["seconds"], asked["own"]))
elif asked["ask"] == "bring":
    answer = json.dumps(bring(asked["expected"], asked["target"], asked["most"], asked["seconds"]))
else:
    answer = json.dumps({"known": asked["key"] in home().points})
'''

CHECKING = """
import json, sys

expression = json.loads(given)["expression"]
try:
    found = eval(compile(expression.strip(), "<check>", "eval"), sys.modules["IPython"].get_ipython().user_ns)
    passed = bool(found)
    detail = "" if passed else "it is " + repr(found)[:300]
except Exception as error:
    passed, detail = False, type(error).__name__ + ": " + str(error)[:300]
answer = json.dumps({"passed": passed, "detail": detail})
"""
