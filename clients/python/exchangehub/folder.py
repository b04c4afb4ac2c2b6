"""What a county keeps in its folder beside its state: the invitation, its private keys, the broker's password."""

import json
import os

from . import jose
from .wire import require


class Folder:
    """`invitation.json` as the registrar made it; `keys/USE.KID.json`, readable by their owner alone, never overwritten."""

    def __init__(self, path):
        self.path = path
        require(os.path.exists(self.file("invitation.json")), "the folder holds no invitation.json")
        with open(self.file("invitation.json"), encoding="ascii") as file:
            invitation = json.load(file)
        self.hub, self.code = invitation["hub"], invitation["party"]
        self.http, self.amqp = invitation["http"], invitation["amqp"]
        self.registrar, self.once = invitation["registrar"], invitation["code"]
        self.keys = {"sig": {}, "enc": {}}
        for name in sorted(os.listdir(self.file("keys"))) if os.path.isdir(self.file("keys")) else []:
            key = jose.load_key(self.file("keys", name))
            self.keys[name.split(".")[0]][jose.kid_of(key)] = key

    def file(self, *names):
        return os.path.join(self.path, *names)

    def new_key(self, use):
        """Made and stored before anybody hears of it."""
        key = jose.new_key()
        os.makedirs(self.file("keys"), mode=0o700, exist_ok=True)
        jose.save_key(self.file("keys", f"{use}.{jose.kid_of(key)}.json"), key)
        self.keys[use][jose.kid_of(key)] = key
        return key

    def password(self):
        """The broker's: from EXCHANGEHUB_BROKER_PASSWORD, or the file `broker-password`."""
        if "EXCHANGEHUB_BROKER_PASSWORD" in os.environ:
            return os.environ["EXCHANGEHUB_BROKER_PASSWORD"]
        require(os.path.exists(self.file("broker-password")), "no broker password: EXCHANGEHUB_BROKER_PASSWORD or the file broker-password")
        with open(self.file("broker-password"), encoding="utf-8") as file:
            return file.read().strip()
