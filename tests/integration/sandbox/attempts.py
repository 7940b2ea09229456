"""Attempts to get out of the sandbox, and what must become of each.

Each is Python source that must end in an error; one that reaches its end has escaped. What lies around (`surroundings`)
is real: files with secrets, and listeners that would take a connection. Numbers of system calls are those of x86_64.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

_BEFORE = """
import ctypes, errno, json, mmap, os, resource, signal, socket, stat, subprocess, sys, time
LIBC = ctypes.CDLL(None, use_errno=True)
HOME, FOLDER, OUTSIDE = os.environ["T_HOME"], os.environ["T_FOLDER"], os.environ["T_OUTSIDE"]
def syscall(number, *arguments):
    if LIBC.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
def connect(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as link:
        link.settimeout(2)
        link.connect(address)
        link.send(b"escaped")
def attempt(name, code):
    if not (child := os.fork()):
        try:
            exec(code, dict(globals()))
        except BaseException as error:
            told = [type(error).__name__, errno.errorcode.get(getattr(error, "errno", None), "")]
        else:
            told = ["ESCAPED", ""]
        print(json.dumps([name, *told]), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""
_AFTER = """
for name, code in ATTEMPTS:
    attempt(name, code)
"""


DENIED = ("EACCES", "EPERM")
READ_ONLY = ("EROFS", *DENIED)
NOT_THERE = ("ENOENT",)


@dataclass(frozen=True)
class Attempt:
    name: str
    code: str
    refused: tuple[str, ...]
    """The errors with which it may be refused."""


def program(attempts: list[Attempt]) -> str:
    """A program that makes each attempt in a process of its own, and prints `[name, error's class, error's code]`."""
    return f"{_BEFORE}\nATTEMPTS = {[(attempt.name, attempt.code) for attempt in attempts]!r}\n{_AFTER}"


def failures(attempts: list[Attempt], printed: str) -> list[str]:
    """The attempts that were not refused as they should be."""
    told = {name: (error, code) for name, error, code in map(json.loads, printed.splitlines())}
    return [
        f"{attempt.name}: {told.get(attempt.name)}"
        for attempt in attempts
        if attempt.name not in told
        or told[attempt.name][0] == "ESCAPED"
        or (attempt.refused and told[attempt.name][1] not in attempt.refused)
    ]


ATTEMPTS = [
    # --- the file system
    Attempt("write to the system", "open('/usr/bin/lumina-was-here', 'w')", READ_ONLY),
    Attempt("change a system program", "open('/usr/bin/env', 'ab').write(b'x')", READ_ONLY),
    Attempt("write to the configuration", "open('/etc/passwd', 'a').write('x')", READ_ONLY),
    Attempt("write to the root folder", "open('/here', 'w')", READ_ONLY),
    Attempt("write to the packages", "open(os.path.dirname(os.__file__) + '/lumina_was_here.py', 'w')", READ_ONLY),
    Attempt("write to its own source", "open('/lumina/main.py', 'a').write('x')", READ_ONLY),
    Attempt("write to the readable folder", "open(FOLDER + '/here', 'w')", READ_ONLY),
    Attempt("change a readable file", "open(FOLDER + '/data.csv', 'a').write('x')", READ_ONLY),
    Attempt("delete a readable file", "os.remove(FOLDER + '/data.csv')", READ_ONLY),
    Attempt("rename a readable file", "os.rename(FOLDER + '/data.csv', FOLDER + '/b')", READ_ONLY),
    Attempt("change a readable file's rights", "os.chmod(FOLDER + '/data.csv', 0o777)", READ_ONLY),
    Attempt("link a readable file", "os.link(FOLDER + '/data.csv', 'a')", ("EXDEV", *READ_ONLY)),
    Attempt("read a file outside", "open(OUTSIDE).read()", NOT_THERE),
    Attempt("read outside by dots", "open(FOLDER + '/../outside.txt').read()", NOT_THERE),
    Attempt("read outside by a link", "open(FOLDER + '/link').read()", NOT_THERE),
    Attempt("read outside by init's root", "open('/proc/1/root' + OUTSIDE).read()", (*NOT_THERE, *DENIED)),
    Attempt(
        "read outside by an old working folder", "open('/proc/1/cwd/../../..' + OUTSIDE).read()", (*NOT_THERE, *DENIED)
    ),
    Attempt("read the shadow file", "open('/etc/shadow').read()", NOT_THERE),
    Attempt("read SSH keys", "open(HOME + '/.ssh/id_ed25519').read()", (*NOT_THERE, *DENIED)),
    Attempt("read SSH keys by a link", "open(HOME + '/keys').read()", (*NOT_THERE, *DENIED)),
    Attempt(
        "read where a linked folder of keys is",
        "open(HOME + '/dotfiles/aws/credentials').read()",
        (*NOT_THERE, *DENIED),
    ),
    Attempt("read Jupyter's configuration", "open(HOME + '/.jupyter/jupyter_server_config.json').read()", NOT_THERE),
    Attempt("read a kernel's connection file", "open(os.environ['T_RUNTIME'] + '/kernel-1.json').read()", NOT_THERE),
    Attempt("read the environment's Jupyter configuration", "open(os.environ['T_ETC'] + '/x.json').read()", NOT_THERE),
    Attempt("read the data folder", "open(FOLDER + '/lumina-data/lumina.db').read()", NOT_THERE),
    Attempt("read a private file", "open(FOLDER + '/private.txt').read()", DENIED),
    Attempt("read a .env in a folder below", "open(FOLDER + '/project/.env').read()", DENIED),
    Attempt("read a password out of git's configuration", "open(FOLDER + '/repo/.git/config').read()", DENIED),
    Attempt(
        "uncover what is hidden",
        "LIBC.umount2(HOME.encode() + b'/.ssh', 2); os.listdir(HOME + '/.ssh')[0]",
        ("", *NOT_THERE),
    ),
    Attempt("put something into a hidden folder", "open(FOLDER + '/lumina-data/x', 'w')", READ_ONLY),
    Attempt("read the kernel's memory", "open('/proc/kcore', 'rb').read(1)", (*NOT_THERE, *DENIED)),
    Attempt("read a disk", "open('/dev/vda', 'rb').read(1)", NOT_THERE),
    Attempt(
        "make a disk device",
        "os.mknod('disk', 0o600 | stat.S_IFBLK, os.makedev(254, 0)); open('disk', 'rb').read(1)",
        DENIED,
    ),
    Attempt("write to /dev", "open('/dev/here', 'w')", READ_ONLY),
    Attempt("change a kernel setting", "open('/proc/sys/kernel/core_pattern', 'w').write('|/bin/sh')", READ_ONLY),
    Attempt("press SysRq", "open('/proc/sysrq-trigger', 'w').write('b')", (*NOT_THERE, *READ_ONLY)),
    Attempt("open a file by its handle", "syscall(304, -100, 0, 0)", ("EPERM",)),
    # --- mounts, namespaces, rights
    Attempt("mount a file system", "LIBC.mount(b'none', b'/tmp', b'tmpfs', 0, 0) and os.stat('/none/none')", NOT_THERE),
    Attempt("mount by the system call", "syscall(165, b'none', b'/tmp', b'tmpfs', 0, 0)", ("EPERM",)),
    Attempt("make the root writable", "syscall(165, b'none', b'/', b'none', 32, 0)", ("EPERM",)),
    Attempt("a user namespace of its own", "syscall(272, 0x10000000)", ("EPERM",)),
    Attempt("a user namespace by clone", "syscall(56, 0x10000000 | 17, 0, 0, 0, 0)", ("EPERM",)),
    Attempt("a user namespace by clone3", "syscall(435, 0, 0)", ("ENOSYS",)),
    Attempt(
        "a program that makes namespaces",
        "subprocess.run(['unshare', '-Ur', 'true'], check=True, stderr=subprocess.DEVNULL)",
        ("",),
    ),
    Attempt("join another namespace", "syscall(308, os.open('/proc/1/ns/mnt', 0), 0)", (*DENIED,)),
    Attempt("change the root folder", "os.chroot('/tmp')", ("EPERM",)),
    Attempt("become root", "os.setresuid(0, 0, 0)", ("EPERM", "EINVAL")),
    Attempt(
        "a program that makes root",
        "assert subprocess.run(['su', '-c', 'true'], capture_output=True).returncode == 0",
        ("",),
    ),
    Attempt("load a kernel module", "syscall(175, 0, 0, b'')", ("EPERM",)),
    Attempt("a program in the kernel", "syscall(321, 0, 0, 0)", ("EPERM",)),
    Attempt("watch the processor", "syscall(298, 0, 0, -1, -1, 0)", ("EPERM",)),
    Attempt("the kernel's key ring", "syscall(250, 0, -3, 0)", ("EPERM",)),
    Attempt("handle page faults", "syscall(323, 0)", ("EPERM",)),
    Attempt("a call of the x32 kind", "syscall(0x40000000 + 39)", ("ENOSYS",)),
    Attempt("a call younger than the filter", "syscall(467, 0, 0, 0, 0, 0)", ("ENOSYS",)),
    Attempt("type into a terminal", "import fcntl; fcntl.ioctl(0, 0x5412, b'x')", ("EPERM",)),
    Attempt("set the clock", "time.clock_settime(time.CLOCK_REALTIME, 0)", ("EPERM",)),
    Attempt("raise its limits", "resource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6))", ("", "EPERM")),
    # --- the network and its like
    Attempt("IPv4", "connect(socket.AF_INET, ('127.0.0.1', int(os.environ['T_PORT'])))", DENIED),
    Attempt("IPv6", "connect(socket.AF_INET6, ('::1', int(os.environ['T_PORT'])))", DENIED),
    Attempt("UDP", "connect(socket.AF_INET, ('127.0.0.1', int(os.environ['T_PORT'])), socket.SOCK_DGRAM)", DENIED),
    Attempt("names", "socket.getaddrinfo('example.org', 80)", ("",)),
    Attempt("a Unix socket in a readable folder", "connect(socket.AF_UNIX, FOLDER + '/listener.sock')", DENIED),
    Attempt("Docker's socket", "connect(socket.AF_UNIX, '/var/run/docker.sock')", DENIED),
    Attempt("an abstract socket", "connect(socket.AF_UNIX, '\\0' + os.environ['T_ABSTRACT'])", DENIED),
    Attempt(
        "a datagram from a pair",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'escaped', FOLDER + '/datagrams.sock')",
        DENIED,
    ),
    Attempt(
        "an address for a stream of a pair",
        "socket.socketpair()[0].sendto(b'escaped', FOLDER + '/listener.sock')",
        ("EISCONN", "EOPNOTSUPP"),
    ),
    Attempt("raw packets", "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)", DENIED),
    Attempt("netlink", "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", DENIED),
    Attempt("virtual machine sockets", "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)", DENIED),
    Attempt("sockets by io_uring", "syscall(425, 8, ctypes.create_string_buffer(120))", ("EPERM",)),
    # --- other processes
    Attempt("trace its parent", "syscall(101, 16, os.getppid(), 0, 0)", ("EPERM",)),
    Attempt("read its parent's memory", "syscall(310, os.getppid(), 0, 0, 0, 0, 0)", ("EPERM",)),
    Attempt("write the server's memory", "open('/proc/' + os.environ['T_SERVER'] + '/mem', 'r+b')", NOT_THERE),
    Attempt("signal the server", "os.kill(int(os.environ['T_SERVER']), signal.SIGKILL)", ("ESRCH",)),
    Attempt("see the server", "os.stat('/proc/' + os.environ['T_SERVER'])", NOT_THERE),
    Attempt("steal a file descriptor", "syscall(438, 3, 0, 0)", ("EPERM",)),
    # --- memory that no limit counts
    Attempt("memory files", "os.memfd_create('x')", ("EPERM",)),
    Attempt("shared memory of System V", "syscall(29, 0, 1 << 20, 0o1600)", ("EPERM",)),
    Attempt("message queues", "syscall(68, 0, 0o1600)", ("EPERM",)),
]
"""Those that need watching from outside are in the tests."""
