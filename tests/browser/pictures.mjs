// Small pictures that can be kept and compared: few colours, several on one sheet, and what they were made with.
import { PNG } from "pngjs";

import { ask } from "./hands.mjs";

/** Each colour keeps this many steps: enough to tell a surface from the ground it lies on, and less than half of the bytes. */
const steps = 31;

/** A screenshot with fewer colours. */
export function simplified(bytes) {
  const picture = PNG.sync.read(bytes);
  for (let at = 0; at < picture.data.length; at += 1) {
    picture.data[at] = Math.round(Math.round((picture.data[at] / 255) * steps) * (255 / steps));
  }
  return picture;
}

/** Pictures of the same page on one sheet, so many in a row. */
export function sheet(pictures, columns, gap = 8) {
  const width = Math.max(...pictures.map((picture) => picture.width));
  const height = Math.max(...pictures.map((picture) => picture.height));
  const rows = Math.ceil(pictures.length / columns);
  const all = new PNG({ width: columns * (width + gap) - gap, height: rows * (height + gap) - gap });
  all.data.fill(128);
  for (let at = 3; at < all.data.length; at += 4) all.data[at] = 255;
  pictures.forEach((picture, place) => {
    const [left, top] = [(place % columns) * (width + gap), Math.floor(place / columns) * (height + gap)];
    PNG.bitblt(picture, all, 0, 0, picture.width, picture.height, left, top);
  });
  return all;
}

/** The bytes of a picture, without transparency. */
export const encoded = (picture) => PNG.sync.write(picture, { colorType: 2, deflateLevel: 9, deflateStrategy: 0, filterType: 0 });

/** A kept picture. */
export const decoded = (bytes) => PNG.sync.read(bytes);

/** What a picture depends on besides the page: the browser's major version, and how wide its fonts draw some texts. */
export async function madeWith(browser, tab) {
  const widths = await ask(tab, () => {
    const context = document.createElement("canvas").getContext("2d");
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(["--sans", "--mono"].map((family) => {
      context.font = `100px ${style.getPropertyValue(family)}`;
      return [family.slice(2), ["Retention 0123456789", "用户分层与留存，共"].map((text) => Math.round(context.measureText(text).width))];
    }));
  });
  return { chromium: Number.parseInt(browser.version(), 10), widths };
}
