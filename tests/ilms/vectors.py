# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Known answers of the gateway profiles, made without the code under test.

GCM is written out here over the bare block cipher of the openssl program, the MACs come from
Python's own hmac; the [self-test] groups of data/gateway/*.ini must say the same.
`vectors.py FILE.ini…` compares.
"""

import base64
import configparser
import hashlib
import hmac
import subprocess
import sys


def block(cipher, key, data):
    command = ["openssl", "enc", "-" + cipher, "-K", key.hex(), "-nopad"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def multiply(x, y):
    z = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            z ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return z


def gcm(cipher, key, iv, text):
    blocks = (len(text) + 15) // 16
    counters = b"".join(iv + n.to_bytes(4, "big") for n in range(1, blocks + 2))
    stream = block(cipher, key, bytes(16) + counters)
    secret = int.from_bytes(stream[:16], "big")
    sealed = bytes(a ^ b for a, b in zip(text, stream[32:]))
    padded = sealed + bytes(-len(sealed) % 16) + (len(sealed) * 8).to_bytes(16, "big")
    state = 0
    for start in range(0, len(padded), 16):
        state = multiply(state ^ int.from_bytes(padded[start:start + 16], "big"), secret)
    tag = bytes(a ^ b for a, b in zip(state.to_bytes(16, "big"), stream[16:32]))
    return iv + sealed + tag


def pad(text, size):
    count = size - len(text) % size
    return text + bytes([count]) * count


def seal(cipher, secret, iv, text):
    if cipher == "DES-ECB":
        return block("des-ede3", secret[:8] * 3, pad(text, 8))
    if cipher == "AES-256-GCM":
        return gcm("aes-256-ecb", hashlib.sha256(secret).digest(), iv, text)
    if cipher == "SM4-GCM":
        return gcm("sm4-ecb", hashlib.new("sm3", secret).digest()[:16], iv, text)
    raise ValueError(cipher)


def answer(profile):
    envelope, test = profile["envelope"], profile["self-test"]
    pairs = dict(pair.split("=") for pair in test["params"].split(";"))
    pairs.update(nonce=test["nonce"], timestamp=test["timestamp"])
    text = "".join(key + pairs[key] for key in sorted(pairs))
    digest = envelope["mac"].removeprefix("HMAC-").lower()
    signature = hmac.new(test["sign-secret"].encode(), text.encode(), digest).hexdigest()
    if envelope["mac-case"] == "upper":
        signature = signature.upper()
    pairs["signature"] = signature
    plain = "&".join(f"{key}={pairs[key]}" for key in sorted(pairs))
    data = seal(envelope["cipher"], test["app-secret"].encode(), bytes.fromhex(test["iv"]),
                plain.encode())
    return signature, (base64.b64encode(data).decode() if envelope["encoding"] == "base64"
                       else data.hex())


def main(paths):
    print(f"1..{len(paths)}")
    for number, path in enumerate(paths, 1):
        profile = configparser.ConfigParser(interpolation=None)
        profile.optionxform = str
        profile.read(path)
        test = profile["self-test"]
        expected = answer(profile)
        good = (test["signature"], test["data"]) == expected
        print("ok" if good else "not ok", number, "-", profile["profile"]["name"])
        if not good:
            print("# expected", *expected)


main(sys.argv[1:])
