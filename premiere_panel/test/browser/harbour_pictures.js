"use strict";

/** Pictures for the page, drawn by number. */

/** A poster as the bridge would send one: BMP needs no encoder. A harbour by number: sky, sun, hills, water. */
function picture(number, cells = 1, cellWidth = 160, cellHeight = 90) {
  const columns = Math.min(8, cells);
  const width = cellWidth * columns;
  const height = cellHeight * Math.ceil(cells / columns);
  const row = width * 3 + ((4 - ((width * 3) % 4)) % 4);
  const bytes = Buffer.alloc(54 + row * height);
  bytes.write("BM", 0);
  [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, width],
    [22, height],
  ].forEach(([at, value]) => bytes.writeUInt32LE(value, at));
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  const warm = (number * 37) % 100;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const cell = Math.floor(y / cellHeight) * columns + Math.floor(x / cellWidth);
      bytes.set(
        harbourAt(x % cellWidth, y % cellHeight, warm, 30 + ((number * 23 + cell * 6) % 100)),
        54 + row * (height - 1 - y) + x * 3,
      );
    }
  }
  return bytes.toString("base64");
}

/** Blue, green, red of one place of a 160 by 90 picture. */
function harbourAt(x, y, warm, sunX) {
  const hill = 52 + 7 * Math.sin(x / 13 + warm) + 4 * Math.sin(x / 5);
  if (y > 66) {
    return [70 + y / 3, 50 + y / 4, 25 + warm / 4 + (y % 3) * 6];
  }
  if (y > hill) {
    return [42, 34, 28];
  }
  if ((x - sunX) ** 2 + (y - 32) ** 2 < 60) {
    return [170, 220, 250];
  }
  return [150 - warm / 2 - y / 2, 105 + y / 2, 60 + warm + y / 2];
}

module.exports = { picture };
