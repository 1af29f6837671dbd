"""Where people live, learn and work, in shares that look like Thailand's."""

from random import Random
from typing import Final

# Registered population, thousands, about 2022, from memory and rounded: good enough for shares.
_POPULATION: Final = {
    "10": 5494, "11": 1360, "12": 1295, "13": 1201, "14": 821, "15": 272, "16": 735, "17": 202, "18": 318, "19": 640,
    "20": 1594, "21": 751, "22": 536, "23": 227, "24": 726, "25": 497, "26": 260, "27": 562,
    "30": 2630, "31": 1576, "32": 1372, "33": 1454, "34": 1869, "35": 531, "36": 1117, "37": 375, "38": 421, "39": 508,
    "40": 1784, "41": 1563, "42": 637, "43": 516, "44": 944, "45": 1291, "46": 972, "47": 1146, "48": 716, "49": 351,
    "50": 1792, "51": 399, "52": 718, "53": 440, "54": 430, "55": 474, "56": 460, "57": 1299, "58": 285,
    "60": 1028, "61": 325, "62": 708, "63": 678, "64": 581, "65": 845, "66": 522, "67": 973,
    "70": 866, "71": 894, "72": 831, "73": 922, "74": 589, "75": 188, "76": 482, "77": 553,
    "80": 1545, "81": 479, "82": 267, "83": 417, "84": 1073, "85": 194, "86": 509,
    "90": 1431, "91": 324, "92": 638, "93": 521, "94": 732, "95": 546, "96": 814,
}  # fmt: skip
_DRAW_WORK: Final = {"10": 30, "11": 14, "13": 9, "14": 7, "20": 16, "21": 10, "24": 5, "74": 5, "83": 4}
_MOVES_FOR_WORK: Final = 0.35
_PEOPLE_PER_COLLEGE: Final = 160  # thousands; 430 public vocational colleges serve 66 million


def home(rng: Random) -> str:
    """A province, by population."""
    return rng.choices(tuple(_POPULATION), tuple(_POPULATION.values()))[0]


def workplace(rng: Random, province: str) -> str:
    """A province to work in: one's own, or one of those that draw workers from all over the country."""
    if rng.random() < _MOVES_FOR_WORK:
        return rng.choices(tuple(_DRAW_WORK), tuple(_DRAW_WORK.values()))[0]
    return province


def college(rng: Random, province: str) -> str:
    """The code of one of a province's colleges."""
    number = rng.randrange(1 + _POPULATION[province] // _PEOPLE_PER_COLLEGE)
    return f"13{province}016{101 + number}"
