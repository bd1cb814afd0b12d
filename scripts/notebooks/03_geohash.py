# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. 지오해시
#
# 지오해시는 위도와 경도를 글자 몇 개로 줄인 것입니다. 글자가 하나 늘 때마다 칸은 32개로 나뉩니다.
# 앞부분이 같은 칸은 같은 큰 칸 안에 있습니다.

# %%
import pygeohash

latitude, longitude = 37.6542, 127.0568  # 노원역 언저리
for letters in range(2, 7):
    print(letters, pygeohash.encode(latitude, longitude, precision=letters))
five = pygeohash.encode(latitude, longitude, precision=5)
assert pygeohash.encode(latitude, longitude, precision=6).startswith(five)

# %% [markdown]
# ## 손으로 만들어 보기
#
# 경도와 위도의 범위를 번갈아 반으로 자르고, 큰 쪽이면 1, 작은 쪽이면 0을 적습니다. 다섯 비트가
# 모이면 글자 하나가 됩니다. 다섯 글자면 25비트이고, 경도가 13비트, 위도가 12비트입니다.

# %%
from zigbang_nlp.geo.cells import ALPHABET


def by_hand(latitude: float, longitude: float, letters: int) -> str:
    ranges, points = [[-180.0, 180.0], [-90.0, 90.0]], [longitude, latitude]
    bits = ""
    for turn in range(letters * 5):
        side = turn % 2
        low, high = ranges[side]
        middle = (low + high) / 2
        upper = points[side] >= middle
        bits += "1" if upper else "0"
        ranges[side] = [middle, high] if upper else [low, middle]
    return "".join(ALPHABET[int(bits[i : i + 5], 2)] for i in range(0, len(bits), 5))


print(by_hand(latitude, longitude, 5))
assert by_hand(latitude, longitude, 5) == five
assert len(ALPHABET) == 2**5

# %% [markdown]
# ## 칸의 크기
#
# 다섯 글자 칸은 세로가 180 / 2¹²도, 가로가 360 / 2¹³도로 똑같이 0.0439도입니다. 경도 1도의 길이는
# 북으로 갈수록 짧아지므로, 서울에서는 세로 약 4.9 km, 가로 약 3.9 km가 됩니다.

# %%
from math import cos, radians

box = pygeohash.get_bounding_box(five)
high, wide = box.max_lat - box.min_lat, box.max_lon - box.min_lon
kilometres = (high * 111.2, wide * 111.2 * cos(radians(latitude)))
print(f"세로 {kilometres[0]:.1f} km, 가로 {kilometres[1]:.1f} km")
assert abs(high - 180 / 2**12) < 1e-9
assert abs(wide - 360 / 2**13) < 1e-9
assert abs(kilometres[0] - 4.9) < 0.05
assert abs(kilometres[1] - 3.9) < 0.05

# %% [markdown]
# ## 지역을 칸으로
#
# 사각형이 걸치는 칸을 모두 고릅니다. 수집기는 이 칸마다 "여기에 어떤 단지가 있습니까" 하고 묻습니다.

# %%
from zigbang_nlp.geo.cells import from_box

west, south, east, north = 126.98, 37.58, 127.12, 37.70
region = from_box((west, south, east, north))
print(len(region.cells), region.cells)
for cell in region.cells:
    one = pygeohash.get_bounding_box(cell)
    assert one.min_lon <= east
    assert one.max_lon >= west
    assert one.min_lat <= north
    assert one.max_lat >= south
assert five in region.cells

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from IPython.display import Image

from zigbang_nlp.plotting import BLUE, ORANGE, figure

folder = TemporaryDirectory()
picture = Path(folder.name) / "cells.png"
with figure(picture, size=(6, 6)) as (axes,):
    for cell in region.cells:
        one = pygeohash.get_bounding_box(cell)
        xs = [one.min_lon, one.max_lon, one.max_lon, one.min_lon, one.min_lon]
        ys = [one.min_lat, one.min_lat, one.max_lat, one.max_lat, one.min_lat]
        axes.plot(xs, ys, color=BLUE)
        axes.text(
            (one.min_lon + one.max_lon) / 2, (one.min_lat + one.max_lat) / 2, cell, ha="center"
        )
    xs, ys = [west, east, east, west, west], [south, south, north, north, south]
    axes.plot(xs, ys, color=ORANGE, label="묻고 싶은 지역")
    axes.plot(longitude, latitude, "o", color=ORANGE, label="노원역 언저리")
    axes.set(title="지역이 걸치는 칸", xlabel="경도", ylabel="위도", ylim=(37.565, 37.735))
    axes.legend(loc="upper right")
Image(picture)

# %% [markdown]
# 칸은 지역보다 늘 넓거나 같습니다. 가장자리 칸에는 지역 밖의 단지도 들어 있다는 점을 잊지 마세요.

# %%
covered = len(region.cells) * high * wide
asked = (east - west) * (north - south)
print(f"지역의 {covered / asked:.2f}배를 묻습니다.")
assert covered >= asked
