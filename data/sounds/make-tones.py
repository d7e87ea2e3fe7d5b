# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the four tones of the counter as 16-bit mono WAV files: accept (short and high), line done
(two rising), order done (a chord), refuse (long and low). Different in pitch, length and shape, so
that a clerk tells them apart in a noisy hall."""

import array
import math
import pathlib
import sys
import wave

RATE = 22050
FADE = 0.008  # seconds; without it the ends of a sine wave click


def tone(frequencies, seconds, volume=0.5):
    count = int(RATE * seconds)
    fade = int(RATE * FADE)
    for i in range(count):
        envelope = min(1.0, i / fade, (count - i) / fade)
        value = sum(math.sin(2 * math.pi * f * i / RATE) for f in frequencies) / len(frequencies)
        yield int(32767 * volume * envelope * value)


TONES = {
    "accept": [([1760], 0.07)],
    "line": [([1175], 0.09), ([1760], 0.13)],
    "order": [([784, 988, 1175], 0.12), ([1047, 1319, 1568], 0.30)],
    "refuse": [([196, 208], 0.38)],
}


def main(folder):
    for name, parts in TONES.items():
        samples = array.array("h", (s for part in parts for s in tone(*part)))
        if sys.byteorder == "big":
            samples.byteswap()
        with wave.open(str(pathlib.Path(folder) / f"{name}.wav"), "wb") as out:
            out.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
            out.writeframes(samples.tobytes())


main(sys.argv[1])
