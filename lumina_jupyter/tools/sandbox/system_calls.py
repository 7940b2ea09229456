"""The filter of system calls: a seccomp program, in the kernel's own instructions, made here and loaded by bubblewrap.

The namespaces already keep a program in; the filter takes away what escapes were made of: new namespaces and mounts,
other processes' memory, kernel interfaces of no use to a computation, and sockets of every kind, so that also a Unix
socket in a folder that may be read answers nobody. Memory that no limit counts (memfd, System V) is refused too.
"""

from __future__ import annotations

import errno
import platform
import struct

_REFUSED: dict[str, tuple[int, int]] = {
    # name: (number on x86_64, number on aarch64); -1 where there is no such call
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "userfaultfd": (323, 282),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "iopl": (172, -1),
    "ioperm": (173, -1),
    "modify_ldt": (154, -1),
    "personality": (135, 92),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "fanotify_init": (300, 262),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "mq_open": (240, 180),
}
_SOCKETPAIR, _CLONE, _CLONE3, _IOCTL = (53, 199), (56, 220), (435, 435), (16, 29)
_LAST_KNOWN = 462
"""Calls that are younger than this filter are unknown to it, and answered as an older kernel would."""

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000

_NEW_NAMESPACES = 0x7E020080
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME."""
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_AF_UNIX, _SOCK_STREAM, _SOCK_SEQPACKET, _SOCK_TYPES = 1, 1, 5, 0xF

# Instructions of the classic BPF machine, and where `struct seccomp_data` has what.
_LOAD, _MASK, _EQUALS, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000


def system_call_filter(machine: str = "") -> bytes | None:
    """The program for a machine (this one's architecture when omitted); None for one that it is not written for."""
    known = _ARCHITECTURES.get(machine or platform.machine())
    if known is None:
        return None
    column, architecture = known
    program = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUALS, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        *_refuse(_AT_LEAST, _X32, errno.ENOSYS),
        *_refuse(_AT_LEAST, _LAST_KNOWN + 1, errno.ENOSYS),
        # glibc falls back to `clone`, whose flags can be looked at.
        *_refuse(_EQUALS, _CLONE3[column], errno.ENOSYS),
    ]
    for numbers in _REFUSED.values():
        if numbers[column] >= 0:
            program += _refuse(_EQUALS, numbers[column], errno.EPERM)
    program += _look_into(_CLONE[column], _FIRST_ARGUMENT, _refuse(_ANY_BIT, _NEW_NAMESPACES, errno.EPERM))
    program += _look_into(
        _IOCTL[column],
        _SECOND_ARGUMENT,
        _refuse(_EQUALS, _TIOCSTI, errno.EPERM) + _refuse(_EQUALS, _TIOCLINUX, errno.EPERM),
    )
    program += _look_into(_SOCKETPAIR[column], _FIRST_ARGUMENT, _pairs_only())
    program.append(_step(_RETURN, _ALLOW))
    return b"".join(program)


def _step(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _refuse(test: int, operand: int, error: int) -> list[bytes]:
    return [_step(test, operand, 0, 1), _step(_RETURN, _ERROR | error)]


def _pairs_only() -> list[bytes]:
    """Pairs of connected Unix sockets alone; a datagram one could still send to any address."""
    refused = _step(_RETURN, _ERROR | errno.EPERM)
    return [
        _step(_EQUALS, _AF_UNIX, 1, 0),
        refused,
        _step(_LOAD, _SECOND_ARGUMENT),
        _step(_MASK, _SOCK_TYPES),
        _step(_EQUALS, _SOCK_STREAM, 2, 0),
        _step(_EQUALS, _SOCK_SEQPACKET, 1, 0),
        refused,
    ]


def _look_into(number: int, argument: int, tests: list[bytes]) -> list[bytes]:
    """Steps that test an argument (its lower half) of one call, and otherwise go on with the next."""
    allowed = [_step(_RETURN, _ALLOW)]
    inside = [_step(_LOAD, argument), *tests, *allowed]
    return [_step(_EQUALS, number, 0, len(inside)), *inside]
