"""The byte rules of wire v1: strict JSON, b64u, times, the Merkle tree. Standard library only."""

import base64
import hashlib
import json
import re
from datetime import datetime, timedelta, timezone

BODY_MAX = 131_072
HEADER_MAX = 4_096
DELIVERY_MAX = 1_048_576
BODY_DEPTH = 4
CONTENT_DEPTH = 16
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Malformed(ValueError):
    """Bytes that break a rule of the wire. The message never holds a value."""


class NotNow(Exception):
    """Cannot go on now, and no wrong bytes are the reason: nothing is lost, to be tried again."""


def require(condition, what):
    if not condition:
        raise Malformed(what)


def b64u(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64u(text):
    """Decodes the one canonical form: no padding, no other alphabet, unused bits zero."""
    require(re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1, "not base64url")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    require(b64u(raw) == text, "base64url with unused bits set")
    return raw


def digest(raw):
    return b64u(hashlib.sha256(raw).digest())


def compact(value):
    """JSON as it is written here: ASCII, no blanks, members in the order given."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def parse(raw, depth=BODY_DEPTH, body=True):
    """One JSON object. `body`: ASCII, whole numbers without a sign, no null, no false (section "Bytes")."""
    require(not body or raw.isascii(), "not ASCII")
    require(not raw.startswith(b"\xef\xbb\xbf"), "byte order mark")
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_int=_whole if body else int,
            parse_float=_refuse if body else float,
            parse_constant=_refuse,
        )
    except Malformed:
        raise
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or more digits than Python turns into a number
        raise Malformed("not JSON") from None
    require(isinstance(value, dict), "not an object")
    _walk(value, depth, body)
    return value


def _no_duplicates(pairs):
    members = dict(pairs)
    require(len(members) == len(pairs), "duplicate member")
    return members


def _whole(text):
    require(text.isdigit(), "number with a sign")
    return int(text)


def _refuse(_):
    raise Malformed("number with fraction or exponent")


def _walk(value, depth, body):
    if isinstance(value, (dict, list)):
        require(depth > 0, "too deep")
        items = list(value.keys()) + list(value.values()) if isinstance(value, dict) else value
        for item in items:
            _walk(item, depth - 1, body)
    elif isinstance(value, str):
        require(not re.search("[\ud800-\udfff]", value), "half of a surrogate pair")
    elif body:
        require(value is not None and value is not False, "null or false")


def same_header(left, right):
    """Same member names, each with the same JSON type and value; both flat."""
    return left.keys() == right.keys() and all(
        type(left[name]) is type(right[name]) and left[name] == right[name] and not isinstance(left[name], (dict, list))
        for name in left
    )


def time_text(at):
    return at.astimezone(timezone.utc).strftime(TIME)


def time_of(text):
    require(isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text), "not a time")
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=timezone.utc)
    except ValueError:
        raise Malformed("not a time") from None


def shanghai_day(at):
    return (at.astimezone(timezone.utc) + timedelta(hours=8)).date()


def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(hashes):
    """RFC 6962 section 2.1, over leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(tree_root(hashes[:k]), tree_root(hashes[k:]))


def tree_path(hashes, index):
    """The sibling hashes from the leaf up."""
    if len(hashes) == 1:
        return []
    k = 1 << (len(hashes) - 1).bit_length() - 1
    if index < k:
        return tree_path(hashes[:k], index) + [tree_root(hashes[k:])]
    return tree_path(hashes[k:], index - k) + [tree_root(hashes[:k])]


def path_leads_to(hash_, index, size, path, root):
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn = index, size - 1
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            hash_ = node_hash(sibling, hash_)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and hash_ == root
